#include "api/expression_inputs.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/json_view.h"
#include "model/attribute_value_json.h"

namespace stator {
namespace {

constexpr std::string_view kNames = "ExpressionAttributeNames";
constexpr std::string_view kValues = "ExpressionAttributeValues";

constexpr std::string_view kExpected[] = {"Expected"};
constexpr std::string_view kCondition[] = {"ConditionExpression"};
constexpr std::string_view kAttributeUpdates[] = {"AttributeUpdates", "Expected"};
constexpr std::string_view kUpdate[] = {"UpdateExpression", "ConditionExpression"};
constexpr std::string_view kLegacyQuery[] = {"AttributesToGet", "QueryFilter", "ConditionalOperator",
                                             "KeyConditions"};
constexpr std::string_view kQuery[] = {"ProjectionExpression", "FilterExpression", "KeyConditionExpression"};
constexpr std::string_view kLegacyScan[] = {"AttributesToGet", "ScanFilter", "ConditionalOperator"};
constexpr std::string_view kScan[] = {"ProjectionExpression", "FilterExpression"};
constexpr std::string_view kAttributesToGet[] = {"AttributesToGet"};
constexpr std::string_view kProjection[] = {"ProjectionExpression"};

std::vector<ExpressionParameter> PresenceOf(const Members& in, std::span<const std::string_view> names) {
  std::vector<ExpressionParameter> parameters;
  parameters.reserve(names.size());
  for (const std::string_view name : names) parameters.push_back({name, in.Has(name)});
  return parameters;
}

// KeyConditions do not clash with the expressions of a Query that has no KeyConditionExpression (facts 3.7).
void AllowKeyConditions(const Members& in, std::vector<ExpressionParameter>* legacy) {
  for (ExpressionParameter& parameter : *legacy) {
    if (parameter.name == "KeyConditions" && !in.Has("KeyConditionExpression")) parameter.present = false;
  }
}

// GetItem and its like know no ExpressionAttributeValues, and so ignore them.
bool TakesValues(const ExpressionMembers& members) {
  return std::any_of(members.expressions.begin(), members.expressions.end(),
                     [](std::string_view name) { return name != "ProjectionExpression"; });
}

ApiResult<void> CheckUse(const Members& in, const ExpressionMembers& members, Wording wording) {
  std::vector<ExpressionParameter> legacy = PresenceOf(in, members.legacy);
  AllowKeyConditions(in, &legacy);
  const std::vector<ExpressionParameter> expressions = PresenceOf(in, members.expressions);
  if (auto ok = CheckNotMixed(legacy, expressions); !ok) return ok;
  if (auto ok = CheckNamesAllowed(in.Has(kNames), expressions); !ok) return ok;
  return CheckValuesAllowed(TakesValues(members) && in.Has(kValues), expressions, wording == Wording::kEnveloped);
}

ApiResult<void> CheckKeys(std::string_view member, const std::optional<Members::Entries>& entries) {
  if (!entries) return {};
  for (const auto& [key, value] : *entries) {
    if (auto ok = CheckPlaceholderKey(member, key); !ok) return ok;
  }
  return {};
}

std::optional<Placeholders::Names> NamesOf(const std::optional<Members::Entries>& entries) {
  if (!entries) return std::nullopt;
  Placeholders::Names names;
  names.reserve(entries->size());
  for (const auto& [key, value] : *entries) names.emplace_back(key, TextOf(value));
  return names;
}

ApiResult<std::optional<AttributeMap>> ValuesOf(const std::optional<Members::Entries>& entries, Wording wording) {
  if (!entries) return std::optional<AttributeMap>();
  AttributeMap values;
  values.reserve(entries->size());
  for (const auto& [key, json] : *entries) {
    auto value = AttributeValueFromJson(json);
    if (!value) {
      return Unexpected<ApiError>(WordedPlaceholderError(std::move(value).error(), key, wording));
    }
    values.Set(key, *std::move(value));
  }
  return std::optional<AttributeMap>(std::move(values));
}

}  // namespace

const ExpressionMembers kPutMembers = {kExpected, kCondition};
const ExpressionMembers kUpdateMembers = {kAttributeUpdates, kUpdate};
const ExpressionMembers kQueryMembers = {kLegacyQuery, kQuery};
const ExpressionMembers kScanMembers = {kLegacyScan, kScan};
const ExpressionMembers kGetMembers = {kAttributesToGet, kProjection};
const ExpressionMembers kConditionMembers = {{}, kCondition};
const ExpressionMembers kTransactUpdateMembers = {{}, kUpdate};
const ExpressionMembers kProjectionMembers = {{}, kProjection};

ApiResult<AttributeMap> DecodeAttributes(const Members& in, std::string_view member, Wording wording) {
  auto attributes = AttributeMapFromJson(ObjectOf(*in.Raw(member)));
  if (!attributes) return Unexpected<ApiError>(WordedValueError(std::move(attributes).error(), wording));
  return *std::move(attributes);
}

ApiResult<AttributeValue> DecodeValue(simdjson::dom::element json, Wording wording) {
  auto value = AttributeValueFromJson(json);
  if (!value) return Unexpected<ApiError>(WordedValueError(std::move(value).error(), wording));
  return *std::move(value);
}

ApiResult<Placeholders> DecodePlaceholders(const Members& in, const ExpressionMembers& members, Wording wording) {
  const auto fail = [wording](ApiError error) { return Unexpected<ApiError>(Worded(std::move(error), wording)); };
  if (auto ok = CheckUse(in, members, wording); !ok) return fail(std::move(ok).error());
  const auto names = in.Map(kNames);
  const auto value_entries = TakesValues(members) ? in.Map(kValues) : std::nullopt;
  if (auto ok = CheckKeys(kNames, names); !ok) return fail(std::move(ok).error());
  if (auto ok = CheckKeys(kValues, value_entries); !ok) return fail(std::move(ok).error());
  auto values = ValuesOf(value_entries, wording);
  if (!values) return Unexpected<ApiError>(std::move(values).error());
  auto placeholders = Placeholders::Create(NamesOf(names), *std::move(values));
  if (!placeholders) return fail(std::move(placeholders).error());
  return placeholders;
}

ReturnValues DecodeReturnValues(const Members& in) {
  const std::string_view text = in.String("ReturnValues").value_or("NONE");
  if (text == "ALL_OLD") return ReturnValues::kAllOld;
  if (text == "UPDATED_OLD") return ReturnValues::kUpdatedOld;
  if (text == "ALL_NEW") return ReturnValues::kAllNew;
  if (text == "UPDATED_NEW") return ReturnValues::kUpdatedNew;
  return ReturnValues::kNone;
}

std::optional<Select> DecodeSelect(const Members& in) {
  const auto text = in.String("Select");
  if (!text) return std::nullopt;
  if (*text == "COUNT") return Select::kCount;
  if (*text == "SPECIFIC_ATTRIBUTES") return Select::kSpecificAttributes;
  if (*text == "ALL_PROJECTED_ATTRIBUTES") return Select::kAllProjectedAttributes;
  return Select::kAllAttributes;
}

bool WantsItemOnConditionFailure(const Members& in) {
  return in.String("ReturnValuesOnConditionCheckFailure") == "ALL_OLD";
}

bool WantsItemCollectionMetrics(const Members& in) { return in.String("ReturnItemCollectionMetrics") == "SIZE"; }

ReturnConsumedCapacity DecodeReturnConsumedCapacity(const Members& in) {
  return ParseReturnConsumedCapacity(in.String("ReturnConsumedCapacity").value_or(""));
}

}  // namespace stator
