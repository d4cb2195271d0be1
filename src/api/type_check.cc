#include "api/type_check.h"

#include <cmath>
#include <limits>
#include <string>

#include "api/json_view.h"
#include "api/structure_view.h"
#include "base/base64.h"

namespace stator {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

// The text of an offence, if there is one.
using Offence = std::optional<std::string>;

// Where a value stands: some texts differ.
enum class Place { kMember, kElement };

constexpr std::string_view kUnexpectedStructure = "Start of structure or map found where not expected";
constexpr std::string_view kPackage = "com.amazonaws.dynamodb.v20120810.";

std::string Concat(std::string_view a, std::string_view b, std::string_view c = {}) {
  std::string out;
  out.reserve(a.size() + b.size() + c.size());
  return out.append(a).append(b).append(c);
}

// The name of a JSON scalar in the service's parser.
std::string_view TokenName(element value) {
  switch (value.type()) {
    case element_type::BOOL:
      return value.get_bool().value_unsafe() ? "TRUE_VALUE" : "FALSE_VALUE";
    case element_type::STRING:
      return "STRING_VALUE";
    case element_type::DOUBLE:
      return "DECIMAL_VALUE";
    default:
      return "NUMBER_VALUE";
  }
}

Offence CannotConvert(element value, std::string_view type) {
  return Concat(TokenName(value), " cannot be converted to ", type);
}

Offence UnrecognizedCollection(std::string_view class_name) {
  return Concat("Unrecognized collection type class ", class_name);
}

// -- scalars -------------------------------------------------------------------------------------------

// (element::is_double is true for integers too.)
bool IsDecimal(element value) { return value.type() == element_type::DOUBLE; }

bool FitsInteger(element value) {
  if (IsDecimal(value)) {
    const double number = value.get_double().value_unsafe();
    return std::abs(number) <= double{std::numeric_limits<int32_t>::max()};
  }
  int64_t number;
  return value.get(number) == simdjson::SUCCESS && number >= std::numeric_limits<int32_t>::min() &&
         number <= std::numeric_limits<int32_t>::max();
}

bool FitsLong(element value) {
  if (IsDecimal(value)) return std::abs(value.get_double().value_unsafe()) < 9.2e18;
  return value.is_int64();
}

Offence CheckBase64(std::string_view text) {
  std::string bytes;
  const Base64Check check = AppendBase64Decoded(text, &bytes);
  switch (check.fault) {
    case Base64Fault::kNone:
      return std::nullopt;
    case Base64Fault::kLength:
      return Concat("Base64 encoded length is expected a multiple of 4 bytes but found: ",
                    std::to_string(text.size()));
    case Base64Fault::kNotCanonical:
      return "Invalid last non-pad Base64 character dectected";
    case Base64Fault::kCharacter:
      break;
  }
  const std::string_view offender = text.substr(check.position, 1);
  const bool is_ascii = static_cast<unsigned char>(offender.front()) < 0x80;  // else part of a character
  return Concat("Invalid base 64 character: '", is_ascii ? offender : "?", "'");
}

Offence CheckBlob(element value) {
  switch (value.type()) {
    case element_type::STRING:
      return CheckBase64(TextOf(value));
    case element_type::ARRAY:
      return UnrecognizedCollection("java.nio.ByteBuffer");
    case element_type::OBJECT:
      return std::string(kUnexpectedStructure);
    default:
      return "only base-64-encoded strings are convertible to bytes";
  }
}

Offence CheckBoolean(element value) {
  if (value.is_bool()) return std::nullopt;
  if (value.is_string()) {
    if (BooleanFromString(TextOf(value))) return std::nullopt;
    return "Unexpected token received from parser";
  }
  return CannotConvert(value, "Boolean");
}

std::string_view JavaClassOf(ShapeKind kind) {
  switch (kind) {
    case ShapeKind::kBoolean:
      return "java.lang.Boolean";
    case ShapeKind::kInteger:
      return "java.lang.Integer";
    case ShapeKind::kLong:
      return "java.lang.Long";
    case ShapeKind::kDouble:
      return "java.lang.Double";
    case ShapeKind::kTimestamp:
      return "java.util.Date";
    default:
      return "java.lang.String";
  }
}

Offence CheckScalar(ShapeKind kind, element value) {
  if (kind == ShapeKind::kBlob) return CheckBlob(value);
  if (value.is_array()) return UnrecognizedCollection(JavaClassOf(kind));
  if (value.is_object()) return std::string(kUnexpectedStructure);
  switch (kind) {
    case ShapeKind::kString:
      return value.is_string() ? std::nullopt : CannotConvert(value, "String");
    case ShapeKind::kBoolean:
      return CheckBoolean(value);
    case ShapeKind::kInteger:
      return value.is_number() && FitsInteger(value) ? std::nullopt : CannotConvert(value, "Integer");
    case ShapeKind::kLong:
      return value.is_number() && FitsLong(value) ? std::nullopt : CannotConvert(value, "Long");
    case ShapeKind::kDouble:
      return value.is_number() ? std::nullopt : CannotConvert(value, "Double");
    default:
      return value.is_number() ? std::nullopt : CannotConvert(value, "milliseconds since epoch");
  }
}

// -- attribute values ----------------------------------------------------------------------------------

Offence CheckObjectExpected(std::string_view shape_name, element value, Place place) {
  if (value.is_object()) return std::nullopt;
  if (value.is_array()) return UnrecognizedCollection(Concat(kPackage, shape_name));
  return place == Place::kMember ? "Unexpected field type" : "Unexpected value type in payload";
}

Offence CheckMapExpected(std::string_view element_class, element value) {
  if (value.is_object()) return std::nullopt;
  if (value.is_array()) {
    return Concat("Unrecognized collection type java.util.Map<java.lang.String, ", element_class, ">");
  }
  return "Unexpected field type";
}

Offence CheckListExpected(element value) {
  if (value.is_array()) return std::nullopt;
  return std::string(value.is_object() ? kUnexpectedStructure : "Unexpected field type");
}

Offence CheckAttributeValue(element value, Place place, int depth);

Offence CheckSet(ShapeKind member_kind, element value) {
  if (Offence offence = CheckListExpected(value)) return offence;
  for (const element member : ArrayOf(value)) {
    if (member.is_null()) continue;
    if (Offence offence = CheckScalar(member_kind, member)) return offence;
  }
  return std::nullopt;
}

Offence CheckAttributeList(element value, int depth) {
  if (Offence offence = CheckListExpected(value)) return offence;
  for (const element member : ArrayOf(value)) {
    if (Offence offence = CheckAttributeValue(member, Place::kElement, depth)) return offence;
  }
  return std::nullopt;
}

Offence CheckAttributeMap(element value, int depth) {
  if (Offence offence = CheckMapExpected("com.amazonaws.dynamodb.v20120810.AttributeValue", value)) {
    return offence;
  }
  for (const auto field : ObjectOf(value)) {
    if (Offence offence = CheckAttributeValue(field.value, Place::kElement, depth)) return offence;
  }
  return std::nullopt;
}

Offence CheckAttributeValue(element value, Place place, int depth) {
  if (depth > kMaxCheckedDepth || value.is_null()) return std::nullopt;
  if (Offence offence = CheckObjectExpected("AttributeValue", value, place)) return offence;
  Offence scalar;  // reported only if no container member offends
  const auto check_scalar = [&scalar](ShapeKind kind, element member) {
    if (!scalar) scalar = CheckScalar(kind, member);
  };
  for (const auto field : ObjectOf(value)) {
    if (field.value.is_null()) continue;
    Offence offence;
    const std::string_view type = field.key;
    if (type == "S" || type == "N") {
      check_scalar(ShapeKind::kString, field.value);
    } else if (type == "M") {
      offence = CheckAttributeMap(field.value, depth + 1);
    } else if (type == "L") {
      offence = CheckAttributeList(field.value, depth + 1);
    } else if (type == "B") {
      check_scalar(ShapeKind::kBlob, field.value);
    } else if (type == "BOOL" || type == "NULL") {
      check_scalar(ShapeKind::kBoolean, field.value);
    } else if (type == "SS" || type == "NS") {
      offence = CheckSet(ShapeKind::kString, field.value);
    } else if (type == "BS") {
      offence = CheckSet(ShapeKind::kBlob, field.value);
    }
    if (offence) return offence;
  }
  return scalar;
}

// -- any shape -----------------------------------------------------------------------------------------
// The recursion below follows the shapes, which refer to each other without cycles.

Offence Check(const Shape& shape, element value, Place place);

// As error texts name the elements of a list or map.
std::string JavaClassOf(const Shape& shape) {
  switch (shape.kind) {
    case ShapeKind::kList:
      return "java.util.List<" + JavaClassOf(*shape.element) + ">";
    case ShapeKind::kMap:
      return "java.util.Map<java.lang.String, " + JavaClassOf(*shape.element) + ">";
    case ShapeKind::kStructure:
    case ShapeKind::kAttributeValue:
      return Concat(kPackage, shape.name);
    default:
      return std::string(JavaClassOf(shape.kind));
  }
}

Offence CheckMembers(const Shape& shape, simdjson::dom::object object) {
  const StructureView view(shape, object);
  for (const bool containers : {true, false}) {
    for (size_t i = 0; i < shape.members.size(); ++i) {
      const Shape& member = *shape.members[i].shape;
      if (!view.Has(i) || member.is_container() != containers) continue;
      if (Offence offence = Check(member, view[i], Place::kMember)) return offence;
    }
  }
  return std::nullopt;
}

Offence CheckStructure(const Shape& shape, element value, Place place) {
  if (Offence offence = CheckObjectExpected(shape.name, value, place)) return offence;
  return CheckMembers(shape, ObjectOf(value));
}

// A list or map as an element of another: the service stumbles over its own generic types.
bool IsScalarForNestedCollection(element value, Place place) {
  return place == Place::kElement && !value.is_array() && !value.is_object();
}

constexpr std::string_view kNestedCollection =
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in "
    "module java.base of loader 'bootstrap')";

Offence CheckList(const Shape& shape, element value, Place place) {
  if (IsScalarForNestedCollection(value, place)) return std::string(kNestedCollection);
  if (Offence offence = CheckListExpected(value)) return offence;
  for (const element member : ArrayOf(value)) {
    if (Offence offence = Check(*shape.element, member, Place::kElement)) return offence;
  }
  return std::nullopt;
}

Offence CheckMap(const Shape& shape, element value, Place place) {
  if (IsScalarForNestedCollection(value, place)) return std::string(kNestedCollection);
  if (!value.is_object()) return CheckMapExpected(JavaClassOf(*shape.element), value);
  for (const auto field : ObjectOf(value)) {
    if (Offence offence = Check(*shape.element, field.value, Place::kElement)) return offence;
  }
  return std::nullopt;
}

Offence Check(const Shape& shape, element value, Place place) {
  if (value.is_null()) return std::nullopt;
  switch (shape.kind) {
    case ShapeKind::kStructure:
      return CheckStructure(shape, value, place);
    case ShapeKind::kList:
      return CheckList(shape, value, place);
    case ShapeKind::kMap:
      return CheckMap(shape, value, place);
    case ShapeKind::kAttributeValue:
      return CheckAttributeValue(value, place, 1);
    default:
      return CheckScalar(shape.kind, value);
  }
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] | 0x20) : text[i];
    if (c != lower[i]) return false;
  }
  return true;
}

}  // namespace

std::optional<bool> BooleanFromString(std::string_view text) {
  for (const std::string_view yes : {"true", "1", "yes"}) {
    if (EqualsIgnoringCase(text, yes)) return true;
  }
  for (const std::string_view no : {"false", "0", "no"}) {
    if (EqualsIgnoringCase(text, no)) return false;
  }
  return std::nullopt;
}

ApiResult<void> CheckTypes(const Shape& input, simdjson::dom::object body) {
  if (Offence offence = CheckMembers(input, body)) {
    return ApiFail(ErrorType::kSerialization, *std::move(offence));
  }
  return {};
}

}  // namespace stator
