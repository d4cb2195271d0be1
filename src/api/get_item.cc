#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/read_projection.h"
#include "api/table_name.h"
#include "model/item_codec.h"
#include "table/read_capacity.h"
#include "table/read_items.h"

namespace stator {
namespace {

struct Wanted {
  std::string table_name;  // as the request gave it
  std::optional<Projection> projection;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
  bool consistent = false;
};

ApiResult<std::string> AnswerTo(const Wanted& wanted, const ReadItemsResult& result) {
  if (wanted.projection) {
    const KeyCheck check = CheckProjection(*result.tables[0], *wanted.projection);
    if (!check) return Unexpected<ApiError>(ToApiError(check.error()));
  }
  const std::optional<std::string_view>& item = result.items[0];
  std::string json = "{";
  if (item) {
    json.reserve(item->size() + item->size() / 2 + 64);
    json.append(R"("Item":)");
    auto appended = AppendProjected(*item, wanted.projection, &json);
    if (!appended) return Unexpected<ApiError>(ToApiError(appended.error()));
  }
  if (wanted.capacity != ReturnConsumedCapacity::kNone) {
    size_t size = 0;
    if (item) size = EncodedItemSize(*item).value();
    ConsumedCapacity consumed{wanted.table_name, ReadUnits(ReadBlocks(size), wanted.consistent)};
    json.append(item ? R"(,"ConsumedCapacity":)" : R"("ConsumedCapacity":)");
    AppendConsumedCapacity(consumed, wanted.capacity, &json);
  }
  json.push_back('}');
  return json;
}

}  // namespace

void GetItem(const OperationContext& context, const Members& in, Respond done) {
  Wanted wanted{std::string(in.String("TableName").value_or(""))};
  auto table_name = ResolveTableName(wanted.table_name, context.caller);
  if (!table_name) return done(Unexpected<ApiError>(std::move(table_name).error()));
  auto projection = DecodeReadProjection(in, kGetMembers);
  if (!projection) return done(Unexpected<ApiError>(std::move(projection).error()));
  auto key = DecodeAttributes(in, "Key");
  if (!key) return done(Unexpected<ApiError>(std::move(key).error()));
  wanted.projection = *std::move(projection);
  wanted.capacity = DecodeReturnConsumedCapacity(in);
  wanted.consistent = in.Bool("ConsistentRead").value_or(false);

  ReadItemsRequest request{{context.caller.account_id, context.caller.region}};
  request.reads.push_back({*std::move(table_name), *std::move(key)});
  ReadItems(context.database, std::move(request),
            [wanted = std::move(wanted), done = std::move(done)](ApiResult<ReadItemsResult> result,
                                                                 const ReadItemsRequest&) mutable {
              if (!result) return done(Unexpected<ApiError>(std::move(result).error()));
              done(AnswerTo(wanted, *result));
            });
}

}  // namespace stator
