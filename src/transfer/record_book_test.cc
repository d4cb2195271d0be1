// Records of jobs, here of imports: tokens, limits, and what is left in the map.
#include "transfer/record_book.h"

#include <gtest/gtest.h>

#include "base/await.h"
#include "storage/open.h"
#include "table/import_record.h"
#include "table/test_tables.h"

namespace stator {
namespace {

using Book = RecordBook<ImportRecord>;

bool IsUnderWay(const ImportRecord& record) { return record.status == ImportStatus::kInProgress; }

RecordKind<ImportRecord> Kind() {
  return {.space = KeySpace::kImport,
          .key = &ImportKey,
          .encode = &EncodeImportRecord,
          .decode = &DecodeImportRecord,
          .is_under_way = &IsUnderWay,
          .keeps_token = [](const ImportRecord& record,
                            int64_t now) { return record.started_micros + 10 >= now; },
          .conflict = ApiFail(ErrorType::kImportConflict, "another request").error()};
}

class RecordBookTest : public ::testing::Test {
 protected:
  RecordBookTest() {
    DatabaseOptions options;
    options.clock = &clock_;
    options.random = &random_;
    options.manual_jobs = true;
    database_ = *Database::Open(NewMemoryEngine({}), options);
    book_ = std::make_unique<Book>(database_.get(), Kind());
  }
  ~RecordBookTest() override { database_.reset(); }

  static ImportRecord Record(const std::string& id, const std::string& token, int64_t started) {
    ImportRecord record;
    record.table = testing::TestTable();
    record.scope = record.table.scope;
    record.id = id;
    record.client_token = token;
    record.started_micros = started;
    return record;
  }
  ApiResult<ImportPtr> Enter(const ImportRecord& record, size_t most = 100) {
    return book_->Enter(std::make_shared<const ImportRecord>(record), record.started_micros,
                        [&](size_t under_way) -> ApiResult<void> {
                          if (under_way < most) return {};
                          return ApiFail(ErrorType::kLimitExceeded, "too many");
                        });
  }
  size_t Stored() { return book_->Read()->size(); }

  SystemClock clock_;
  SeededRandom random_{7};
  std::unique_ptr<Database> database_;
  std::unique_ptr<Book> book_;
};

TEST_F(RecordBookTest, ATokenStandsForOneRequestAsLongAsItIsKept) {
  ASSERT_EQ(*Enter(Record("1", "once", 100)), nullptr);
  const auto same = Enter(Record("2", "once", 110));
  ASSERT_TRUE(same && *same);
  EXPECT_EQ((*same)->id, "1");
  ImportRecord other = Record("3", "once", 110);
  other.request_hash = 1;
  EXPECT_EQ(Enter(other).error().message, "another request");
  other.started_micros = 111;
  EXPECT_EQ(*Enter(other), nullptr);
  EXPECT_EQ(*Enter(Record("4", "", 111)), nullptr);
  EXPECT_EQ(*Enter(Record("5", "", 111)), nullptr);
  EXPECT_EQ(book_->List(other.scope).size(), 4u);
}

TEST_F(RecordBookTest, OnlyThoseUnderWayCountForALimit) {
  ASSERT_EQ(*Enter(Record("1", "", 0), 1), nullptr);
  EXPECT_EQ(Enter(Record("2", "", 0), 1).error().message, "too many");
  EXPECT_EQ(book_->Find(Record("", "", 0).scope, "2"), nullptr);
  ImportRecord ended = Record("1", "", 0);
  ended.status = ImportStatus::kCompleted;
  book_->Show(std::make_shared<const ImportRecord>(ended));
  EXPECT_EQ(*Enter(Record("2", "", 0), 1), nullptr);
}

TEST_F(RecordBookTest, WhatIsGivenUpIsGone) {
  const auto record = std::make_shared<const ImportRecord>(Record("1", "", 0));
  ASSERT_EQ(*Enter(*record), nullptr);
  const auto given_up = Await<ApiResult<ImportPtr>>([&](auto done) {
    book_->Begin(
        record,
        [&](Book::Done begun) {
          book_->GoOnAfter(
              Invalid("no"), record, [] { return true; }, [] { ADD_FAILURE(); }, std::move(begun));
        },
        std::move(done));
  });
  EXPECT_EQ(given_up.error().message, "no");
  EXPECT_EQ(book_->Find(record->scope, "t", "1"), nullptr);
  EXPECT_EQ(Stored(), 0u);
}

TEST_F(RecordBookTest, WhoseTableNamesThemGoOn) {
  const auto record = std::make_shared<const ImportRecord>(Record("1", "", 0));
  for (const bool is_named : {true, false}) {
    ASSERT_EQ(*Enter(*record), nullptr);
    int pushed = 0;
    const auto outcome = Await<ApiResult<ImportPtr>>([&](auto done) {
      book_->GoOnAfter(
          ApiFail(ErrorType::kInternalServerError, "unknown"), record, [&] { return is_named; },
          [&] { ++pushed; }, std::move(done));
    });
    EXPECT_EQ(outcome.error().message, "unknown");
    EXPECT_EQ(pushed, is_named ? 1 : 0);
    EXPECT_EQ(book_->Find(record->scope, "t", "1") != nullptr, is_named);
    book_->Show(record);
    book_->Forget(1, [](const ImportRecord&) { return true; });
    EXPECT_NE(book_->Find(record->scope, "t", "1"), nullptr) << "it is under way";
    (void)Await<ApiResult<ImportPtr>>(
        [&](auto done) { book_->GiveUp(record, Invalid("").error(), std::move(done)); });
  }
}

TEST_F(RecordBookTest, WhatEndedLongAgoIsForgotten) {
  for (const auto& [id, ended] : {std::pair{"1", 5}, {"2", 20}, {"3", 6}}) {
    ImportRecord record = Record(id, "", 0);
    record.status = ImportStatus::kCompleted;
    record.ended_micros = ended;
    ASSERT_TRUE(book_->Write(record));
    book_->Show(std::make_shared<const ImportRecord>(record));
  }
  book_->Forget(20, [](const ImportRecord& record) { return record.id != "3"; });
  EXPECT_EQ(Stored(), 2u);
  EXPECT_EQ(book_->All().size(), 2u);
  EXPECT_EQ(book_->Find(Record("", "", 0).scope, "1"), nullptr);
  EXPECT_EQ(book_->Find(Record("", "", 0).scope, "another", "2"), nullptr);
}

}  // namespace
}  // namespace stator
