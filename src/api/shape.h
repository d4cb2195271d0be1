// What the input of each operation looks like: the names, types and constraints of its members.
//
// The tables are in shapes_generated.cc, which tools/generate_shapes.py writes from the public service model and
// from a short list of places where the service differs from its model.
#ifndef STATOR_API_SHAPE_H_
#define STATOR_API_SHAPE_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

namespace stator {

enum class ShapeKind : uint8_t {
  kString,
  kBoolean,
  kInteger,
  kLong,
  kDouble,
  kTimestamp,
  kBlob,
  kList,
  kMap,
  kStructure,
  kAttributeValue,
};

struct Shape;

struct ShapeMember {
  std::string_view name;
  const Shape* shape;
  bool required = false;
};

// Lengths count UTF-16 code units (strings), elements (lists) or entries (maps), as the service's Java does.
struct Shape {
  static constexpr int64_t kNoMin = std::numeric_limits<int64_t>::min();
  static constexpr int64_t kNoMax = std::numeric_limits<int64_t>::max();

  std::string_view name;  // as error messages print it after "com.amazonaws.dynamodb.v20120810."
  ShapeKind kind;
  int64_t min = kNoMin;  // of the length, or of the value of a number
  int64_t max = kNoMax;
  std::string_view pattern = {};             // as error messages print it
  bool (*matches)(std::string_view) = nullptr;  // what the pattern says; nullptr if there is none
  bool table_name_or_arn = false;            // the length and pattern do not bind an ARN (facts 1.9)
  std::span<const std::string_view> values = {};  // of an enum, in the order error messages print them
  const Shape* key = nullptr;                // of a map
  const Shape* element = nullptr;            // of a list or map
  std::span<const ShapeMember> members = {};  // of a structure

  bool is_container() const {
    return kind == ShapeKind::kList || kind == ShapeKind::kMap || kind == ShapeKind::kStructure ||
           kind == ShapeKind::kAttributeValue;
  }
};

// No structure has more members; the generator checks it.
inline constexpr size_t kMaxStructureMembers = 32;

struct OperationShape {
  std::string_view prefix;  // "DynamoDB_20120810"
  std::string_view name;    // "PutItem"
  const Shape* input;       // a structure
};

// Ordered by prefix, then by name.
std::span<const OperationShape> OperationShapes();

}  // namespace stator

#endif  // STATOR_API_SHAPE_H_
