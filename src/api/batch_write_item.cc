#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/handlers.h"
#include "api/item_request.h"
#include "api/json_view.h"
#include "api/table_name.h"
#include "api/write_answer.h"
#include "base/json_string.h"
#include "model/attribute_value_json.h"
#include "model/limits.h"
#include "table/write_items.h"

namespace stator {
namespace {

struct Wanted {
  std::vector<std::string> table_names;  // as the request gave them; parallel to the writes
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
  bool collection_metrics = false;
};

ApiResult<ItemWrite> DecodeWriteRequest(const Members& in) {
  const auto put = in.Struct("PutRequest");
  const auto remove = in.Struct("DeleteRequest");
  if (put.has_value() == remove.has_value()) {
    return Invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
                   "supported datatypes");
  }
  ItemWrite write;
  write.kind = put ? WriteKind::kPut : WriteKind::kDelete;
  auto item = put ? DecodeAttributes(*put, "Item") : DecodeAttributes(*remove, "Key");
  if (!item) return Unexpected<ApiError>(std::move(item).error());
  write.item = *std::move(item);
  if (put) {
    if (auto size = CheckItemSize(write.item); !size) return Unexpected<ApiError>(std::move(size).error());
  }
  return write;
}

ApiResult<void> DecodeRequestItems(const Members& in, const Caller& caller, Wanted* wanted,
                                   WriteItemsRequest* request) {
  const Members::Entries tables = *in.Map("RequestItems");
  for (const auto& [name, list] : tables) {
    auto table_name = ResolveTableName(name, caller);
    if (!table_name) return Unexpected<ApiError>(std::move(table_name).error());
    for (const simdjson::dom::element element : ArrayOf(list)) {
      auto write = DecodeWriteRequest(Members(element));
      if (!write) return Unexpected<ApiError>(std::move(write).error());
      write->table_name = *table_name;
      request->writes.push_back(*std::move(write));
      wanted->table_names.emplace_back(name);
    }
  }
  if (request->writes.size() > kMaxBatchWriteRequests) {
    return Invalid("Too many items requested for the BatchWriteItem call");
  }
  return {};
}

void AppendWriteRequest(const ItemWrite& write, std::string* json) {
  json->append(write.kind == WriteKind::kPut ? R"({"PutRequest":{"Item":)" : R"({"DeleteRequest":{"Key":)");
  AppendJson(write.item, json);
  json->append("}}");
}

// The writes of a request stand table by table, so equal names are neighbours.
void AppendUnprocessed(const Wanted& wanted, const WriteItemsRequest& request, std::vector<size_t> unprocessed,
                       std::string* json) {
  std::sort(unprocessed.begin(), unprocessed.end());
  json->append(R"({"UnprocessedItems":{)");
  const std::string* open_table = nullptr;
  for (size_t index : unprocessed) {
    const std::string& name = wanted.table_names[index];
    if (open_table != nullptr && *open_table == name) {
      json->push_back(',');
    } else {
      if (open_table != nullptr) json->append("],");
      AppendJsonString(name, json);
      json->append(":[");
      open_table = &name;
    }
    AppendWriteRequest(request.writes[index], json);
  }
  json->append(open_table != nullptr ? "]}" : "}");
}

std::string AnswerTo(const Wanted& wanted, const WriteItemsRequest& request, const WriteItemsResult& result) {
  std::vector<ConsumedCapacity> consumed;
  std::vector<CollectionOfWrite> collections;
  for (size_t i = 0; i < result.effects.size(); ++i) {
    if (result.tables[i] == nullptr) continue;  // unprocessed
    AddConsumed(ConsumedBy(wanted.table_names[i], result.effects[i], 1), &consumed);
    collections.push_back(
        {wanted.table_names[i], result.tables[i], &request.writes[i].item, &result.effects[i]});
  }
  std::string json;
  AppendUnprocessed(wanted, request, result.unprocessed, &json);
  AppendConsumedCapacities(consumed, wanted.capacity, &json);
  if (wanted.collection_metrics) AppendItemCollectionMetrics(collections, &json);
  json.push_back('}');
  return json;
}

}  // namespace

void BatchWriteItem(const OperationContext& context, const Members& in, Respond done) {
  Wanted wanted;
  wanted.capacity = DecodeReturnConsumedCapacity(in);
  wanted.collection_metrics = WantsItemCollectionMetrics(in);
  WriteItemsRequest request{{context.caller.account_id, context.caller.region}, WriteForm::kBatch};
  if (auto decoded = DecodeRequestItems(in, context.caller, &wanted, &request); !decoded) {
    return done(Unexpected<ApiError>(std::move(decoded).error()));
  }
  WriteItems(context.database, std::move(request),
             [wanted = std::move(wanted), done = std::move(done)](ApiResult<WriteItemsResult> result,
                                                                  const WriteItemsRequest& request) mutable {
               if (!result) return done(Unexpected<ApiError>(std::move(result).error()));
               done(AnswerTo(wanted, request, *result));
             });
}

}  // namespace stator
