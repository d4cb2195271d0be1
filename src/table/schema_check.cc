#include "table/schema_check.h"

#include <algorithm>
#include <set>

namespace stator {
namespace {

std::vector<std::string> NamesOf(const std::vector<KeySchemaEntry>& keys) {
  std::vector<std::string> names;
  for (const KeySchemaEntry& key : keys) names.push_back(key.attribute);
  return names;
}

std::vector<std::string> NamesOf(const AttributeDefinitions& attributes) {
  std::vector<std::string> names;
  for (const KeyAttribute& attribute : attributes) names.push_back(attribute.name);
  return names;
}

const KeyAttribute* FindDefinition(const AttributeDefinitions& attributes, std::string_view name) {
  for (const KeyAttribute& attribute : attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

ApiResult<void> CheckDefined(const std::vector<KeySchemaEntry>& keys,
                             const AttributeDefinitions& attributes) {
  for (const KeySchemaEntry& key : keys) {
    if (FindDefinition(attributes, key.attribute) != nullptr) continue;
    return InvalidParameter(
        "Some index key attributes are not defined in AttributeDefinitions. Keys: " +
        ListText(NamesOf(keys)) + ", AttributeDefinitions: " + ListText(NamesOf(attributes)));
  }
  return {};
}

// REQUIRES: every key is defined.
KeySchema Resolve(const std::vector<KeySchemaEntry>& keys, const AttributeDefinitions& attributes) {
  KeySchema schema;
  for (const KeySchemaEntry& key : keys) {
    (key.is_hash ? schema.hash : schema.range)
        .push_back(*FindDefinition(attributes, key.attribute));
  }
  return schema;
}

bool HasRepeatedName(const std::vector<KeySchemaEntry>& keys) {
  std::set<std::string_view> seen;
  return std::any_of(keys.begin(), keys.end(),
                     [&](const KeySchemaEntry& key) { return !seen.insert(key.attribute).second; });
}

// Hash and range counts, and HASH before RANGE.
ApiResult<void> CheckMultiAttributeShape(const std::vector<KeySchemaEntry>& keys) {
  size_t hash_count = 0;
  size_t range_count = 0;
  for (const KeySchemaEntry& key : keys) {
    if (key.is_hash && range_count > 0) {
      return InvalidParameter(
          "All HASH key attributes must precede RANGE key attributes in the KeySchema");
    }
    ++(key.is_hash ? hash_count : range_count);
  }
  if (hash_count > kMaxIndexHashKeys) {
    return InvalidParameter(
        "The KeySchema exceeds the maximum allowed number of HASH key attributes");
  }
  if (range_count > kMaxIndexRangeKeys) {
    return InvalidParameter(
        "The KeySchema exceeds the maximum allowed number of RANGE key attributes");
  }
  return {};
}

constexpr std::string_view kFirstNotHash =
    "Invalid KeySchema: The first KeySchemaElement is not a HASH key type";

template <class Visit>
void ForEachKey(const TableDefinition& table, Visit visit) {
  auto each = [&](const KeySchema& keys) {
    for (const KeyAttribute& key : keys.hash) visit(key.name);
    for (const KeyAttribute& key : keys.range) visit(key.name);
  };
  each(table.keys);
  for (const IndexDefinition& index : table.indexes) each(index.keys);
}

}  // namespace

std::string ListText(const std::vector<std::string>& names) {
  std::string text = "[";
  for (const std::string& name : names) {
    if (text.size() > 1) text += ", ";
    text += name;
  }
  return text + "]";
}

ApiResult<KeySchema> ResolveKeySchema(const std::vector<KeySchemaEntry>& keys,
                                      const AttributeDefinitions& attributes) {
  if (auto defined = CheckDefined(keys, attributes); !defined)
    return Unexpected<ApiError>(defined.error());
  if (HasRepeatedName(keys)) {
    return Invalid(
        "Both the Hash Key and the Range Key element in the KeySchema have the same name");
  }
  if (keys.empty() || !keys[0].is_hash) return Invalid(std::string(kFirstNotHash));
  if (keys.size() > 1 && keys[1].is_hash) {
    return Invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
  }
  return Resolve(keys, attributes);
}

ApiResult<KeySchema> ResolveGlobalKeySchema(const std::vector<KeySchemaEntry>& keys,
                                            const AttributeDefinitions& attributes) {
  if (auto defined = CheckDefined(keys, attributes); !defined)
    return Unexpected<ApiError>(defined.error());
  if (HasRepeatedName(keys)) {
    return Invalid(
        keys.size() == 2 && keys[0].is_hash && !keys[1].is_hash
            ? "Both the Hash Key and the Range Key element in the KeySchema have the same name"
            : "The KeySchema contains multiple key attributes with the same name");
  }
  if (keys.empty() || !keys[0].is_hash) return Invalid(std::string(kFirstNotHash));
  if (auto shape = CheckMultiAttributeShape(keys); !shape)
    return Unexpected<ApiError>(shape.error());
  return Resolve(keys, attributes);
}

ApiResult<IndexProjection> ResolveProjection(const ProjectionRequest& projection) {
  if (!projection.type) return InvalidParameter("Unknown ProjectionType: null");
  IndexProjection resolved;
  resolved.type = *projection.type;
  if (resolved.type != IndexProjection::Type::kInclude) {
    if (projection.non_key_attributes) {
      return InvalidParameter("ProjectionType is " + std::string(NameOf(resolved.type)) +
                              ", but NonKeyAttributes is specified");
    }
    return resolved;
  }
  if (!projection.non_key_attributes) {
    return InvalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
  }
  std::set<std::string_view> seen;
  for (const std::string& name : *projection.non_key_attributes) {
    if (!seen.insert(name).second)
      return InvalidParameter("Duplicate element in NonKeyAttributes: " + name);
  }
  resolved.non_key_attributes = *projection.non_key_attributes;
  return resolved;
}

ApiResult<void> CheckProjectedCount(const std::vector<IndexDefinition>& indexes) {
  size_t count = 0;
  for (const IndexDefinition& index : indexes) count += index.projection.non_key_attributes.size();
  if (count <= kMaxProjectedAttributes) return {};
  return InvalidParameter(
      "The number of projected attributes over all indexes exceeds the per-table limit of 100");
}

std::vector<std::string> KeyAttributeNames(const TableDefinition& table) {
  std::vector<std::string> names;
  ForEachKey(table, [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  });
  return names;
}

void PruneAttributes(TableDefinition* table) {
  std::set<std::string_view> used;
  ForEachKey(*table, [&](const std::string& name) { used.insert(name); });
  std::erase_if(table->attributes,
                [&](const KeyAttribute& attribute) { return !used.contains(attribute.name); });
}

}  // namespace stator
