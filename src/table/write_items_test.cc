#include "table/write_items.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "expr/placeholders.h"
#include "model/item_codec.h"
#include "storage/open.h"
#include "table/layout.h"
#include "table/read_items.h"
#include "table/test_tables.h"

namespace stator {
namespace {

using testing::GlobalIndex;
using testing::LocalIndex;
using testing::TestItem;
using testing::TestTable;

class FakeClock final : public Clock {
 public:
  int64_t NowMicros() const override { return now; }
  int64_t MonotonicMicros() const override { return SystemClock().MonotonicMicros(); }
  std::atomic<int64_t> now{1'700'000'000'000'000};
};

class WriteItemsTest : public ::testing::Test {
 protected:
  void Open(EngineOptions engine_options = {}, int64_t collection_limit = 10ll << 30) {
    DatabaseOptions options{&clock_, &random_};
    options.item_collection_limit_bytes = collection_limit;
    auto database = Database::Open(NewMemoryEngine(engine_options), options);
    ASSERT_TRUE(database);
    database_ = std::move(*database);
  }

  void Create(TableDefinition table) {
    std::promise<void> created;
    database_->catalog().Change(
        table.scope, table.name,
        [table](const TableDefinition*) -> DefinitionChange { return std::optional(table); },
        [&](ApiResult<TablePtr> result) {
          EXPECT_TRUE(result);
          created.set_value();
        });
    created.get_future().wait();
  }

  struct Outcome {
    std::optional<ApiError> error;
    WriteItemsResult result;
    bool ok() const { return !error; }
    std::string message() const { return error ? error->message.value_or("") : "ok"; }
  };

  std::future<Outcome> Start(WriteForm form, std::vector<ItemWrite> writes,
                             std::optional<IdempotencyToken> token = {}) {
    WriteItemsRequest request{scope_, form, std::move(writes), std::move(token)};
    auto promise = std::make_shared<std::promise<Outcome>>();
    WriteItems(database_.get(), std::move(request),
               [promise](ApiResult<WriteItemsResult> result, const WriteItemsRequest&) {
                 Outcome outcome;
                 if (result) {
                   outcome.result = std::move(*result);
                 } else {
                   outcome.error = std::move(result).error();
                 }
                 promise->set_value(std::move(outcome));
               });
    return promise->get_future();
  }
  Outcome Write(WriteForm form, std::vector<ItemWrite> writes, std::optional<IdempotencyToken> token = {}) {
    return Start(form, std::move(writes), std::move(token)).get();
  }
  Outcome Put(Item item) { return Write(WriteForm::kSingle, {PutOf(std::move(item))}); }

  static ItemWrite PutOf(Item item, std::string condition = "") {
    ItemWrite write;
    write.table_name = "t";
    write.item = std::move(item);
    if (!condition.empty()) write.condition = ConditionOf(condition);
    return write;
  }
  static ItemWrite KeyWrite(WriteKind kind, std::string p, int64_t r, std::string condition = "") {
    ItemWrite write = PutOf(TestItem(std::move(p), r), std::move(condition));
    write.kind = kind;
    return write;
  }
  static ItemWrite UpdateOf(std::string p, int64_t r, std::string text, AttributeMap values) {
    ItemWrite write = KeyWrite(WriteKind::kUpdate, std::move(p), r);
    auto placeholders = Placeholders::Create(std::nullopt, std::move(values));
    auto update = ParseUpdate(text, &*placeholders);
    EXPECT_TRUE(update) << text;
    write.update = std::move(*update);
    return write;
  }
  static Condition ConditionOf(std::string_view text) {
    Placeholders none;
    auto condition = ParseCondition(text, ExpressionKind::kCondition, &none);
    EXPECT_TRUE(condition) << text;
    return std::move(*condition);
  }
  static AttributeMap Values(std::string name, AttributeValue value) {
    AttributeMap values;
    values.Set(name, std::move(value));
    return values;
  }

