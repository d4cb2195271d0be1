#include <algorithm>
#include <utility>

#include "workload.h"

namespace stator::sim {
namespace {

std::string TableName(std::string_view table) {
  return R"("TableName":")" + std::string(table) + '"';
}
std::string Consistent(bool consistent) { return consistent ? R"(,"ConsistentRead":true)" : ""; }

Access ReadOf(const ItemKey& key, Seen seen) {
  return {key.Name(), AccessKind::kRead, std::move(seen)};
}

// The groups of keys of one table each, as members of "RequestItems".
std::string KeysByTable(const std::vector<ItemKey>& keys, bool consistent) {
  std::string json;
  for (std::string_view table : kTables) {
    std::string list;
    for (const ItemKey& key : keys) {
      if (key.table == table) list += (list.empty() ? "{" : ",{") + key.Json() + "}";
    }
    if (list.empty()) continue;
    if (!json.empty()) json += ',';
    json += '"' + std::string(table) + R"(":{"Keys":[)" + list + "]" + Consistent(consistent) + "}";
  }
  return json;
}

// What a page of a table shows of `keys`, those that it must have passed: an item or its absence.
void FillPage(std::string_view table, JsonObject answer, const std::vector<ItemKey>& passed,
              Operation* operation) {
  std::vector<std::string> found;
  for (JsonObject item : List(answer, "Items")) {
    const ItemKey key = KeyOf(table, item);
    if (std::find(found.begin(), found.end(), key.Name()) != found.end())
      throw WrongAnswer{"a page shows an item twice"};
    found.push_back(key.Name());
    operation->accesses.push_back(ReadOf(key, SeenIn(item)));
  }
  for (const ItemKey& key : passed) {
    if (std::find(found.begin(), found.end(), key.Name()) == found.end()) {
      operation->accesses.push_back(ReadOf(key, {}));
    }
  }
}

}  // namespace

Request Workload::Get() {
  const ItemKey key = AnyKey();
  Request request{.target = "GetItem"};
  request.body =
      "{" + TableName(key.table) + R"(,"Key":{)" + key.Json() + "}" + Consistent(Coin()) + "}";
  request.operations.push_back({.id = NewId(), .name = "GetItem " + key.Name()});
  request.on_answer = [key](JsonObject answer, std::span<Operation> operations) {
    const auto item = Member(answer, "Item");
    operations[0].accesses.push_back(ReadOf(key, item ? SeenIn(*item) : Seen{}));
  };
  return request;
}

Request Workload::BatchGet() {
  std::vector<ItemKey> keys = SomeKeys(4);
  Request request{.target = "BatchGetItem"};
  request.body = R"({"RequestItems":{)" + KeysByTable(keys, Coin()) + "}}";
  request.operations.push_back({.id = NewId(), .name = "BatchGetItem"});
  request.on_answer = [keys = std::move(keys)](JsonObject answer, std::span<Operation> operations) {
    if (!Member(answer, "UnprocessedKeys")->begin().key().empty()) return;
    const auto responses = Member(answer, "Responses");
    for (std::string_view table : kTables) {
      for (const ItemKey& key : keys) {
        if (key.table != table) continue;
        Seen seen;
        for (JsonObject item : List(*responses, table)) {
          if (KeyOf(table, item) == key) seen = SeenIn(item);
        }
        operations[0].accesses.push_back(ReadOf(key, std::move(seen)));
      }
    }
  };
  return request;
}

Request Workload::TransactGet() {
  std::vector<ItemKey> keys = SomeKeys(4);
  Request request{.target = "TransactGetItems"};
  std::string list;
  for (const ItemKey& key : keys) {
    if (!list.empty()) list += ',';
    list += R"({"Get":{)" + TableName(key.table) + R"(,"Key":{)" + key.Json() + "}}}";
  }
  request.body = R"({"TransactItems":[)" + list + "]}";
  request.operations.push_back({.id = NewId(), .name = "TransactGetItems"});
  request.on_answer = [keys = std::move(keys)](JsonObject answer, std::span<Operation> operations) {
    size_t i = 0;
    for (JsonObject response : List(answer, "Responses")) {
      const auto item = Member(response, "Item");
      operations[0].accesses.push_back(ReadOf(keys.at(i++), item ? SeenIn(*item) : Seen{}));
    }
    if (i != keys.size()) throw WrongAnswer{"not as many responses as reads"};
  };
  return request;
}

