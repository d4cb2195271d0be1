#include "table/key_check.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "model/limits.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

constexpr std::string_view kSchemaMismatch = "The provided key element does not match the schema";
constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";

Unexpected<KeyFault> Fault(std::string message, bool empty_value = false) {
  return Unexpected<KeyFault>(KeyFault{std::move(message), empty_value, {}});
}

// Length of an S or B value; numbers are always fine.
std::optional<size_t> LengthOf(const AttributeValue& value) {
  if (value.is(Type::kS)) return value.s().size();
  if (value.is(Type::kB)) return value.b().size();
  return std::nullopt;
}

std::string_view EmptyKind(const AttributeValue& value) {
  return value.is(Type::kS) ? "an empty string value" : "an empty binary value";
}

std::optional<KeyFault> TooLong(const AttributeValue& value, bool is_hash) {
  const size_t length = LengthOf(value).value_or(0);
  if (is_hash && length > kMaxPartitionKeySize) {
    return KeyFault{std::string(kInvalid) +
                    "Size of hashkey has exceeded the maximum size limit of2048 bytes"};
  }
  if (!is_hash && length > kMaxSortKeySize) {
    return KeyFault{std::string(kInvalid) +
                    "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"};
  }
  return std::nullopt;
}

KeyCheck CheckKeyValue(const KeyAttribute& attribute, const AttributeValue& value, bool is_hash) {
  if (LengthOf(value) == 0) {
    return Fault("One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
                 "contain " + std::string(EmptyKind(value)) + ". Key: " + attribute.name,
                 true);
  }
  if (auto fault = TooLong(value, is_hash)) return Unexpected<KeyFault>(std::move(*fault));
  return {};
}

// Runs `check(attribute, is_hash)` over a schema until one fails.
template <class Check>
KeyCheck ForEachKey(const KeySchema& keys, Check check) {
  for (const KeyAttribute& attribute : keys.hash) {
    if (KeyCheck result = check(attribute, true); !result) return result;
  }
  for (const KeyAttribute& attribute : keys.range) {
    if (KeyCheck result = check(attribute, false); !result) return result;
  }
  return {};
}

KeyCheck CheckIndexKeyValue(const IndexDefinition& index, const KeyAttribute& attribute,
                            const AttributeValue& value, bool is_hash, IndexKeyForm form) {
  if (value.type() != attribute.type) {
    KeyFault fault{std::string(kInvalid) + "Type mismatch for Index Key " + attribute.name + " Expected: " +
                   std::string(TypeName(attribute.type)) + " Actual: " + std::string(TypeName(value.type())) +
                   " IndexName: " + index.name};
    fault.mistyped_index_key = attribute.name;
    return Unexpected<KeyFault>(std::move(fault));
  }
  if (LengthOf(value) == 0) {
    const std::string why =
        "The AttributeValue for a key attribute cannot contain " + std::string(EmptyKind(value)) + ".";
    if (form == IndexKeyForm::kUpdate) {
      return Fault("One or more parameter values are not valid. The update expression attempted to update a "
                   "secondary index key to a value that is not supported. " + why,
                   true);
    }
    return Fault("One or more parameter values are not valid. A value specified for a secondary index key is "
                 "not supported. " + why + " IndexName: " + index.name + ", IndexKey: " + attribute.name,
                 true);
  }
  if (auto fault = TooLong(value, is_hash)) return Unexpected<KeyFault>(std::move(*fault));
  return {};
}

}  // namespace

ApiError ToApiError(const KeyFault& fault) { return Invalid(fault.message).error(); }

KeyCheck CheckItemKey(const TableDefinition& table, const Item& item) {
  KeyCheck present = ForEachKey(table.keys, [&](const KeyAttribute& attribute, bool) -> KeyCheck {
    const AttributeValue* value = item.Find(attribute.name);
    if (value == nullptr) {
      return Fault(std::string(kInvalid) + "Missing the key " + attribute.name + " in the item");
    }
    if (value->type() != attribute.type) {
      return Fault(std::string(kInvalid) + "Type mismatch for key " + attribute.name + " expected: " +
                   std::string(TypeName(attribute.type)) + " actual: " + std::string(TypeName(value->type())));
    }
    return {};
  });
  if (!present) return present;
  return ForEachKey(table.keys, [&](const KeyAttribute& attribute, bool is_hash) {
    return CheckKeyValue(attribute, *item.Find(attribute.name), is_hash);
  });
}

KeyCheck CheckLookupKey(const TableDefinition& table, const AttributeMap& key) {
  if (key.size() != table.keys.hash.size() + table.keys.range.size()) {
    return Fault(std::string(kSchemaMismatch));
  }
  KeyCheck matching = ForEachKey(table.keys, [&](const KeyAttribute& attribute, bool) -> KeyCheck {
    const AttributeValue* value = key.Find(attribute.name);
    if (value == nullptr || value->type() != attribute.type) return Fault(std::string(kSchemaMismatch));
    return {};
  });
  if (!matching) return matching;
  return ForEachKey(table.keys, [&](const KeyAttribute& attribute, bool is_hash) {
    return CheckKeyValue(attribute, *key.Find(attribute.name), is_hash);
  });
}

KeyCheck CheckIndexKeys(const TableDefinition& table, const Item& item, const Item* before,
                        IndexKeyForm form) {
  if (table.indexes.empty()) return {};
  std::vector<const IndexDefinition*> by_name;
  for (const IndexDefinition& index : table.indexes) {
    if (index.IsMaintained()) by_name.push_back(&index);
  }
  std::sort(by_name.begin(), by_name.end(), [](auto* a, auto* b) { return a->name < b->name; });
  for (const IndexDefinition* index : by_name) {
    KeyCheck result = ForEachKey(index->keys, [&](const KeyAttribute& attribute, bool is_hash) -> KeyCheck {
      if (table.keys.Contains(attribute.name)) return {};
      const AttributeValue* value = item.Find(attribute.name);
      if (value == nullptr) return {};
      if (before != nullptr) {
        const AttributeValue* old_value = before->Find(attribute.name);
        if (old_value != nullptr && *old_value == *value) return {};
      }
      return CheckIndexKeyValue(*index, attribute, *value, is_hash, form);
    });
    if (!result) return result;
  }
  return {};
}

KeyCheck CheckKeyPath(const TableDefinition& table, const DocumentPath& path) {
  if (!path.is_nested()) return {};
  const std::string& name = path.attribute();
  const std::string text =
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ";
  if (table.keys.Contains(name)) return Unexpected<KeyFault>(KeyFault{text + "Key: " + name});
  for (const IndexDefinition& index : table.indexes) {
    if (index.keys.Contains(name)) return Unexpected<KeyFault>(KeyFault{text + "IndexKey: " + name});
  }
  return {};
}

}  // namespace stator
