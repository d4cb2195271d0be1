#include "api/read_request.h"

#include <string_view>
#include <utility>
#include <vector>

#include "api/json_view.h"
#include "api/start_key.h"
#include "api/table_name.h"
#include "expr/legacy.h"

namespace stator {
namespace {

enum class Kind { kQuery, kScan };

template <class T>
Unexpected<ApiError> FailAs(ApiResult<T> failed) {
  return Unexpected<ApiError>(std::move(failed).error());
}

// Which step of the decoding comes next is the service's choice: of several faults the first in
// this order is reported (facts 3.6, 3.7, 4.5).
class Decoder {
 public:
  Decoder(Kind kind, const Members& in, const Caller& caller)
      : kind_(kind), in_(in), caller_(caller) {}

  ApiResult<ReadRequest> Decode() {
    DecodePlainMembers();
    for (const auto step :
         {&Decoder::DecodeTableName, &Decoder::StartExpressions, &Decoder::DecodeLegacyFilter,
          &Decoder::DecodeStartKey, &Decoder::DecodeAttributesToGet, &Decoder::DecodeKeyConditions,
          &Decoder::DecodeSegments, &Decoder::DecodeKeyConditionExpression,
          &Decoder::DecodeFilterExpression, &Decoder::DecodeProjectionExpression,
          &Decoder::EndExpressions, &Decoder::CheckSelect}) {
      if (auto ok = (this->*step)(); !ok) return FailAs(std::move(ok));
    }
    return std::move(request_);
  }

 private:
  using Checked = ApiResult<void>;

  bool is_query() const { return kind_ == Kind::kQuery; }

  void DecodePlainMembers() {
    if (const auto index_name = in_.String("IndexName"))
      request_.index_name = std::string(*index_name);
    request_.consistent = in_.Bool("ConsistentRead").value_or(false);
    request_.limit = static_cast<uint64_t>(in_.Int("Limit").value_or(0));
    request_.select = DecodeSelect(in_);
    request_.consumed_capacity = DecodeReturnConsumedCapacity(in_);
    request_.reverse = is_query() && !in_.Bool("ScanIndexForward").value_or(true);
  }

  Checked DecodeTableName() {
    request_.table_name_given = *in_.String("TableName");
    auto name = ResolveTableName(request_.table_name_given, caller_);
    if (!name) return FailAs(std::move(name));
    request_.table_name = *std::move(name);
    return {};
  }

  Checked StartExpressions() {
    auto placeholders = DecodePlaceholders(in_, is_query() ? kQueryMembers : kScanMembers);
    if (!placeholders) return FailAs(std::move(placeholders));
    placeholders_ = *std::move(placeholders);
    return {};
  }

  ApiResult<std::vector<LegacyCondition>> DecodeConditions(std::string_view member) {
    std::vector<LegacyCondition> conditions;
    const Members::Entries entries = *in_.Map(member);
    for (const auto& [attribute, json] : entries) {
      if (json.is_null()) continue;
      const Members in(json);
      LegacyCondition condition;
      condition.attribute = attribute;
      condition.comparison = *ParseLegacyComparison(*in.String("ComparisonOperator"));
      if (const auto list = in.List("AttributeValueList")) {
        condition.attribute_value_list.emplace();
        for (const simdjson::dom::element element : *list) {
          auto value = DecodeValue(element);
          if (!value) return FailAs(std::move(value));
          condition.attribute_value_list->push_back(*std::move(value));
        }
      }
      conditions.push_back(std::move(condition));
    }
    return conditions;
  }

  Checked DecodeLegacyFilter() {
    const std::string_view member = is_query() ? "QueryFilter" : "ScanFilter";
    const auto joined_by = in_.String("ConditionalOperator");
    if (!in_.Has(member)) {
      if (!joined_by) return {};
      return InvalidParameter("ConditionalOperator cannot be used without Filter or Expected");
    }
    auto conditions = DecodeConditions(member);
    if (!conditions) return FailAs(std::move(conditions));
    auto filter = TranslateFilter(
        *conditions, joined_by ? *ParseConditionalOperator(*joined_by) : ConditionalOperator::kAnd);
    if (!filter) return FailAs(std::move(filter));
    if (!conditions->empty()) request_.filter = *std::move(filter);
    request_.legacy_filter = true;
    return {};
  }

