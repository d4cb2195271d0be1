#include <algorithm>
#include <utility>

#include "workload.h"

namespace stator::sim {
namespace {

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text;
}

std::string NumberJson(WriteId id) { return R"({"N":")" + std::to_string(id) + "\"}"; }

}  // namespace

// One write as members of a request: of PutItem and its like, or of an action of a transaction.
struct Workload::WriteParts {
  std::string action;                // "Put"
  std::vector<std::string> members;  // "Key":{...} and the like
  std::vector<std::string> values;   // members of ExpressionAttributeValues
  std::string condition;
  Access access;
  bool shows_failure = false;  // the item, if the condition fails
};

namespace {

// The item that an error or a reason of a cancellation shows.
Seen SeenInFailure(JsonObject error) {
  const auto item = Member(error, "Item");
  return item ? SeenIn(*item) : Seen{};
}

bool HasCode(JsonObject reason, std::string_view wanted) {
  std::string_view code;
  return reason["Code"].get(code) == simdjson::SUCCESS && code == wanted;
}

bool IsOfType(JsonObject error, std::string_view wanted) {
  std::string_view type;
  return error["__type"].get(type) == simdjson::SUCCESS && type.ends_with(wanted);
}

}  // namespace

// A condition tells what was there if it holds, and so does what the client based its write on.
void Workload::ChooseCondition(const ItemKey& key, WriteParts* parts) {
  const auto known = known_.find(key.Name());
  const uint64_t choice = context_->Below(10);
  if (choice < 4) return;
  if (choice == 4) {
    parts->condition = "attribute_exists(p)";
  } else if (known == known_.end() || known->second.empty()) {
    parts->condition = "attribute_not_exists(p)";
    parts->access.before = Seen{};
  } else {
    parts->condition = "v = :seen";
    parts->values.push_back("\":seen\":" + NumberJson(known->second.back()));
    parts->access.before = known->second;
  }
  parts->shows_failure = Coin();
}

Workload::WriteParts Workload::UpdateParts(const ItemKey& key, WriteId id) {
  WriteParts parts{.action = "Update"};
  parts.access = {key.Name(), AccessKind::kAppend, {}};
  const std::string g = AnyG();
  std::string expression = "SET l = list_append(if_not_exists(l, :none), :new), v = :v";
  if (id % 2 == 0) expression += ", t = :t";
  expression += g.empty() ? " REMOVE g ADD c :one" : ", g = :g ADD c :one";
  parts.members = {R"("Key":{)" + key.Json() + "}", R"("UpdateExpression":")" + expression + '"'};
  parts.values = {R"(":none":{"L":[]})", R"(":new":{"L":[)" + NumberJson(id) + "]}",
                  "\":v\":" + NumberJson(id), "\":one\":" + NumberJson(1)};
  if (!g.empty()) parts.values.push_back(R"(":g":{"S":")" + g + "\"}");
  if (id % 2 == 0) parts.values.push_back("\":t\":" + TimeJson(key.table, id, Now()));
  ChooseCondition(key, &parts);
  return parts;
}

Workload::WriteParts Workload::PutParts(const ItemKey& key, WriteId id) {
  WriteParts parts{.action = "Put"};
  parts.access = {key.Name(), AccessKind::kPut, {}};
  ChooseCondition(key, &parts);
  Seen writes;
  // Under a condition it may go on with what the client has read: an update made by hand.
  if (parts.access.before && Coin()) {
    parts.access.kind = AccessKind::kAppend;
    writes = *parts.access.before;
  }
  writes.push_back(id);
  parts.members = {"\"Item\":" + ItemJson(key, writes, AnyG(), Now())};
  return parts;
}

Workload::WriteParts Workload::DeleteParts(const ItemKey& key, WriteId) {
  WriteParts parts{.action = "Delete"};
  parts.access = {key.Name(), AccessKind::kDelete, {}};
  parts.members = {R"("Key":{)" + key.Json() + "}"};
  ChooseCondition(key, &parts);
  return parts;
}

Workload::WriteParts Workload::CheckParts(const ItemKey& key) {
  WriteParts parts{.action = "ConditionCheck"};
  parts.access = {key.Name(), AccessKind::kRead, {}};
  parts.members = {R"("Key":{)" + key.Json() + "}"};
  while (parts.condition.empty()) ChooseCondition(key, &parts);
  return parts;
}

namespace {

template <class Parts>
std::string MembersOf(const ItemKey& key, const Parts& parts) {
  std::vector<std::string> members = parts.members;
  members.push_back(R"("TableName":")" + key.table + '"');
  if (!parts.condition.empty())
    members.push_back(R"("ConditionExpression":")" + parts.condition + '"');
  if (!parts.values.empty())
    members.push_back(R"("ExpressionAttributeValues":{)" + Joined(parts.values) + "}");
  if (parts.shows_failure) members.push_back(R"("ReturnValuesOnConditionCheckFailure":"ALL_OLD")");
  return Joined(members);
}

}  // namespace

