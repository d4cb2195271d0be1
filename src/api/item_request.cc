#include "api/item_request.h"

#include <utility>

#include "api/legacy_inputs.h"
#include "api/table_name.h"
#include "expr/condition.h"
#include "expr/legacy.h"
#include "expr/update.h"
#include "model/item_size.h"
#include "model/limits.h"

namespace stator {
namespace {

ApiResult<void> DecodeUpdate(const Members& in, Placeholders* placeholders, ItemWrite* write) {
  if (const auto text = in.String("UpdateExpression")) {
    auto update = ParseUpdate(*text, placeholders);
    if (!update) return Unexpected<ApiError>(std::move(update).error());
    write->update = *std::move(update);
  }
  return {};
}

ApiResult<void> DecodeLegacyUpdate(const Members& in, ItemWrite* write) {
  if (!in.Has("AttributeUpdates")) return {};
  auto updates = DecodeAttributeUpdates(in);
  if (!updates) return Unexpected<ApiError>(std::move(updates).error());
  auto update = TranslateAttributeUpdates(*updates);
  if (!update) return Unexpected<ApiError>(std::move(update).error());
  write->update = *std::move(update);
  return {};
}

ApiResult<void> DecodeCondition(const Members& in, Placeholders* placeholders, ItemWrite* write) {
  if (const auto text = in.String("ConditionExpression")) {
    auto condition = ParseCondition(*text, ExpressionKind::kCondition, placeholders);
    if (!condition) return Unexpected<ApiError>(std::move(condition).error());
    write->condition = *std::move(condition);
  }
  return {};
}

ApiResult<void> DecodeLegacyCondition(const Members& in, ItemWrite* write) {
  auto joined_by = DecodeConditionalOperator(in, "Expected");
  if (!joined_by) return Unexpected<ApiError>(std::move(joined_by).error());
  if (!in.Has("Expected")) return {};
  auto expected = DecodeExpected(in);
  if (!expected) return Unexpected<ApiError>(std::move(expected).error());
  auto condition = TranslateExpected(*expected, *joined_by);
  if (!condition) return Unexpected<ApiError>(std::move(condition).error());
  if (!expected->empty()) write->condition = *std::move(condition);
  return {};
}

}  // namespace

ApiResult<void> CheckItemSize(const Item& item) {
  if (SizeOf(item) > kMaxItemSize) return Invalid("Item size has exceeded the maximum allowed size");
  return {};
}

ApiResult<ItemWrite> DecodeItemWrite(const WriteMembers& members, const Members& in, const Caller& caller) {
  ItemWrite write;
  write.kind = members.kind;
  write.return_item_on_failure = WantsItemOnConditionFailure(in);

  auto table_name = ResolveTableName(in.String("TableName").value_or(""), caller);
  if (!table_name) return Unexpected<ApiError>(std::move(table_name).error());
  write.table_name = *std::move(table_name);

  auto placeholders = DecodePlaceholders(in, members.expressions, members.wording);
  if (!placeholders) return Unexpected<ApiError>(std::move(placeholders).error());
  auto item = DecodeAttributes(in, members.item_member, members.wording);
  if (!item) return Unexpected<ApiError>(std::move(item).error());
  write.item = *std::move(item);
  if (members.kind == WriteKind::kPut) {
    if (auto size = CheckItemSize(write.item); !size) return Unexpected<ApiError>(std::move(size).error());
  }
  if (members.kind == WriteKind::kUpdate) {
    if (auto legacy = DecodeLegacyUpdate(in, &write); !legacy) return Unexpected<ApiError>(std::move(legacy).error());
  }
  if (auto legacy = DecodeLegacyCondition(in, &write); !legacy) {
    return Unexpected<ApiError>(std::move(legacy).error());
  }
  const auto worded = [&](ApiError error) {
    return Unexpected<ApiError>(Worded(std::move(error), members.wording));
  };
  if (members.kind == WriteKind::kUpdate) {
    if (auto update = DecodeUpdate(in, &*placeholders, &write); !update) return worded(std::move(update).error());
  }
  if (auto condition = DecodeCondition(in, &*placeholders, &write); !condition) {
    return worded(std::move(condition).error());
  }
  if (auto used = placeholders->CheckAllUsed(); !used) return worded(std::move(used).error());
  return write;
}

}  // namespace stator