  Checked DecodeStartKey() {
    const auto json = in_.Raw("ExclusiveStartKey");
    if (!json) return {};
    auto key = StartKeyFromJson(ObjectOf(*json));
    if (!key) return FailAs(std::move(key));
    request_.start_key = *std::move(key);
    return {};
  }

  Checked DecodeAttributesToGet() {
    const auto names = in_.Strings("AttributesToGet");
    if (!names) return {};
    auto projection = TranslateAttributesToGet({names->begin(), names->end()});
    if (!projection) return FailAs(std::move(projection));
    request_.projection = *std::move(projection);
    return {};
  }

  Checked DecodeKeyConditions() {
    if (!is_query() || !in_.Has("KeyConditions")) return {};
    auto conditions = DecodeConditions("KeyConditions");
    if (!conditions) return FailAs(std::move(conditions));
    if (conditions->empty()) return Invalid("Conditions can be of length 1 or 2 only");
    auto key_condition = TranslateKeyConditions(*conditions);
    if (!key_condition) return FailAs(std::move(key_condition));
    request_.key_condition = *std::move(key_condition);
    return {};
  }

  Checked DecodeSegments() {
    if (is_query()) return {};
    const auto segment = in_.Int("Segment");
    const auto total = in_.Int("TotalSegments");
    if (segment && !total) {
      return Invalid(
          "The TotalSegments parameter is required but was not present in the request when Segment "
          "parameter is "
          "present");
    }
    if (total && !segment) {
      return Invalid(
          "The Segment parameter is required but was not present in the request when parameter "
          "TotalSegments is "
          "present");
    }
    if (!total) return {};
    if (*segment >= *total) {
      return Invalid(
          "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
          "Segment: " +
          std::to_string(*segment) + " is not less than TotalSegments: " + std::to_string(*total));
    }
    request_.segment = static_cast<uint32_t>(*segment);
    request_.total_segments = static_cast<uint32_t>(*total);
    return {};
  }

  Checked DecodeKeyConditionExpression() {
    const auto text = is_query() ? in_.String("KeyConditionExpression") : std::nullopt;
    if (!text) return {};
    auto key_condition = ParseKeyCondition(*text, &placeholders_);
    if (!key_condition) return FailAs(std::move(key_condition));
    request_.key_condition = *std::move(key_condition);
    return {};
  }

  Checked DecodeFilterExpression() {
    const auto text = in_.String("FilterExpression");
    if (!text) return {};
    auto filter = ParseCondition(*text, ExpressionKind::kFilter, &placeholders_);
    if (!filter) return FailAs(std::move(filter));
    request_.filter = *std::move(filter);
    return {};
  }

  Checked DecodeProjectionExpression() {
    const auto text = in_.String("ProjectionExpression");
    if (!text) return {};
    auto projection = ParseProjection(*text, &placeholders_);
    if (!projection) return FailAs(std::move(projection));
    request_.projection = *std::move(projection);
    return {};
  }

  Checked EndExpressions() {
    if (auto ok = placeholders_.CheckAllUsed(); !ok) return ok;
    if (!is_query() || request_.key_condition) return {};
    return Invalid(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the "
        "request.");
  }

  // What Select says against the other parameters (facts 4.4).
  Checked CheckSelect() {
    if (!request_.select) return {};
    const Select select = *request_.select;
    if (request_.projection && select != Select::kSpecificAttributes) {
      return Invalid(
          "Cannot specify the " +
          std::string(in_.Has("AttributesToGet") ? "AttributesToGet" : "ProjectionExpression") +
          " when choosing to get " +
          std::string(select == Select::kCount ? "only the Count" : *in_.String("Select")));
    }
    if (select == Select::kSpecificAttributes && !request_.projection) {
      return Invalid(
          std::string(is_query() ? "1 validation error detected: " : "") +
          "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
          "SPECIFIC_ATTRIBUTES");
    }
    if (select == Select::kAllProjectedAttributes && !request_.index_name) {
      return Invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
    }
    return {};
  }

  const Kind kind_;
  const Members& in_;
  const Caller& caller_;
  Placeholders placeholders_;
  ReadRequest request_;
};

}  // namespace

ApiResult<ReadRequest> DecodeQuery(const Members& in, const Caller& caller) {
  return Decoder(Kind::kQuery, in, caller).Decode();
}

ApiResult<ReadRequest> DecodeScan(const Members& in, const Caller& caller) {
  return Decoder(Kind::kScan, in, caller).Decode();
}

}  // namespace stator
