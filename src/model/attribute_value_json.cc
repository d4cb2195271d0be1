#include "model/attribute_value_json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/json_string.h"
#include "model/json_parts.h"
#include "model/limits.h"

namespace stator {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using Kind = ValueError::Kind;
using Type = AttributeValue::Type;

template <class T>
using Read = Expected<T, ValueError>;

constexpr std::string_view kInvalidPrefix = "One or more parameter values were invalid: ";
constexpr std::string_view kClassPrefix = "com.amazonaws.dynamodb.v20120810.";
constexpr size_t kTypes = 10;

Unexpected<ValueError> Refuse(Kind kind, std::string message) {
  return Unexpected<ValueError>(ValueError{kind, std::move(message)});
}
Unexpected<ValueError> RefuseParameter(Kind kind, std::string_view text) {
  return Refuse(kind, std::string(kInvalidPrefix).append(text));
}
Unexpected<ValueError> Mistyped(std::string message) {
  return Refuse(Kind::kSerialization, std::move(message));
}

template <class T>
Unexpected<ValueError> ErrorOf(const Read<T>& failed) {
  return Unexpected<ValueError>(failed.error());
}

// ---- JSON types that do not fit (facts 1.7)
// ----------------------------------------------------------

std::string_view TokenName(const element& json) {
  switch (json.type()) {
    case element_type::BOOL:
      return bool(json) ? "TRUE_VALUE" : "FALSE_VALUE";
    case element_type::DOUBLE:
      return "DECIMAL_VALUE";
    case element_type::STRING:
      return "STRING_VALUE";
    default:
      return "NUMBER_VALUE";
  }
}

constexpr char kUnexpectedStructure[] = "Start of structure or map found where not expected";
constexpr char kUnexpectedScalar[] = "Unexpected field type";

Unexpected<ValueError> NotScalar(const element& json, std::string_view java_type) {
  if (json.is_object()) return Mistyped(kUnexpectedStructure);
  if (json.is_array()) {
    return Mistyped("Unrecognized collection type class java.lang." + std::string(java_type));
  }
  return Mistyped(std::string(TokenName(json)) + " cannot be converted to " +
                  std::string(java_type));
}

Read<std::string_view> ReadString(const element& json) {
  std::string_view text;
  if (json.get(text) != simdjson::SUCCESS) return NotScalar(json, "String");
  return text;
}

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

Read<bool> ReadBoolean(const element& json) {
  bool value;
  if (json.get(value) == simdjson::SUCCESS) return value;
  std::string_view text;
  if (json.get(text) != simdjson::SUCCESS) return NotScalar(json, "Boolean");
  for (const std::string_view yes : {"true", "1", "yes"}) {
    if (EqualsIgnoringCase(text, yes)) return true;
  }
  for (const std::string_view no : {"false", "0", "no"}) {
    if (EqualsIgnoringCase(text, no)) return false;
  }
  return Mistyped("Unexpected token received from parser");
}

// The whole UTF-8 sequence that starts there.
std::string CharacterAt(std::string_view utf8, size_t position) {
  size_t end = position + 1;
  while (end < utf8.size() && (static_cast<uint8_t>(utf8[end]) & 0xC0) == 0x80) ++end;
  return std::string(utf8.substr(position, end - position));
}

Read<std::string> ReadBinary(const element& json) {
  std::string_view text;
  if (json.get(text) != simdjson::SUCCESS) {
    if (json.is_object()) return Mistyped(kUnexpectedStructure);
    if (json.is_array()) return Mistyped("Unrecognized collection type class java.nio.ByteBuffer");
    return Mistyped("only base-64-encoded strings are convertible to bytes");
  }
  std::string bytes;
  const Base64Check check = AppendBase64Decoded(text, &bytes);
  switch (check.fault) {
    case Base64Fault::kNone:
      break;
    case Base64Fault::kLength:
      return Mistyped("Base64 encoded length is expected a multiple of 4 bytes but found: " +
                      std::to_string(text.size()));
    case Base64Fault::kNotCanonical:
      return Mistyped("Invalid last non-pad Base64 character dectected");
    case Base64Fault::kCharacter:
      return Mistyped("Invalid Base64 character: '" + CharacterAt(text, check.position) + "'");
  }
  return bytes;
}

Read<simdjson::dom::array> ReadArray(const element& json) {
  simdjson::dom::array array;
  if (json.get(array) == simdjson::SUCCESS) return array;
  return Mistyped(json.is_object() ? kUnexpectedStructure : kUnexpectedScalar);
}

// ---- Values
// ------------------------------------------------------------------------------------------

Read<Decimal> ReadNumber(const element& json) {
  Read<std::string_view> text = ReadString(json);
  if (!text) return ErrorOf(text);
  Expected<Decimal, DecimalError> number = Decimal::Parse(*text);
  if (number) return *number;
  std::string message(DecimalErrorText(number.error()));
  switch (number.error()) {
    case DecimalError::kSyntax:
      if (!text->empty()) message.append(": ").append(*text);
      return Refuse(Kind::kBadNumber, std::move(message));
    case DecimalError::kTooManyDigits:
      return Refuse(Kind::kNumberDigits, std::move(message));
    case DecimalError::kOverflow:
    case DecimalError::kUnderflow:
      break;
  }
  return Refuse(Kind::kNumberMagnitude, std::move(message));
}

template <class T>
bool HasDuplicates(std::vector<T> members) {
  std::sort(members.begin(), members.end());
  return std::adjacent_find(members.begin(), members.end()) != members.end();
}

template <class T, class ReadMember>
Read<std::vector<T>> ReadMembers(const element& json, ReadMember read_member) {
  Read<simdjson::dom::array> array = ReadArray(json);
  if (!array) return ErrorOf(array);
  std::vector<T> members;
  for (const element member : *array) {
    auto value = read_member(member);
    if (!value) return ErrorOf(value);
    members.emplace_back(std::move(*value));
  }
  return members;
}

Read<AttributeValue> ReadStringSet(const element& json) {
  auto members = ReadMembers<std::string>(json, ReadString);
  if (!members) return ErrorOf(members);
  if (members->empty()) return RefuseParameter(Kind::kEmptySet, "An string set  may not be empty");
  if (HasDuplicates(*members)) {
    std::string text = "Input collection [";
    for (const std::string& member : *members) {
      if (text.back() != '[') text.append(", ");
      text.append("\"").append(member).append("\"");
    }
    return RefuseParameter(Kind::kDuplicateInSet, text.append("] contains duplicates."));
  }
  return AttributeValue::SS(std::move(*members));
}

Read<AttributeValue> ReadNumberSet(const element& json) {
  auto members = ReadMembers<Decimal>(json, ReadNumber);
  if (!members) return ErrorOf(members);
  if (members->empty()) return RefuseParameter(Kind::kEmptySet, "An number set  may not be empty");
  if (HasDuplicates(*members)) {
    return Refuse(Kind::kDuplicateNumbers, "Input collection contains duplicates");
  }
  return AttributeValue::NS(std::move(*members));
}

Read<AttributeValue> ReadBinarySet(const element& json) {
  auto members = ReadMembers<std::string>(json, ReadBinary);
  if (!members) return ErrorOf(members);
  if (members->empty()) {
    return RefuseParameter(Kind::kEmptySet, "Binary sets should not be empty");
  }
  if (HasDuplicates(*members)) {
    std::string text = "Input collection [";
    for (const std::string& member : *members) {
      if (text.back() != '[') text.append(", ");
      AppendBase64(member, &text);
    }
    return RefuseParameter(Kind::kDuplicateInSet, text.append("]of type BS contains duplicates."));
  }
  return AttributeValue::BS(std::move(*members));
}

Read<AttributeValue> ReadValue(const element& json, int level);

Read<AttributeValue> ReadList(const element& json, int level) {
  Read<simdjson::dom::array> array = ReadArray(json);
  if (!array) return ErrorOf(array);
  AttributeValue::List list;
  for (const element member : *array) {
    // A null element is no value at all: it has no datatype.
    Read<AttributeValue> value = ReadValue(member, level + 1);
    if (!value) return value;
    list.push_back(std::move(*value));
  }
  return AttributeValue::L(std::move(list));
}

struct Member {
  std::string_view name;
  element value;
  size_t position;
};

// The members that count, in the order of the text: no nulls, the last of each name.
std::vector<Member> MembersThatCount(const simdjson::dom::object& json) {
  std::vector<Member> members;
  members.reserve(json.size());
  bool nulls = false;
  bool ascending = true;
  for (const auto [name, value] : json) {
    nulls = nulls || value.is_null();
    ascending = ascending && (members.empty() || members.back().name < name);
    members.push_back({name, value, members.size()});
  }
  if (!ascending) {
    const auto by_name = [](const Member& a, const Member& b) {
      return std::tie(a.name, a.position) < std::tie(b.name, b.position);
    };
    const auto same_name = [](const Member& a, const Member& b) { return a.name == b.name; };
    const auto by_position = [](const Member& a, const Member& b) {
      return a.position < b.position;
    };
    std::sort(members.begin(), members.end(), by_name);
    // std::unique keeps the first of equal members; from behind that is the last.
    members.erase(members.begin(), std::unique(members.rbegin(), members.rend(), same_name).base());
    std::sort(members.begin(), members.end(), by_position);
  }
  if (nulls) std::erase_if(members, [](const Member& member) { return member.value.is_null(); });
  return members;
}

Read<AttributeMap> ReadMap(const simdjson::dom::object& json, int level) {
  std::vector<AttributeMap::Entry> entries;
  const std::vector<Member> members = MembersThatCount(json);
  entries.reserve(members.size());
  for (const Member& member : members) {
    if (member.name.empty()) return Refuse(Kind::kEmptyName, "Empty attribute name");
    if (member.name.size() > kMaxAttributeNameSize) {
      return Refuse(Kind::kNameTooLong,
                    "Attribute name is too large, must be less than 65536 bytes");
    }
    Read<AttributeValue> value = ReadValue(member.value, level);
    if (!value) return ErrorOf(value);
    entries.emplace_back(std::string(member.name), std::move(*value));
  }
  return AttributeMap::FromUnsorted(std::move(entries));
}

// The type members of one value, by type.
struct TypeMembers {
  std::array<std::optional<element>, kTypes> by_type;
  int count = 0;

