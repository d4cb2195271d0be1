#include <string>
#include <utility>
#include <vector>

#include "api/handlers.h"
#include "api/read_projection.h"
#include "api/table_name.h"
#include "api/write_answer.h"
#include "model/item_codec.h"
#include "model/limits.h"
#include "table/read_capacity.h"
#include "table/read_items.h"

namespace stator {
namespace {

struct Wanted {
  std::vector<std::string> table_names;  // as the request gave them
  std::vector<std::optional<Projection>> projections;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};

ApiResult<std::string> AnswerTo(const Wanted& wanted, const ReadItemsResult& result) {
  std::string json = R"({"Responses":[)";
  std::vector<ConsumedCapacity> consumed;
  size_t total_size = 0;
  for (size_t i = 0; i < result.items.size(); ++i) {
    if (wanted.projections[i]) {
      const KeyCheck check = CheckProjection(*result.tables[i], *wanted.projections[i]);
      if (!check) return Unexpected<ApiError>(ToApiError(check.error()));
    }
    if (i > 0) json.push_back(',');
    const std::optional<std::string_view>& item = result.items[i];
    size_t size = 0;
    if (item) {
      const size_t begin = json.size();
      json.append(R"({"Item":)");
      auto selected = AppendProjected(*item, wanted.projections[i], &json);
      if (!selected) return Unexpected<ApiError>(ToApiError(selected.error()));
      if (!*selected) json.resize(begin);
      json.append(*selected ? "}" : "{}");
      size = EncodedItemSize(*item).value();
    } else {
      json.append("{}");
    }
    total_size += size;
    ConsumedCapacity units{wanted.table_names[i], 2.0 * static_cast<double>(ReadBlocks(size))};
    units.kind = UnitKind::kRead;
    AddConsumed(units, &consumed);
  }
  if (total_size > kMaxTransactSize) {
    return Invalid("The aggregate size of the items in the transaction cannot exceed 4 MB");
  }
  json.push_back(']');
  AppendConsumedCapacities(consumed, wanted.capacity, &json);
  json.push_back('}');
  return json;
}

ApiResult<void> DecodeGet(const Members& get, const Caller& caller, Wanted* wanted, ReadItemsRequest* request) {
  const std::string_view name = get.String("TableName").value_or("");
  auto table_name = ResolveTableName(name, caller);
  if (!table_name) return Unexpected<ApiError>(std::move(table_name).error());
  auto projection = DecodeReadProjection(get, kProjectionMembers);
  if (!projection) return Unexpected<ApiError>(std::move(projection).error());
  auto key = DecodeAttributes(get, "Key");
  if (!key) return Unexpected<ApiError>(std::move(key).error());
  wanted->table_names.emplace_back(name);
  wanted->projections.push_back(*std::move(projection));
  request->reads.push_back({*std::move(table_name), *std::move(key)});
  return {};
}

}  // namespace

void TransactGetItems(const OperationContext& context, const Members& in, Respond done) {
  Wanted wanted;
  wanted.capacity = DecodeReturnConsumedCapacity(in);
  ReadItemsRequest request{{context.caller.account_id, context.caller.region}, {}, true};
  const simdjson::dom::array items = *in.List("TransactItems");
  for (const simdjson::dom::element element : items) {
    auto decoded = DecodeGet(*Members(element).Struct("Get"), context.caller, &wanted, &request);
    if (!decoded) return done(Unexpected<ApiError>(std::move(decoded).error()));
  }
  ReadItems(context.database, std::move(request),
            [wanted = std::move(wanted), done = std::move(done)](ApiResult<ReadItemsResult> result,
                                                                 const ReadItemsRequest&) mutable {
              if (!result) return done(Unexpected<ApiError>(std::move(result).error()));
              done(AnswerTo(wanted, *result));
            });
}

}  // namespace stator