  std::optional<Item> Get(std::string p, int64_t r) {
    std::promise<std::optional<Item>> promise;
    ReadItemsRequest request{scope_};
    request.reads.push_back({"t", TestItem(std::move(p), r)});
    ReadItems(database_.get(), std::move(request),
              [&](ApiResult<ReadItemsResult> result, const ReadItemsRequest&) {
                std::optional<Item> item;
                if (result && result->items[0]) item = *DecodeItem(*result->items[0]);
                promise.set_value(std::move(item));
              });
    return promise.get_future().get();
  }
  Counter Size(uint32_t index_id = 0) {
    return *database_->engine().ReadCounter(
        SizeCounterKey(database_->catalog().Find(scope_, "t")->id, index_id));
  }

  const Scope scope_{"000000000000", "us-east-1"};
  FakeClock clock_;
  SeededRandom random_{1};
  std::unique_ptr<Database> database_;
};

TEST_F(WriteItemsTest, PutsReplacesAndDeletes) {
  Open();
  Create(TestTable());
  Item item = TestItem("a", 1);
  item.Set("x", AttributeValue::S("one"));
  EXPECT_TRUE(Put(item).ok());
  EXPECT_EQ(Get("a", 1), item);
  item.Set("x", AttributeValue::S("another"));
  ItemWrite put = PutOf(item);
  put.wants_before = true;
  Outcome replaced = Write(WriteForm::kSingle, {put});
  EXPECT_EQ(replaced.result.effects[0].before->Find("x")->s(), "one");
  EXPECT_EQ(Size().count, 1);
  EXPECT_EQ(Size().bytes, 2 + 3 + 1 + 7);  // p=a, r=1, x=another
  EXPECT_TRUE(Write(WriteForm::kSingle, {KeyWrite(WriteKind::kDelete, "a", 1)}).ok());
  EXPECT_EQ(Get("a", 1), std::nullopt);
  EXPECT_EQ(Size().count, 0);
  EXPECT_EQ(Size().bytes, 0);
}

TEST_F(WriteItemsTest, AnswersForTablesThatAreNotThere) {
  Open();
  EXPECT_EQ(Put(TestItem("a", 1)).error->type, ErrorType::kResourceNotFound);
  TableDefinition creating = TestTable();
  creating.status = TableStatus::kCreating;
  creating.name = "other";  // a table that no job takes on
  Create(creating);
  ItemWrite put = PutOf(TestItem("a", 1));
  put.table_name = "missing";
  EXPECT_EQ(Write(WriteForm::kSingle, {put}).message(), "Requested resource not found");
}

TEST_F(WriteItemsTest, ConditionsThatFailChangeNothingAndGiveTheItemIfAsked) {
  Open();
  Create(TestTable());
  EXPECT_TRUE(Put(TestItem("a", 1)).ok());
  ItemWrite put = PutOf(TestItem("a", 1), "attribute_not_exists(p)");
  put.item.Set("x", AttributeValue::S("new"));
  Outcome failed = Write(WriteForm::kSingle, {put});
  EXPECT_EQ(failed.error->type, ErrorType::kConditionalCheckFailed);
  EXPECT_EQ(failed.error->item, std::nullopt);
  put.return_item_on_failure = true;
  EXPECT_EQ(Write(WriteForm::kSingle, {put}).error->item, TestItem("a", 1));
  EXPECT_EQ(Get("a", 1), TestItem("a", 1));
}

TEST_F(WriteItemsTest, UpdatesAddUp) {
  Open();
  Create(TestTable());
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) {
        ItemWrite add = UpdateOf("a", 1, "ADD n :one", Values(":one", AttributeValue::N(1)));
        EXPECT_TRUE(Write(WriteForm::kSingle, {add}).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Get("a", 1)->Find("n")->n(), Decimal::FromInt(400));
}

TEST_F(WriteItemsTest, UpdatesMayNotTouchKeys) {
  Open();
  Create(TestTable());
  EXPECT_EQ(Write(WriteForm::kSingle, {UpdateOf("a", 1, "SET r = :v", Values(":v", AttributeValue::N(2)))}).message(),
            "One or more parameter values were invalid: Cannot update attribute r. This attribute is part of the key");
}

TEST_F(WriteItemsTest, IndexKeysOfTheWrongTypeOutOfTheItemHaveTheirOwnWords) {
  Open();
  Create(TestTable({GlobalIndex("g", 1, {{"c", AttributeValue::Type::kS}})}));
  EXPECT_EQ(
      Write(WriteForm::kSingle, {UpdateOf("a", 1, "SET c = :v", Values(":v", AttributeValue::N(2)))}).message(),
      "One or more parameter values were invalid: Type mismatch for Index Key c Expected: S Actual: N IndexName: g");
  Item item = TestItem("a", 1);
  item.Set("n", AttributeValue::N(1));
  EXPECT_TRUE(Put(item).ok());
  EXPECT_EQ(Write(WriteForm::kSingle, {UpdateOf("a", 1, "SET c = n, d = :v", Values(":v", AttributeValue::N(2)))})
                .message(),
            "The update expression attempted to update the secondary index key to unsupported type");
}

TEST_F(WriteItemsTest, TransactionsAreAllOrNothing) {
  Open();
  Create(TestTable());
  EXPECT_TRUE(Put(TestItem("there", 1)).ok());
  Outcome canceled = Write(WriteForm::kTransaction,
                           {PutOf(TestItem("a", 1)), PutOf(TestItem("there", 1), "attribute_not_exists(p)"),
                            KeyWrite(WriteKind::kConditionCheck, "nowhere", 1, "attribute_exists(p)")});
  ASSERT_EQ(canceled.error->type, ErrorType::kTransactionCanceled);
  EXPECT_EQ(canceled.message(),
            "Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
            "ConditionalCheckFailed, ConditionalCheckFailed]");
  EXPECT_EQ(Get("a", 1), std::nullopt);

  EXPECT_TRUE(Write(WriteForm::kTransaction,
                    {PutOf(TestItem("a", 1)), KeyWrite(WriteKind::kDelete, "there", 1, "attribute_exists(p)"),
                     KeyWrite(WriteKind::kConditionCheck, "nowhere", 1, "attribute_not_exists(p)")})
                  .ok());
  EXPECT_EQ(Get("a", 1), TestItem("a", 1));
  EXPECT_EQ(Get("there", 1), std::nullopt);
}

TEST_F(WriteItemsTest, OneActionAnItem) {
  Open();
  Create(TestTable());
  EXPECT_EQ(Write(WriteForm::kTransaction, {PutOf(TestItem("a", 1)), KeyWrite(WriteKind::kDelete, "a", 1)}).message(),
            "Transaction request cannot include multiple operations on one item");
  EXPECT_EQ(Write(WriteForm::kBatch, {PutOf(TestItem("a", 1)), KeyWrite(WriteKind::kDelete, "a", 1)}).message(),
            "Provided list of item keys contains duplicates");
}

TEST_F(WriteItemsTest, KeyFaultsCancelTransactionsButEmptyKeysRefuseThem) {
  Open();
  Create(TestTable());
  Item mistyped = TestItem("a", 1);
  mistyped.Set("r", AttributeValue::S("x"));
  Outcome canceled = Write(WriteForm::kTransaction, {PutOf(TestItem("b", 1)), PutOf(mistyped)});
  ASSERT_EQ(canceled.error->type, ErrorType::kTransactionCanceled);
  EXPECT_EQ(canceled.error->cancellation_reasons[0].code, "None");
  EXPECT_EQ(canceled.error->cancellation_reasons[1].code, "ValidationError");
  EXPECT_EQ(Write(WriteForm::kTransaction, {PutOf(TestItem("", 1))}).error->type, ErrorType::kValidation);
}

TEST_F(WriteItemsTest, TokensMakeTransactionsIdempotent) {
  Open();
  Create(TestTable());
  const auto add = [&] { return UpdateOf("a", 1, "ADD n :one", Values(":one", AttributeValue::N(1))); };
  EXPECT_TRUE(Write(WriteForm::kTransaction, {add()}, IdempotencyToken{"tok", 1}).ok());
  Outcome replay = Write(WriteForm::kTransaction, {add()}, IdempotencyToken{"tok", 1});
  EXPECT_TRUE(replay.ok());
  EXPECT_TRUE(replay.result.replayed);
  ASSERT_EQ(replay.result.replay_units.size(), 1u);
  EXPECT_EQ(replay.result.replay_units[0].units, 2);
  EXPECT_EQ(Get("a", 1)->Find("n")->n(), Decimal::FromInt(1));
  EXPECT_EQ(Write(WriteForm::kTransaction, {add()}, IdempotencyToken{"tok", 2}).error->type,
            ErrorType::kIdempotentParameterMismatch);
  clock_.now += kTokenLifetimeMicros + 1;
  EXPECT_TRUE(Write(WriteForm::kTransaction, {add()}, IdempotencyToken{"tok", 2}).ok());
  EXPECT_EQ(Get("a", 1)->Find("n")->n(), Decimal::FromInt(2));
}

// The table of facts 6.6, forced by holding the first transaction up before it is durable.
TEST_F(WriteItemsTest, RunningTransactionsConflict) {
  EngineOptions slow;
  slow.commit_delay_micros = 600'000;
  Open(slow);
  Create(TestTable());
  auto running = Start(WriteForm::kTransaction, {PutOf(TestItem("a", 1)), PutOf(TestItem("b", 1))},
                       IdempotencyToken{"tok", 1});
  // Single writes wait 50 ms, then give up.
  EXPECT_EQ(Put(TestItem("a", 1)).error->type, ErrorType::kTransactionConflict);
  // A transaction is cancelled.
  Outcome canceled = Write(WriteForm::kTransaction, {PutOf(TestItem("c", 1)), PutOf(TestItem("b", 1))});
  ASSERT_EQ(canceled.error->type, ErrorType::kTransactionCanceled);
  EXPECT_EQ(canceled.error->cancellation_reasons[0].code, "None");
  EXPECT_EQ(canceled.error->cancellation_reasons[1].code, "TransactionConflict");
  EXPECT_EQ(canceled.error->cancellation_reasons[1].message, "Transaction is ongoing for the item.");
  // The same token is in progress.
  EXPECT_EQ(Write(WriteForm::kTransaction, {PutOf(TestItem("a", 1)), PutOf(TestItem("b", 1))},
                  IdempotencyToken{"tok", 1})
                .error->type,
            ErrorType::kTransactionInProgress);
  // Reads see the last committed value, except that a transactional one is cancelled.
  EXPECT_EQ(Get("a", 1), std::nullopt);
  ReadItemsRequest transact_get{scope_};
  transact_get.transaction = true;
  transact_get.reads.push_back({"t", TestItem("a", 1)});
  std::promise<ErrorType> read;
  ReadItems(database_.get(), std::move(transact_get),
            [&](ApiResult<ReadItemsResult> result, const ReadItemsRequest&) {
              read.set_value(result ? ErrorType::kInternalFailure : result.error().type);
            });
  EXPECT_EQ(read.get_future().get(), ErrorType::kTransactionCanceled);
  EXPECT_EQ(running.wait_for(std::chrono::seconds(0)), std::future_status::timeout) << "the delay was too short";
  EXPECT_TRUE(running.get().ok());
  EXPECT_EQ(Get("a", 1), TestItem("a", 1));
}

TEST_F(WriteItemsTest, BatchesLeaveOutWhatATransactionHolds) {
  EngineOptions slow;
  slow.commit_delay_micros = 600'000;
  slow.conflict_wait_micros = 0;
  Open(slow);
  Create(TestTable());
  auto running = Start(WriteForm::kTransaction, {PutOf(TestItem("a", 1))});
  Outcome batch = Write(WriteForm::kBatch, {PutOf(TestItem("b", 1)), PutOf(TestItem("a", 1)), PutOf(TestItem("c", 1))});
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch.result.unprocessed, std::vector<size_t>{1});
  EXPECT_EQ(batch.result.tables[1], nullptr);
  EXPECT_TRUE(running.get().ok());
  EXPECT_EQ(Get("b", 1), TestItem("b", 1));
  EXPECT_EQ(Get("c", 1), TestItem("c", 1));
}

TEST_F(WriteItemsTest, BatchesLeaveOutTheIndexEntriesOfWhatATransactionHolds) {
  EngineOptions slow;
  slow.commit_delay_micros = 300'000;
  slow.conflict_wait_micros = 0;
  Open(slow);
  TableDefinition table = TestTable({GlobalIndex("g", 1, {{"z", AttributeValue::Type::kS}})});
  table.indexes[0].status = IndexStatus::kCreating;  // so writes declare its entries once they know them
  Create(table);
  auto item = [](std::string p, int64_t f) {
    Item result = TestItem(std::move(p), 1);
    result.Set("z", AttributeValue::S("z"));
    result.Set("f", AttributeValue::N(f));
    return result;
  };
  auto first = Start(WriteForm::kSingle, {PutOf(item("a", 1))});
  // Both learn of their entries when that is durable; the transaction is then the first to go on.
  auto running = Start(WriteForm::kTransaction, {PutOf(item("a", 2))});
  Outcome batch = Write(WriteForm::kBatch, {PutOf(item("a", 3)), PutOf(item("b", 3))});
  ASSERT_TRUE(batch.ok()) << batch.message();
  EXPECT_EQ(batch.result.unprocessed, std::vector<size_t>{0});
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(running.get().ok());
  EXPECT_EQ(Get("a", 1), item("a", 2));
  EXPECT_EQ(Get("b", 1), item("b", 3));
}

TEST_F(WriteItemsTest, ItemCollectionsHaveALimit) {
  Open({}, 1000);
  Create(TestTable({LocalIndex("l", 1, "z")}));
  auto item = [](int64_t r, size_t filler) {
    Item result = TestItem("a", r);
    result.Set("z", AttributeValue::S("z"));
    result.Set("f", AttributeValue::S(std::string(filler, 'f')));
    return result;
  };
  // Item and entry count.
  Outcome first = Put(item(1, 400));
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(first.result.effects[0].collection_bytes, 2 * (2 + 3 + 2 + 401));
  Outcome over = Put(item(2, 400));
  EXPECT_EQ(over.error->type, ErrorType::kItemCollectionSizeLimitExceeded);
  EXPECT_EQ(Write(WriteForm::kBatch, {PutOf(item(2, 30)), PutOf(item(3, 60))}).error->type,
            ErrorType::kItemCollectionSizeLimitExceeded)
      << "the writes of a batch count together";
  Outcome checked =
      Write(WriteForm::kTransaction, {KeyWrite(WriteKind::kConditionCheck, "a", 1, "attribute_exists(p)"),
                                      PutOf(item(2, 400))});
  ASSERT_FALSE(checked.ok()) << "a check leaves the collection as large as it is";
  EXPECT_EQ(checked.error->cancellation_reasons[1].code, "ItemCollectionSizeLimitExceeded");
  // Shrinking is always allowed, and another collection has its own limit.
  EXPECT_TRUE(Put(item(1, 10)).ok());
  EXPECT_TRUE(Put(item(2, 300)).ok());
}

TEST_F(WriteItemsTest, SeesADefinitionThatChangesUnderIt) {
  Open();
  Create(TestTable());
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    while (!stop) {
      Outcome outcome = Put(TestItem("a", written));
      EXPECT_TRUE(outcome.ok()) << outcome.message();
      ++written;
    }
  });
  for (int i = 0; i < 50; ++i) {
    std::promise<void> changed;
    database_->catalog().Change(
        scope_, "t",
        [i](const TableDefinition* current) -> DefinitionChange {
          TableDefinition next = *current;
          next.tags["round"] = std::to_string(i);
          return std::optional(next);
        },
        [&](ApiResult<TablePtr> result) {
          EXPECT_TRUE(result);
          changed.set_value();
        });
    changed.get_future().wait();
  }
  stop = true;
  writer.join();
  EXPECT_EQ(Size().count, written);
  EXPECT_EQ(database_->catalog().Find(scope_, "t")->epoch, 51u);
}

}  // namespace
}  // namespace stator
