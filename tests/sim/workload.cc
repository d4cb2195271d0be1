#include "workload.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace stator::sim {

Workload::Workload(Context* context, StreamLedger* ledger) : context_(context), ledger_(ledger) {
  for (std::string_view table : kTables) {
    const std::vector<ItemKey> keys = KeysOf(table, context->settings());
    keys_.insert(keys_.end(), keys.begin(), keys.end());
  }
}

Request Workload::Next() {
  const uint64_t choice = context_->Below(100);
  if (choice < 22) return Update();
  if (choice < 34) return Put();
  if (choice < 41) return Delete();
  if (choice < 46) return BatchWrite();
  if (choice < 64) return TransactWrite();
  if (choice < 74) return Get();
  if (choice < 78) return BatchGet();
  if (choice < 84) return TransactGet();
  if (choice < 89) return QueryTable();
  if (choice < 95) {
    const uint64_t index = context_->Below(4);
    if (index == 0 && context_->settings().local_index) return QueryIndex("loc");
    return QueryIndex(index == 1 && context_->settings().definition_weight > 0 ? "dyn" : "byg");
  }
  const uint64_t tables = context_->settings().expiring_table ? 3 : 2;
  return ScanTable(kTables[context_->Below(tables)], /*whole=*/Coin());
}

Request Workload::NextDefinition() {
  if (context_->settings().streams && Coin()) return NextStreamDefinition();
  switch (context_->Below(7)) {
    case 5:
    case 6: {
      Request request{.target = "UpdateTimeToLive",
                      .body = TimeToLiveBody(Coin() ? kFirstTable : kSecondTable, Coin())};
      request.may_be_invalid = true;  // it is so already
      return request;
    }
    case 0:
      return {.target = "UpdateTable", .body = DeleteIndexBody(kFirstTable)};
    case 1: {
      Request request{.target = "DeleteTable", .body = R"({"TableName":"second"})"};
      ledger_->End(kSecondTable, {LineKind::kStream, LineKind::kKinesis}, &request);
      Operation operation{.id = NewId(), .name = "DeleteTable"};
      for (const ItemKey& key : KeysOf(kSecondTable, context_->settings())) {
        operation.accesses.push_back({key.Name(), AccessKind::kDelete, {}});
      }
      request.operations.push_back(std::move(operation));
      return request;
    }
    case 2:
      return CreateTable(kSecondTable);
    default:
      return {.target = "UpdateTable", .body = CreateIndexBody(kFirstTable)};
  }
}

std::vector<Request> Workload::FinalReads() {
  std::vector<Request> reads;
  for (std::string_view table : kTables) {
    if (KeysOf(table, context_->settings()).empty()) continue;
    const auto items = std::make_shared<std::optional<size_t>>();
    Request scan = ScanTable(table, /*whole=*/true);
    scan.on_answer = [items, fill = std::move(scan.on_answer)](JsonObject answer,
                                                               auto operations) mutable {
      fill(answer, operations);
      *items = List(answer, "Items").size();
    };
    reads.push_back(std::move(scan));

    Request describe{.target = "DescribeTable",
                     .body = R"({"TableName":")" + std::string(table) + "\"}"};
    describe.operations.push_back({.id = NewId(), .name = "DescribeTable " + std::string(table)});
    describe.on_answer = [items](JsonObject answer, auto) {
      uint64_t count = 0;
      const auto found = (*Member(answer, "Table"))["ItemCount"].get(count);
      if (found != simdjson::SUCCESS || count != items->value_or(count)) {
        throw WrongAnswer{"an ItemCount of " + std::to_string(count) + " where a scan shows " +
                          std::to_string(items->value_or(0))};
      }
    };
    reads.push_back(std::move(describe));
  }
  return reads;
}

void Workload::Remember(const Operation& operation) {
  for (const Access& access : operation.accesses) {
    if (!access.before) continue;
    Seen now = *access.before;
    if (access.kind == AccessKind::kPut || access.kind == AccessKind::kDelete) now.clear();
    if (access.kind == AccessKind::kPut || access.kind == AccessKind::kAppend)
      now.push_back(operation.id);
    known_[access.key] = std::move(now);
  }
}

ItemKey Workload::AnyKey() { return keys_[context_->Below(keys_.size())]; }

std::vector<ItemKey> Workload::SomeKeys(size_t at_most) {
  const size_t count = std::min<size_t>(keys_.size(), 2 + context_->Below(at_most - 1));
  std::vector<ItemKey> keys;
  while (keys.size() < count) {
    ItemKey key = AnyKey();
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  }
  return keys;
}

// Empty: no such attribute.
std::string Workload::AnyG() {
  const uint64_t choice = context_->Below(4);
  return choice == 0 ? "" : "g" + std::to_string(choice);
}

}  // namespace stator::sim
