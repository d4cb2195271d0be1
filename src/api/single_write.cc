#include "api/single_write.h"

#include <string>
#include <utility>

#include "api/write_answer.h"
#include "expr/update.h"
#include "model/attribute_value_json.h"
#include "table/write_items.h"

namespace stator {
namespace {

// What the answer must tell, decoded from the request.
struct Wanted {
  std::string table_name;  // as the request gave it
  ReturnValues values = ReturnValues::kNone;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
  bool collection_metrics = false;
};

Item AttributesOf(const Wanted& wanted, const ItemWrite& write, WriteEffect* effect) {
  switch (wanted.values) {
    case ReturnValues::kNone:
      break;
    case ReturnValues::kAllOld:
      if (effect->before) return std::move(*effect->before);
      break;
    case ReturnValues::kAllNew:
      if (effect->after) return std::move(*effect->after);
      break;
    case ReturnValues::kUpdatedOld:
      if (write.update) return UpdatedOld(*write.update, effect->before ? &*effect->before : nullptr);
      break;
    case ReturnValues::kUpdatedNew:
      if (write.update && effect->after) return UpdatedNew(*write.update, *effect->after);
      break;
  }
  return {};
}

std::string AnswerTo(const Wanted& wanted, const ItemWrite& write, const TableDefinition& table,
                     WriteEffect effect) {
  std::string json = "{";
  const auto begin_member = [&json](std::string_view name) {
    if (json.size() > 1) json.push_back(',');
    json.append(1, '"').append(name).append("\":");
  };
  const Item attributes = AttributesOf(wanted, write, &effect);
  if (!attributes.empty()) {
    begin_member("Attributes");
    AppendJson(attributes, &json);
  }
  if (wanted.capacity != ReturnConsumedCapacity::kNone) {
    begin_member("ConsumedCapacity");
    AppendConsumedCapacity(ConsumedBy(wanted.table_name, effect, 1), wanted.capacity, &json);
  }
  if (wanted.collection_metrics && table.HasLocalIndex()) {
    begin_member("ItemCollectionMetrics");
    AppendItemCollectionMetrics(table, write.item, effect, &json);
  }
  json.push_back('}');
  return json;
}

}  // namespace

void RunSingleWrite(const OperationContext& context, const Members& in, ItemWrite write, Respond done) {
  Wanted wanted{std::string(in.String("TableName").value_or("")), DecodeReturnValues(in),
                DecodeReturnConsumedCapacity(in), WantsItemCollectionMetrics(in)};
  write.wants_before = wanted.values == ReturnValues::kAllOld || wanted.values == ReturnValues::kUpdatedOld;
  write.wants_after = wanted.values == ReturnValues::kAllNew || wanted.values == ReturnValues::kUpdatedNew;

  WriteItemsRequest request{{context.caller.account_id, context.caller.region}, WriteForm::kSingle};
  request.writes.push_back(std::move(write));
  WriteItems(context.database, std::move(request),
             [wanted = std::move(wanted), done = std::move(done)](ApiResult<WriteItemsResult> result,
                                                                 const WriteItemsRequest& request) mutable {
               if (!result) return done(Unexpected<ApiError>(std::move(result).error()));
               done(AnswerTo(wanted, request.writes[0], *result->tables[0], std::move(result->effects[0])));
             });
}

}  // namespace stator