Request Workload::Single(std::string target, const ItemKey& key, WriteId id, WriteParts parts,
                         std::vector<std::string> return_values) {
  const std::string returned = return_values[context_->Below(return_values.size())];
  parts.members.push_back(R"("ReturnValues":")" + returned + '"');
  Request request{.target = std::move(target), .body = "{" + MembersOf(key, parts) + "}"};
  request.operations.push_back(
      {.id = id, .name = request.target + " " + key.Name(), .accesses = {parts.access}});
  request.on_answer = [returned, id](JsonObject answer, std::span<Operation> operations) {
    if (returned == "NONE") return;
    const auto attributes = Member(answer, "Attributes");
    Seen seen = attributes ? SeenIn(*attributes) : Seen{};
    if (returned != "ALL_OLD") {
      if (seen.empty() || seen.back() != id)
        throw WrongAnswer{"an update does not answer with what it wrote"};
      seen.pop_back();
    }
    Access& access = operations[0].accesses[0];
    if (access.before && *access.before != seen)
      throw WrongAnswer{"a write saw what its condition excludes"};
    access.before = std::move(seen);
  };
  if (parts.shows_failure) {
    request.on_refusal = [name = key.Name()](JsonObject error, std::span<Operation> operations) {
      if (!IsOfType(error, "ConditionalCheckFailedException")) return;
      operations[0].accesses.push_back({name, AccessKind::kRead, SeenInFailure(error)});
    };
  }
  return request;
}

Request Workload::Update() {
  const ItemKey key = AnyKey();
  const WriteId id = NewId();
  return Single("UpdateItem", key, id, UpdateParts(key, id),
                {"NONE", "ALL_OLD", "ALL_NEW", "UPDATED_NEW"});
}

Request Workload::Put() {
  const ItemKey key = AnyKey();
  const WriteId id = NewId();
  return Single("PutItem", key, id, PutParts(key, id), {"NONE", "ALL_OLD", "ALL_OLD"});
}

Request Workload::Delete() {
  const ItemKey key = AnyKey();
  const WriteId id = NewId();
  return Single("DeleteItem", key, id, DeleteParts(key, id), {"NONE", "ALL_OLD", "ALL_OLD"});
}

Request Workload::BatchWrite() {
  Request request{.target = "BatchWriteItem"};
  std::vector<ItemKey> keys = SomeKeys(4);
  std::map<std::string, std::vector<std::string>> by_table;
  for (const ItemKey& key : keys) {
    const WriteId id = NewId();
    const bool put = !context_->Percent(25);
    by_table[key.table].push_back(put ? R"({"PutRequest":{"Item":)" +
                                            ItemJson(key, {id}, AnyG(), Now()) + "}}"
                                      : R"({"DeleteRequest":{"Key":{)" + key.Json() + "}}}");
    request.operations.push_back(
        {.id = id,
         .name = "BatchWriteItem " + key.Name(),
         .accesses = {{key.Name(), put ? AccessKind::kPut : AccessKind::kDelete, {}}}});
  }
  std::vector<std::string> tables;
  for (const auto& [table, writes] : by_table)
    tables.push_back('"' + table + "\":[" + Joined(writes) + "]");
  request.body = R"({"RequestItems":{)" + Joined(tables) + "}}";
  request.on_answer = [keys = std::move(keys)](JsonObject answer, std::span<Operation> operations) {
    const auto unprocessed = Member(answer, "UnprocessedItems");
    if (!unprocessed) throw WrongAnswer{"no UnprocessedItems"};
    for (const auto& [table, writes] : *unprocessed) {
      for (JsonObject write : writes.get_array()) {
        const auto put = Member(write, "PutRequest");
        const ItemKey key = KeyOf(
            table, put ? *Member(*put, "Item") : *Member(*Member(write, "DeleteRequest"), "Key"));
        const auto place = std::find(keys.begin(), keys.end(), key);
        if (place == keys.end()) throw WrongAnswer{"an unprocessed write that was not asked for"};
        Operation& operation = operations[static_cast<size_t>(place - keys.begin())];
        operation.outcome = Outcome::kRefused;
        operation.accesses.clear();
      }
    }
  };
  return request;
}

Request Workload::TransactWrite() {
  Request request{.target = "TransactWriteItems"};
  const WriteId id = NewId();
  Operation operation{.id = id, .name = "TransactWriteItems"};
  std::vector<std::string> actions;
  std::vector<std::optional<std::string>> shown;  // keys of actions that show a failure
  for (const ItemKey& key : SomeKeys(3)) {
    const uint64_t choice = context_->Below(10);
    const WriteParts parts = choice < 5   ? UpdateParts(key, id)
                             : choice < 7 ? PutParts(key, id)
                             : choice < 8 ? DeleteParts(key, id)
                                          : CheckParts(key);
    actions.push_back("{\"" + parts.action + "\":{" + MembersOf(key, parts) + "}}");
    shown.push_back(parts.shows_failure ? std::optional(key.Name()) : std::nullopt);
    operation.name += " " + parts.action + ":" + key.Name();
    operation.accesses.push_back(parts.access);
  }
  request.body = R"({"TransactItems":[)" + Joined(actions) + "]";
  if (Coin()) {
    if (!expired_tokens_.empty() && context_->Percent(80)) {
      request.token = expired_tokens_.back();
      expired_tokens_.pop_back();
    } else {
      request.token = "token-" + std::to_string(id);
    }
    request.body += R"(,"ClientRequestToken":")" + request.token + '"';
  }
  request.body += "}";
  request.operations.push_back(std::move(operation));
  request.on_refusal = [shown = std::move(shown)](JsonObject error,
                                                  std::span<Operation> operations) {
    if (!IsOfType(error, "TransactionCanceledException")) return;
    size_t i = 0;
    for (JsonObject reason : List(error, "CancellationReasons")) {
      if (HasCode(reason, "ConditionalCheckFailed") && shown.at(i)) {
        operations[0].accesses.push_back({*shown[i], AccessKind::kRead, SeenInFailure(reason)});
      }
      ++i;
    }
  };
  request.on_answer = [](JsonObject, std::span<Operation>) {};
  return request;
}

}  // namespace stator::sim
