#include <string>
#include <utility>
#include <vector>

#include "api/handlers.h"
#include "api/item_request.h"
#include "api/request_hash.h"
#include "api/write_answer.h"
#include "model/item_size.h"
#include "model/limits.h"
#include "table/write_items.h"

namespace stator {
namespace {

struct Wanted {
  std::vector<std::string> table_names;  // as the request gave them
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
  bool collection_metrics = false;
};

struct ActionMembers {
  std::string_view name;
  WriteMembers write;
};
const ActionMembers kActions[] = {
    {"ConditionCheck", {WriteKind::kConditionCheck, "Key", kConditionMembers}},
    {"Put", {WriteKind::kPut, "Item", kConditionMembers}},
    {"Delete", {WriteKind::kDelete, "Key", kConditionMembers}},
    {"Update", {WriteKind::kUpdate, "Key", kTransactUpdateMembers}},
};

// The limit is on what the request carries, not on the items it touches (facts 6.3).
size_t PayloadOf(const Members& action, const ItemWrite& write) {
  size_t size = SizeOf(write.item);
  if (const auto values = action.Map("ExpressionAttributeValues")) {
    for (const auto& [name, json] : *values) {
      auto value = DecodeValue(json);
      if (value) size += SizeOf(*value);
    }
  }
  return size;
}

ApiResult<void> DecodeAction(const Members& item, const Caller& caller, Wanted* wanted, WriteItemsRequest* request,
                             size_t* payload) {
  const ActionMembers* chosen = nullptr;
  for (const ActionMembers& action : kActions) {
    if (!item.Has(action.name)) continue;
    if (chosen != nullptr) return Invalid("TransactItems can only contain one of Check, Put, Update or Delete");
    chosen = &action;
  }
  if (chosen == nullptr) return Invalid("TransactItems can only contain one of Check, Put, Update or Delete");
  const Members action = *item.Struct(chosen->name);
  auto write = DecodeItemWrite(chosen->write, action, caller);
  if (!write) return Unexpected<ApiError>(std::move(write).error());
  *payload += PayloadOf(action, *write);
  wanted->table_names.emplace_back(action.String("TableName").value_or(""));
  request->writes.push_back(*std::move(write));
  return {};
}

std::string AnswerTo(const Wanted& wanted, const WriteItemsRequest& request, const WriteItemsResult& result) {
  std::vector<ConsumedCapacity> consumed;
  for (const ReplayUnits& units : result.replay_units) {
    ConsumedCapacity replay{units.table_name, units.units};
    replay.kind = UnitKind::kRead;
    AddConsumed(replay, &consumed);
  }
  std::vector<CollectionOfWrite> collections;
  for (size_t i = 0; i < result.effects.size(); ++i) {
    ConsumedCapacity units = ConsumedBy(wanted.table_names[i], result.effects[i], 2);
    units.kind = UnitKind::kWrite;
    AddConsumed(units, &consumed);
    if (request.writes[i].kind == WriteKind::kConditionCheck) continue;
    collections.push_back(
        {wanted.table_names[i], result.tables[i], &request.writes[i].item, &result.effects[i]});
  }
  std::string members;
  AppendConsumedCapacities(consumed, wanted.capacity, &members);
  if (wanted.collection_metrics) AppendItemCollectionMetrics(collections, &members);
  if (!members.empty()) members.erase(0, 1);  // the leading comma
  return "{" + members + "}";
}

}  // namespace

void TransactWriteItems(const OperationContext& context, const Members& in, Respond done) {
  Wanted wanted;
  wanted.capacity = DecodeReturnConsumedCapacity(in);
  wanted.collection_metrics = WantsItemCollectionMetrics(in);
  WriteItemsRequest request{{context.caller.account_id, context.caller.region}, WriteForm::kTransaction};
  size_t payload = 0;
  const simdjson::dom::array items = *in.List("TransactItems");
  for (const simdjson::dom::element element : items) {
    auto decoded = DecodeAction(Members(element), context.caller, &wanted, &request, &payload);
    if (!decoded) return done(Unexpected<ApiError>(std::move(decoded).error()));
  }
  if (payload > kMaxTransactSize) return done(Invalid("Transaction request size cannot exceed 4 MB"));
  if (const auto token = in.String("ClientRequestToken"); token && !token->empty()) {
    request.token = IdempotencyToken{std::string(*token), CanonicalHash(*in.Raw("TransactItems"))};
  }
  WriteItems(context.database, std::move(request),
             [wanted = std::move(wanted), done = std::move(done)](ApiResult<WriteItemsResult> result,
                                                                  const WriteItemsRequest& request) mutable {
               if (!result) return done(Unexpected<ApiError>(std::move(result).error()));
               done(AnswerTo(wanted, request, *result));
             });
}

}  // namespace stator