Request Workload::QueryTable() {
  std::vector<ItemKey> keys;
  for (ItemKey& key : KeysOf(kFirstTable, context_->settings())) {
    if (key.p == "a") keys.push_back(std::move(key));
  }
  const bool forward = Coin();
  if (!forward) std::reverse(keys.begin(), keys.end());
  Request request{.target = "Query"};
  request.body =
      "{" + TableName(kFirstTable) +
      R"(,"KeyConditionExpression":"p = :p","ExpressionAttributeValues":{":p":{"S":"a"}})" +
      Consistent(Coin());
  if (!forward) request.body += R"(,"ScanIndexForward":false)";
  if (Coin()) request.body += R"(,"Limit":)" + std::to_string(1 + context_->Below(3));
  if (Coin()) {
    const size_t start = context_->Below(keys.size());
    request.body += R"(,"ExclusiveStartKey":{)" + keys[start].Json() + "}";
    keys.erase(keys.begin(), keys.begin() + static_cast<ptrdiff_t>(start) + 1);
  }
  request.body += "}";
  request.operations.push_back({.id = NewId(), .name = "Query " + std::string(kFirstTable)});
  request.on_answer = [keys = std::move(keys)](JsonObject answer, std::span<Operation> operations) {
    std::vector<ItemKey> passed = keys;
    if (const auto last = Member(answer, "LastEvaluatedKey")) {
      const auto end = std::find(passed.begin(), passed.end(), KeyOf(kFirstTable, *last));
      if (end == passed.end()) throw WrongAnswer{"a page ends outside its range"};
      passed.erase(end + 1, passed.end());
    }
    FillPage(kFirstTable, answer, passed, &operations[0]);
    for (const Access& access : operations[0].accesses) {
      if (std::none_of(passed.begin(), passed.end(),
                       [&](const ItemKey& key) { return key.Name() == access.key; })) {
        throw WrongAnswer{"a page shows an item outside its range"};
      }
    }
  };
  return request;
}

// Its items are seen as they are in the table; which ones must be there is not looked at.
Request Workload::QueryIndex(std::string index) {
  Request request{.target = "Query"};
  const std::string g = "g" + std::to_string(1 + context_->Below(3));
  request.body = "{" + TableName(kFirstTable) + R"(,"IndexName":")" + index +
                 R"(","KeyConditionExpression":")";
  if (index == "loc") {
    request.body +=
        R"(p = :p","Select":"ALL_ATTRIBUTES","ExpressionAttributeValues":{":p":{"S":"a"}})";
  } else {
    request.body += R"(g = :g","ExpressionAttributeValues":{":g":{"S":")" + g + "\"}}";
  }
  if (Coin()) request.body += R"(,"Limit":)" + std::to_string(1 + context_->Below(3));
  request.body += "}";
  request.may_be_invalid = index == "dyn";
  request.operations.push_back({.id = NewId(), .name = "Query " + index});
  request.on_answer = [index = std::move(index), g](JsonObject answer,
                                                    std::span<Operation> operations) {
    if (index == "dyn") return;  // keys only
    FillPage(kFirstTable, answer, {}, &operations[0]);
    if (index == "loc") return;
    for (JsonObject item : List(answer, "Items")) {
      std::string_view value;
      if (item["g"]["S"].get(value) != simdjson::SUCCESS || value != g) {
        throw WrongAnswer{"an index shows an item with another key"};
      }
    }
  };
  return request;
}

Request Workload::ScanTable(std::string_view table, bool whole) {
  Request request{.target = "Scan"};
  request.body = "{" + TableName(table) + Consistent(Coin());
  if (!whole) request.body += R"(,"Limit":)" + std::to_string(1 + context_->Below(3));
  request.body += "}";
  request.operations.push_back({.id = NewId(), .name = "Scan " + std::string(table)});
  request.on_answer = [table, all = KeysOf(table, context_->settings())](
                          JsonObject answer, std::span<Operation> operations) {
    const bool complete = !Member(answer, "LastEvaluatedKey");
    FillPage(table, answer, complete ? all : std::vector<ItemKey>{}, &operations[0]);
  };
  return request;
}

}  // namespace stator::sim
