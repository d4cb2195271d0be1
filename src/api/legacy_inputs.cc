#include "api/legacy_inputs.h"

#include <optional>
#include <utility>

#include "api/expression_inputs.h"
#include "api/json_view.h"

namespace stator {
namespace {

using Values = std::vector<AttributeValue>;

ApiResult<std::optional<AttributeValue>> DecodeOptionalValue(const Members& in, std::string_view member) {
  const auto json = in.Raw(member);
  if (!json) return std::optional<AttributeValue>();
  auto value = DecodeValue(*json);
  if (!value) return Unexpected<ApiError>(std::move(value).error());
  return std::optional<AttributeValue>(*std::move(value));
}

ApiResult<std::optional<Values>> DecodeValueList(const Members& in) {
  const auto list = in.List("AttributeValueList");
  if (!list) return std::optional<Values>();
  Values values;
  for (const simdjson::dom::element json : *list) {
    auto value = DecodeValue(json);
    if (!value) return Unexpected<ApiError>(std::move(value).error());
    values.push_back(*std::move(value));
  }
  return std::optional<Values>(std::move(values));
}

// Runs `decode(attribute, members)` over the entries of a map of structures.
template <class T, class Decode>
ApiResult<std::vector<T>> DecodeEntries(const Members& in, std::string_view member, Decode decode) {
  std::vector<T> results;
  const Members::Entries entries = *in.Map(member);
  for (const auto& [attribute, json] : entries) {
    if (json.is_null()) continue;
    ApiResult<T> result = decode(Members(json));
    if (!result) return Unexpected<ApiError>(std::move(result).error());
    result->attribute = attribute;
    results.push_back(*std::move(result));
  }
  return results;
}

ApiResult<LegacyExpected> DecodeOneExpected(const Members& in) {
  LegacyExpected expected;
  auto value = DecodeOptionalValue(in, "Value");
  if (!value) return Unexpected<ApiError>(std::move(value).error());
  auto list = DecodeValueList(in);
  if (!list) return Unexpected<ApiError>(std::move(list).error());
  expected.value = *std::move(value);
  expected.attribute_value_list = *std::move(list);
  expected.exists = in.Bool("Exists");
  if (const auto name = in.String("ComparisonOperator")) expected.comparison = ParseLegacyComparison(*name);
  return expected;
}

ApiResult<LegacyAttributeUpdate> DecodeOneUpdate(const Members& in) {
  LegacyAttributeUpdate update;
  auto value = DecodeOptionalValue(in, "Value");
  if (!value) return Unexpected<ApiError>(std::move(value).error());
  update.value = *std::move(value);
  if (const auto name = in.String("Action")) update.action = ParseLegacyAction(*name);
  return update;
}

ApiResult<LegacyCondition> DecodeOneCondition(const Members& in) {
  LegacyCondition condition;
  condition.comparison = *ParseLegacyComparison(*in.String("ComparisonOperator"));
  auto list = DecodeValueList(in);
  if (!list) return Unexpected<ApiError>(std::move(list).error());
  condition.attribute_value_list = *std::move(list);
  return condition;
}

}  // namespace

ApiResult<std::vector<LegacyExpected>> DecodeExpected(const Members& in) {
  return DecodeEntries<LegacyExpected>(in, "Expected", &DecodeOneExpected);
}

ApiResult<std::vector<LegacyAttributeUpdate>> DecodeAttributeUpdates(const Members& in) {
  return DecodeEntries<LegacyAttributeUpdate>(in, "AttributeUpdates", &DecodeOneUpdate);
}

ApiResult<std::vector<LegacyCondition>> DecodeLegacyConditions(const Members& in, std::string_view member) {
  return DecodeEntries<LegacyCondition>(in, member, &DecodeOneCondition);
}

ApiResult<ConditionalOperator> DecodeConditionalOperator(const Members& in, std::string_view subject) {
  const auto name = in.String("ConditionalOperator");
  if (!name) return ConditionalOperator::kAnd;
  if (!in.Has(subject)) {
    return InvalidParameter("ConditionalOperator cannot be used without Filter or Expected");
  }
  return *ParseConditionalOperator(*name);
}

}  // namespace stator
