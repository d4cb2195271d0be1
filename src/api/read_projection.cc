#include "api/read_projection.h"

#include <utility>
#include <vector>

#include "expr/legacy.h"
#include "model/attribute_value_json.h"
#include "model/item_codec.h"

namespace stator {

ApiResult<std::optional<Projection>> DecodeReadProjection(const Members& in, const ExpressionMembers& members) {
  auto placeholders = DecodePlaceholders(in, members);
  if (!placeholders) return Unexpected<ApiError>(std::move(placeholders).error());
  std::optional<Projection> projection;
  if (const auto text = in.String("ProjectionExpression")) {
    auto parsed = ParseProjection(*text, &*placeholders);
    if (!parsed) return Unexpected<ApiError>(std::move(parsed).error());
    projection = *std::move(parsed);
  } else if (const auto names = in.Strings("AttributesToGet")) {
    auto translated = TranslateAttributesToGet(std::vector<std::string>(names->begin(), names->end()));
    if (!translated) return Unexpected<ApiError>(std::move(translated).error());
    projection = *std::move(translated);
  }
  if (auto used = placeholders->CheckAllUsed(); !used) return Unexpected<ApiError>(std::move(used).error());
  return projection;
}

KeyCheck CheckProjection(const TableDefinition& table, const Projection& projection) {
  KeyCheck result;
  VisitPaths(projection, [&](const DocumentPath& path) {
    if (result) result = CheckKeyPath(table, path);
  });
  return result;
}

Result<bool> AppendProjected(std::string_view encoded_item, const std::optional<Projection>& projection,
                             std::string* json) {
  if (!projection) {
    if (auto appended = AppendItemJson(encoded_item, json); !appended) {
      return Unexpected<Status>(std::move(appended).error());
    }
    return true;
  }
  auto item = DecodeItem(encoded_item);
  if (!item) return Unexpected<Status>(std::move(item).error());
  const Item selected = Project(*projection, *item);
  AppendJson(selected, json);
  return !selected.empty();
}

}  // namespace stator
