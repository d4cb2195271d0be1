#include "table/key_range.h"

#include <algorithm>
#include <string>
#include <utility>

#include "model/key_codec.h"
#include "model/limits.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

const KeySchema& SchemaOf(const TableDefinition& table, const IndexDefinition* index) {
  return index == nullptr ? table.keys : index->keys;
}

std::vector<KeySchemaElement> ElementsOf(const std::vector<KeyAttribute>& attributes) {
  std::vector<KeySchemaElement> elements;
  for (const KeyAttribute& attribute : attributes)
    elements.push_back({attribute.name, attribute.type});
  return elements;
}

ApiResult<void> CheckKeyValue(std::string_view attribute, const AttributeValue& value,
                              size_t max_size, std::string_view too_long) {
  if (value.is(Type::kN)) return {};
  const std::string& bytes = value.is(Type::kS) ? value.s() : value.b();
  if (bytes.empty()) {
    return Invalid(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
        "contain an "
        "empty " +
        std::string(value.is(Type::kS) ? "string" : "binary") +
        " value. Key: " + std::string(attribute));
  }
  if (bytes.size() > max_size) return InvalidParameter(too_long);
  return {};
}

std::string PartAfter(std::string prefix, const AttributeValue& value) {
  AppendKeyPart(value, &prefix);
  return prefix;
}

// The entries under `prefix` whose next key part meets `test`.
KeyRange UnderPrefix(const std::string& prefix, const KeyTest& test) {
  const std::string first = PartAfter(prefix, test.values[0]);
  switch (test.op) {
    case KeyOperator::kLess:
      return {prefix, first};
    case KeyOperator::kLessOrEqual:
      return {prefix, PrefixEnd(first)};
    case KeyOperator::kGreater:
      return {PrefixEnd(first), PrefixEnd(prefix)};
    case KeyOperator::kGreaterOrEqual:
      return {first, PrefixEnd(prefix)};
    case KeyOperator::kBetween:
      return {first, PrefixEnd(PartAfter(prefix, test.values[1]))};
    case KeyOperator::kBeginsWith: {
      std::string begin = prefix;
      AppendKeyPrefixForBeginsWith(test.values[0], &begin);
      std::string end = PrefixEnd(begin);
      return {std::move(begin), std::move(end)};
    }
    case KeyOperator::kEqual:
    case KeyOperator::kNotIndexable:  // excluded by MatchKeySchema
      break;
  }
  return {first, PrefixEnd(first)};
}

}  // namespace

ApiResult<MatchedKeyCondition> MatchCondition(const TableDefinition& table,
                                              const IndexDefinition* index,
                                              const KeyCondition& condition) {
  const KeySchema& keys = SchemaOf(table, index);
  auto matched = MatchKeySchema(condition, ElementsOf(keys.hash), ElementsOf(keys.range));
  if (!matched) return matched;
  for (size_t i = 0; i < keys.hash.size(); ++i) {
    auto checked =
        CheckKeyValue(keys.hash[i].name, matched->hash_values[i], kMaxPartitionKeySize,
                      "Size of hashkey has exceeded the maximum size limit of2048 bytes");
    if (!checked) return Unexpected<ApiError>(std::move(checked).error());
  }
  for (const KeyTest& test : matched->range_tests) {
    for (const AttributeValue& value : test.values) {
      auto checked = CheckKeyValue(
          test.attribute, value, kMaxSortKeySize,
          "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
      if (!checked) return Unexpected<ApiError>(std::move(checked).error());
    }
  }
  return matched;
}

KeyRange MatchingEntries(const TableDefinition& table, const IndexDefinition* index,
                         const MatchedKeyCondition& condition) {
  std::string prefix = PartitionPrefix(table, index, condition.hash_values);
  if (condition.range_tests.empty()) {
    std::string end = PrefixEnd(prefix);
    return {std::move(prefix), std::move(end)};
  }
  const size_t last = condition.range_tests.size() - 1;  // those before it are equalities
  for (size_t i = 0; i < last; ++i) AppendKeyPart(condition.range_tests[i].values[0], &prefix);
  return UnderPrefix(prefix, condition.range_tests[last]);
}

bool IsSingleItem(const TableDefinition& table, const IndexDefinition* index,
                  const MatchedKeyCondition& condition) {
  if (index != nullptr) return false;
  return table.keys.range.empty() ||
         (!condition.range_tests.empty() && condition.range_tests[0].op == KeyOperator::kEqual);
}

void StartAfter(KeyRange* range, std::string_view last, bool reverse) {
  if (reverse) {
    if (last < range->end) range->end = last;
  } else if (last >= range->begin) {
    range->begin = std::string(last) + '\0';  // the next key there can be
  }
}

std::vector<const KeyAttribute*> KeyAttributesOf(const TableDefinition& table,
                                                 const IndexDefinition* index) {
  std::vector<const KeyAttribute*> result;
  const auto add = [&result](const std::vector<KeyAttribute>& attributes) {
    for (const KeyAttribute& attribute : attributes) {
      const auto same = [&attribute](const KeyAttribute* other) {
        return other->name == attribute.name;
      };
      if (std::none_of(result.begin(), result.end(), same)) result.push_back(&attribute);
    }
  };
  add(table.keys.hash);
  add(table.keys.range);
  if (index != nullptr) {
    add(index->keys.hash);
    add(index->keys.range);
  }
  return result;
}

}  // namespace stator
