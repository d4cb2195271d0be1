// Where a value stands in an item: `a.b[1]` is a name, a name and an index.
#ifndef STATOR_EXPR_DOCUMENT_PATH_H_
#define STATOR_EXPR_DOCUMENT_PATH_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/attribute_value.h"

namespace stator {

struct PathElement {
  bool is_index = false;
  uint32_t index = 0;  // of a list, if is_index
  std::string name;    // of a map entry, otherwise
  bool operator==(const PathElement&) const = default;

  static PathElement Name(std::string name) { return {false, 0, std::move(name)}; }
  static PathElement Index(uint32_t index) { return {true, index, {}}; }
};

struct DocumentPath {
  std::vector<PathElement> elements;  // not empty; the first one is a name
  bool operator==(const DocumentPath&) const = default;

  const std::string& attribute() const { return elements.front().name; }
  bool is_nested() const { return elements.size() > 1; }
  // "[ab, bc, [1], a]", as error messages print it.
  std::string ToString() const;
};

// nullptr if there is no such value: a parent that is missing or of another kind is no error here.
const AttributeValue* FindValue(const Item& item, const DocumentPath& path);

// The text of the first error if one of the paths is a prefix of or equal to another (overlap) or
// two paths use the same value as a map and as a list (conflict). Any overlap wins over any
// conflict (facts 3.9). Without the "Invalid <Kind>: ".
std::optional<std::string> FindPathClash(const std::vector<const DocumentPath*>& paths);

// A set of paths none of which is a prefix of another, arranged to be walked along with an item.
class PathTree {
 public:
  // REQUIRES: FindPathClash of all paths added is nullopt, save for repeated equal paths.
  void Add(const DocumentPath& path);

  // What the paths select of `item`, in its nesting. List elements move together, in ascending
  // order; parents of which nothing is selected are left out (facts 3.10, 3.11).
  Item Select(const Item& item) const;

 private:
  struct Node {
    std::map<std::string, Node, std::less<>> names;
    std::map<uint32_t, Node> indexes;
    // A leaf selects the whole value.
    bool is_leaf() const { return names.empty() && indexes.empty(); }
  };
  static std::optional<AttributeValue> SelectFrom(const Node& node, const AttributeValue& value);
  static AttributeMap SelectFromMap(const Node& node, const AttributeMap& map);

  Node root_;
};

}  // namespace stator

#endif  // STATOR_EXPR_DOCUMENT_PATH_H_