  const std::optional<element>& operator[](Type type) const {
    return by_type[static_cast<size_t>(type)];
  }
};

std::optional<Type> TypeNamed(std::string_view name) {
  for (size_t i = 0; i < kTypes; ++i) {
    const Type type = static_cast<Type>(i);
    if (TypeName(type) == name) return type;
  }
  return std::nullopt;
}

TypeMembers FindTypeMembers(const simdjson::dom::object& json) {
  TypeMembers members;
  for (const auto member : json) {
    const std::optional<Type> type = TypeNamed(member.key);
    if (!type) continue;
    auto& slot = members.by_type[static_cast<size_t>(*type)];
    if (member.value.is_null()) {
      slot.reset();
    } else {
      slot = member.value;
    }
  }
  for (const auto& slot : members.by_type) members.count += slot ? 1 : 0;
  return members;
}

Unexpected<ValueError> RefuseMultipleTypes(const TypeMembers& members) {
  if (const auto& n = members[Type::kN]) {
    Read<Decimal> number = ReadNumber(*n);
    if (!number) return ErrorOf(number);
  }
  if (const auto& ns = members[Type::kNS]) {
    auto numbers = ReadMembers<Decimal>(*ns, ReadNumber);
    if (!numbers) return ErrorOf(numbers);
  }
  return Refuse(
      Kind::kMultipleTypes,
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
      "the supported datatypes");
}

Read<AttributeValue> ReadMapValue(const element& json, int level) {
  simdjson::dom::object object;
  if (json.get(object) != simdjson::SUCCESS) {
    if (!json.is_array()) return Mistyped(kUnexpectedScalar);
    return Mistyped("Unrecognized collection type java.util.Map<java.lang.String, " +
                    std::string(kClassPrefix) + "AttributeValue>");
  }
  Read<AttributeMap> map = ReadMap(object, level + 1);
  if (!map) return ErrorOf(map);
  return AttributeValue::M(std::move(*map));
}

Read<AttributeValue> ReadNull(const element& json) {
  const Read<bool> value = ReadBoolean(json);
  if (!value) return ErrorOf(value);
  if (*value) return AttributeValue::NullValue();
  return RefuseParameter(Kind::kNullFalse,
                         "Null attribute value types must have the value of true");
}

template <class T, class Make>
Read<AttributeValue> Made(Read<T> read, Make make) {
  if (!read) return ErrorOf(read);
  return make(std::move(*read));
}

Read<AttributeValue> ReadTyped(Type type, const element& json, int level) {
  switch (type) {
    case Type::kS:
      return Made(ReadString(json),
                  [](std::string_view s) { return AttributeValue::S(std::string(s)); });
    case Type::kN:
      return Made(ReadNumber(json), [](Decimal n) { return AttributeValue::N(n); });
    case Type::kB:
      return Made(ReadBinary(json), [](std::string b) { return AttributeValue::B(std::move(b)); });
    case Type::kBool:
      return Made(ReadBoolean(json), [](bool b) { return AttributeValue::Bool(b); });
    case Type::kNull:
      return ReadNull(json);
    case Type::kSS:
      return ReadStringSet(json);
    case Type::kNS:
      return ReadNumberSet(json);
    case Type::kBS:
      return ReadBinarySet(json);
    case Type::kL:
      return ReadList(json, level);
    case Type::kM:
      return ReadMapValue(json, level);
  }
  return AttributeValue();
}

Read<AttributeValue> ReadValue(const element& json, int level) {
  if (level > kMaxNestingLevels) {
    return Refuse(
        Kind::kNesting,
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested "
        "levels beyond supported limit");
  }
  TypeMembers members;
  simdjson::dom::object object;
  if (json.get(object) == simdjson::SUCCESS) {
    members = FindTypeMembers(object);
  } else if (json.is_array()) {
    return Mistyped("Unrecognized collection type class " + std::string(kClassPrefix) +
                    "AttributeValue");
  } else if (!json.is_null()) {
    return Mistyped("Unexpected value type in payload");
  }
  if (members.count > 1) return RefuseMultipleTypes(members);
  for (size_t i = 0; i < kTypes; ++i) {
    if (members.by_type[i]) return ReadTyped(static_cast<Type>(i), *members.by_type[i], level);
  }
  return Refuse(
      Kind::kEmptyValue,
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
}

// ---- Writing
// -----------------------------------------------------------------------------------------

// "[" a "," b ... "]"
template <class Sequence, class AppendMember>
void AppendArray(const Sequence& members, std::string* out, AppendMember append_member) {
  char separator = '[';
  for (const auto& member : members) {
    out->push_back(separator);
    separator = ',';
    append_member(member, out);
  }
  if (separator == '[') out->push_back('[');
  out->push_back(']');
}

}  // namespace

ApiError ToApiError(ValueError error) {
  const ErrorType type =
      error.kind == Kind::kSerialization ? ErrorType::kSerialization : ErrorType::kValidation;
  return ApiError{type, std::move(error.message), std::nullopt, {}};
}

Expected<AttributeValue, ValueError> AttributeValueFromJson(const element& json) {
  return ReadValue(json, 1);
}

Expected<AttributeMap, ValueError> AttributeMapFromJson(const simdjson::dom::object& json) {
  return ReadMap(json, 1);
}

void AppendJson(const AttributeValue& value, std::string* out) {
  AppendTypeOpening(value.type(), out);
  switch (value.type()) {
    case Type::kS:
      AppendJsonString(value.s(), out);
      break;
    case Type::kN:
      AppendJsonNumber(value.n(), out);
      break;
    case Type::kB:
      AppendJsonBinary(value.b(), out);
      break;
    case Type::kBool:
      out->append(value.boolean() ? "true" : "false");
      break;
    case Type::kNull:
      out->append("true");
      break;
    case Type::kSS:
      AppendArray(value.ss(), out, AppendJsonString);
      break;
    case Type::kNS:
      AppendArray(value.ns(), out, AppendJsonNumber);
      break;
    case Type::kBS:
      AppendArray(value.bs(), out, AppendJsonBinary);
      break;
    case Type::kL:
      AppendArray(value.l(), out,
                  [](const AttributeValue& member, std::string* to) { AppendJson(member, to); });
      break;
    case Type::kM:
      AppendJson(value.m(), out);
      break;
  }
  out->push_back('}');
}

void AppendJson(const AttributeMap& map, std::string* out) {
  out->push_back('{');
  bool first = true;
  for (const auto& [name, value] : map) {
    if (!first) out->push_back(',');
    first = false;
    AppendJsonString(name, out);
    out->push_back(':');
    AppendJson(value, out);
  }
  out->push_back('}');
}

}  // namespace stator
