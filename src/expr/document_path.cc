#include "expr/document_path.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace stator {
namespace {

enum class Clash { kNone, kOverlap, kConflict };

Clash ClashOf(const DocumentPath& a, const DocumentPath& b) {
  const size_t common = std::min(a.elements.size(), b.elements.size());
  for (size_t i = 0; i < common; ++i) {
    if (a.elements[i] == b.elements[i]) continue;
    return a.elements[i].is_index != b.elements[i].is_index ? Clash::kConflict : Clash::kNone;
  }
  return Clash::kOverlap;
}

std::string ClashText(std::string_view verb, const DocumentPath& one, const DocumentPath& two) {
  return "Two document paths " + std::string(verb) +
         " with each other; must remove or rewrite one of these paths; path one: " +
         one.ToString() + ", path two: " + two.ToString();
}

}  // namespace

std::string DocumentPath::ToString() const {
  std::string out = "[";
  for (const PathElement& element : elements) {
    if (out.size() > 1) out += ", ";
    out += element.is_index ? "[" + std::to_string(element.index) + "]" : element.name;
  }
  return out + "]";
}

const AttributeValue* FindValue(const Item& item, const DocumentPath& path) {
  const AttributeValue* value = item.Find(path.attribute());
  for (size_t i = 1; i < path.elements.size() && value != nullptr; ++i) {
    const PathElement& element = path.elements[i];
    if (element.is_index) {
      if (!value->is(AttributeValue::Type::kL) || element.index >= value->l().size())
        return nullptr;
      value = &value->l()[element.index];
    } else {
      if (!value->is(AttributeValue::Type::kM)) return nullptr;
      value = value->m().Find(element.name);
    }
  }
  return value;
}

std::optional<std::string> FindPathClash(const std::vector<const DocumentPath*>& paths) {
  // Only paths of the same attribute can clash; their number is bounded by the size of an
  // expression.
  std::unordered_map<std::string_view, std::vector<const DocumentPath*>> by_attribute;
  std::optional<std::string> conflict;
  for (const DocumentPath* path : paths) {
    auto& earlier = by_attribute[path->attribute()];
    for (const DocumentPath* other : earlier) {
      const Clash clash = ClashOf(*other, *path);
      if (clash == Clash::kOverlap) return ClashText("overlap", *other, *path);
      if (clash == Clash::kConflict && !conflict) conflict = ClashText("conflict", *other, *path);
    }
    earlier.push_back(path);
  }
  return conflict;
}

void PathTree::Add(const DocumentPath& path) {
  Node* node = &root_;
  for (const PathElement& element : path.elements) {
    node = element.is_index ? &node->indexes[element.index] : &node->names[element.name];
  }
}

Item PathTree::Select(const Item& item) const { return SelectFromMap(root_, item); }

AttributeMap PathTree::SelectFromMap(const Node& node, const AttributeMap& map) {
  AttributeMap selected;
  for (const auto& [name, child] : node.names) {
    const AttributeValue* value = map.Find(name);
    if (value == nullptr) continue;
    if (auto part = SelectFrom(child, *value)) selected.Append(name, std::move(*part));
  }
  return selected;
}

std::optional<AttributeValue> PathTree::SelectFrom(const Node& node, const AttributeValue& value) {
  if (node.is_leaf()) return value;
  if (value.is(AttributeValue::Type::kM)) {
    AttributeMap selected = SelectFromMap(node, value.m());
    if (selected.empty()) return std::nullopt;
    return AttributeValue::M(std::move(selected));
  }
  if (value.is(AttributeValue::Type::kL)) {
    AttributeValue::List selected;
    for (const auto& [index, child] : node.indexes) {
      if (index >= value.l().size()) break;
      if (auto part = SelectFrom(child, value.l()[index])) selected.push_back(std::move(*part));
    }
    if (selected.empty()) return std::nullopt;
    return AttributeValue::L(std::move(selected));
  }
  return std::nullopt;
}

}  // namespace stator
