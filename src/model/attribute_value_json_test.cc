#include "model/attribute_value_json.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>

#include "base/random.h"
#include "model/testing_values.h"

namespace stator {
namespace {

using Kind = ValueError::Kind;

Expected<AttributeValue, ValueError> Value(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  EXPECT_EQ(parser.parse(json.data(), json.size()).get(element), simdjson::SUCCESS) << json;
  return AttributeValueFromJson(element);
}

Expected<AttributeMap, ValueError> Map(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  EXPECT_EQ(parser.parse(json.data(), json.size()).get(object), simdjson::SUCCESS) << json;
  return AttributeMapFromJson(object);
}

std::string Json(const AttributeValue& value) {
  std::string out;
  AppendJson(value, &out);
  return out;
}

std::string Canonical(std::string_view json) {
  const auto value = Value(json);
  return value ? Json(*value) : "refused: " + value.error().message;
}

std::string CanonicalMap(std::string_view json) {
  const auto map = Map(json);
  if (!map) return "refused: " + map.error().message;
  std::string out;
  AppendJson(*map, &out);
  return out;
}

void ExpectRefused(std::string_view json, Kind kind, std::string_view message) {
  const auto value = Value(json);
  ASSERT_FALSE(value) << json;
  EXPECT_EQ(value.error().kind, kind) << json;
  EXPECT_EQ(value.error().message, message) << json;
}

TEST(AttributeValueJson, EveryType) {
  for (const char* json : {
           R"({"S":"text"})",
           R"({"S":""})",
           R"({"N":"12.5"})",
           R"({"B":"AP8="})",
           R"({"B":""})",
           R"({"BOOL":true})",
           R"({"BOOL":false})",
           R"({"NULL":true})",
           R"({"SS":["","a"]})",
           R"({"NS":["-1","2"]})",
           R"({"BS":["","YQ=="]})",
           R"({"L":[]})",
           R"({"M":{}})",
           R"({"L":[{"S":"a"},{"L":[{"NULL":true}]}]})",
           R"({"M":{"a":{"N":"1"},"b":{"M":{"c":{"S":"x"}}}}})",
       }) {
    EXPECT_EQ(Canonical(json), json);
  }
}

TEST(AttributeValueJson, NormalisesNumbersAndSorts) {
  EXPECT_EQ(Canonical(R"({"N":"+01.50e1"})"), R"({"N":"15"})");
  EXPECT_EQ(Canonical(R"({"SS":["b","a"]})"), R"({"SS":["a","b"]})");
  EXPECT_EQ(Canonical(R"({"NS":["10","9"]})"), R"({"NS":["9","10"]})");
  EXPECT_EQ(Canonical(R"({"BS":["Yg==","YQ=="]})"), R"({"BS":["YQ==","Yg=="]})");
  EXPECT_EQ(CanonicalMap(R"({"b":{"S":"1"},"a":{"S":"2"}})"), R"({"a":{"S":"2"},"b":{"S":"1"}})");
}

TEST(AttributeValueJson, BooleansThatAreStrings) {
  EXPECT_EQ(Canonical(R"({"BOOL":"TRUE"})"), R"({"BOOL":true})");
  EXPECT_EQ(Canonical(R"({"BOOL":"yes"})"), R"({"BOOL":true})");
  EXPECT_EQ(Canonical(R"({"BOOL":"0"})"), R"({"BOOL":false})");
  EXPECT_EQ(Canonical(R"({"BOOL":"No"})"), R"({"BOOL":false})");
  EXPECT_EQ(Canonical(R"({"NULL":"1"})"), R"({"NULL":true})");
}

TEST(AttributeValueJson, NullsUnknownsAndDuplicates) {
  EXPECT_EQ(Canonical(R"({"S":null,"N":"1","x":{"y":1}})"), R"({"N":"1"})");
  EXPECT_EQ(Canonical(R"({"S":"a","S":"b"})"), R"({"S":"b"})");
  EXPECT_EQ(Canonical(R"({"S":"a","N":"1","S":null})"), R"({"N":"1"})");
  EXPECT_EQ(CanonicalMap(R"({"b":{"S":"1"},"a":{"S":"2"},"b":{"S":"3"}})"),
            R"({"a":{"S":"2"},"b":{"S":"3"}})");
  EXPECT_EQ(CanonicalMap(R"({"a":{"S":"1"},"b":null})"), R"({"a":{"S":"1"}})");
  EXPECT_EQ(CanonicalMap(R"({"a":{"S":"1"},"b":{"S":"2"},"a":null})"), R"({"b":{"S":"2"}})");
  // What does not count is not checked.
  EXPECT_EQ(CanonicalMap(R"({"a":{},"a":{"S":"1"}})"), R"({"a":{"S":"1"}})");
  EXPECT_EQ(CanonicalMap(R"({"a":{"S":"1"},"a":{}})"),
            "refused: Supplied AttributeValue is empty, must contain exactly one of the supported "
            "datatypes");
}

TEST(AttributeValueJson, Faults) {
  constexpr std::string_view kEmpty =
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
  ExpectRefused("{}", Kind::kEmptyValue, kEmpty);
  ExpectRefused(R"({"x":"y"})", Kind::kEmptyValue, kEmpty);
  ExpectRefused(R"({"S":null})", Kind::kEmptyValue, kEmpty);
  ExpectRefused(R"({"L":[null]})", Kind::kEmptyValue, kEmpty);
  ExpectRefused(
      R"({"NULL":false})", Kind::kNullFalse,
      "One or more parameter values were invalid: Null attribute value types must have the value "
      "of true");
  ExpectRefused(R"({"SS":[]})", Kind::kEmptySet,
                "One or more parameter values were invalid: An string set  may not be empty");
  ExpectRefused(R"({"NS":[]})", Kind::kEmptySet,
                "One or more parameter values were invalid: An number set  may not be empty");
  ExpectRefused(R"({"BS":[]})", Kind::kEmptySet,
                "One or more parameter values were invalid: Binary sets should not be empty");
  ExpectRefused(
      R"({"SS":["a","b","a"]})", Kind::kDuplicateInSet,
      R"(One or more parameter values were invalid: Input collection ["a", "b", "a"] contains )"
      "duplicates.");
  ExpectRefused(
      R"({"SS":["",""]})", Kind::kDuplicateInSet,
      R"(One or more parameter values were invalid: Input collection ["", ""] contains duplicates.)");
  ExpectRefused(
      R"({"BS":["Yg==","Yg=="]})", Kind::kDuplicateInSet,
      "One or more parameter values were invalid: Input collection [Yg==, Yg==]of type BS contains "
      "duplicates.");
  ExpectRefused(R"({"NS":["1","1.0"]})", Kind::kDuplicateNumbers,
                "Input collection contains duplicates");
}

TEST(AttributeValueJson, NumberFaults) {
  ExpectRefused(R"({"N":""})", Kind::kBadNumber,
                "The parameter cannot be converted to a numeric value");
  ExpectRefused(R"({"N":"b"})", Kind::kBadNumber,
                "The parameter cannot be converted to a numeric value: b");
  ExpectRefused(R"({"NS":["1",""]})", Kind::kBadNumber,
                "The parameter cannot be converted to a numeric value");
  ExpectRefused(R"({"N":"123456789012345678901234567890123456789"})", Kind::kNumberDigits,
                "Attempting to store more than 38 significant digits in a Number");
  ExpectRefused(
      R"({"N":"1e126"})", Kind::kNumberMagnitude,
      "Number overflow. Attempting to store a number with magnitude larger than supported range");
  ExpectRefused(
      R"({"NS":["1e-131"]})", Kind::kNumberMagnitude,
      "Number underflow. Attempting to store a number with magnitude smaller than supported range");
}

TEST(AttributeValueJson, MultipleTypes) {
  constexpr std::string_view kMultiple =
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
      "supported "
      "datatypes";
  ExpectRefused(R"({"S":"a","N":"1"})", Kind::kMultipleTypes, kMultiple);
  ExpectRefused(R"({"M":{"x":{}},"SS":[]})", Kind::kMultipleTypes, kMultiple);
  // The numbers come first.
  ExpectRefused(R"({"S":"a","N":"b"})", Kind::kBadNumber,
                "The parameter cannot be converted to a numeric value: b");
  ExpectRefused(
      R"({"BOOL":true,"NS":["1","1e126"]})", Kind::kNumberMagnitude,
      "Number overflow. Attempting to store a number with magnitude larger than supported range");
}

TEST(AttributeValueJson, TheFirstFaultInTheTextWins) {
  EXPECT_EQ(CanonicalMap(R"({"b":{"N":"x"},"a":{"N":"y"}})"),
            "refused: The parameter cannot be converted to a numeric value: x");
  ExpectRefused(
      R"({"L":[{"N":"1"},{"M":{"z":{"NULL":false},"a":{}}}]})", Kind::kNullFalse,
      "One or more parameter values were invalid: Null attribute value types must have the value "
      "of true");
}

TEST(AttributeValueJson, Names) {
  const auto named = [](const std::string& name) {
    return Map(R"({")" + name + R"(":{"S":"x"}})");
  };
  EXPECT_TRUE(named("n"));
  EXPECT_TRUE(named(std::string(65'535, 'n')));
  EXPECT_EQ(named(std::string(65'536, 'n')).error().kind, Kind::kNameTooLong);
  EXPECT_EQ(named("").error().kind, Kind::kEmptyName);
  EXPECT_EQ(named("").error().message, "Empty attribute name");
  ExpectRefused(R"({"M":{"":{"S":"x"}}})", Kind::kEmptyName, "Empty attribute name");
  EXPECT_EQ(CanonicalMap(R"({"a\u0000\n\".b":{"S":"x"}})"), R"({"a\u0000\n\".b":{"S":"x"}})");
}

std::string Nested(int maps, std::string_view innermost) {
  std::string json;
  for (int i = 0; i < maps; ++i) json += i % 2 == 0 ? R"({"M":{"a":)" : R"({"L":[)";
  json += innermost;
  for (int i = maps - 1; i >= 0; --i) json += i % 2 == 0 ? "}}" : "]}";
  return json;
}

TEST(AttributeValueJson, Nesting) {
  constexpr std::string_view kNesting =
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond "
      "supported limit";
  EXPECT_TRUE(Value(Nested(31, R"({"S":"x"})")));
  EXPECT_TRUE(Value(Nested(31, R"({"L":[]})")));
  ExpectRefused(Nested(32, R"({"S":"x"})"), Kind::kNesting, kNesting);
  ExpectRefused(Nested(400, R"({"S":"x"})"), Kind::kNesting, kNesting);
  EXPECT_TRUE(Map(R"({"a":)" + Nested(31, R"({"S":"x"})") + "}"));
  EXPECT_EQ(Map(R"({"a":)" + Nested(32, R"({"S":"x"})") + "}").error().kind, Kind::kNesting);
}

TEST(AttributeValueJson, Base64Faults) {
  ExpectRefused(R"({"B":"23456"})", Kind::kSerialization,
                "Base64 encoded length is expected a multiple of 4 bytes but found: 5");
  ExpectRefused(R"({"B":"+/+="})", Kind::kSerialization,
                "Invalid last non-pad Base64 character dectected");
  ExpectRefused(R"({"BS":["YQ==","=+/="]})", Kind::kSerialization,
                "Invalid last non-pad Base64 character dectected");
  ExpectRefused(R"({"B":"YQ=A"})", Kind::kSerialization, "Invalid Base64 character: '='");
  ExpectRefused("{\"B\":\"Y\u20AC\"}", Kind::kSerialization, "Invalid Base64 character: '\u20AC'");
}

TEST(AttributeValueJson, MistypedMembers) {
  ExpectRefused(R"({"S":true})", Kind::kSerialization, "TRUE_VALUE cannot be converted to String");
  ExpectRefused(R"({"S":false})", Kind::kSerialization,
                "FALSE_VALUE cannot be converted to String");
  ExpectRefused(R"({"N":23})", Kind::kSerialization, "NUMBER_VALUE cannot be converted to String");
  ExpectRefused(R"({"N":23.5})", Kind::kSerialization,
                "DECIMAL_VALUE cannot be converted to String");
  ExpectRefused(R"({"S":[]})", Kind::kSerialization,
                "Unrecognized collection type class java.lang.String");
  ExpectRefused(R"({"S":{}})", Kind::kSerialization,
                "Start of structure or map found where not expected");
  ExpectRefused(R"({"BOOL":1})", Kind::kSerialization,
                "NUMBER_VALUE cannot be converted to Boolean");
  ExpectRefused(R"({"BOOL":"maybe"})", Kind::kSerialization,
                "Unexpected token received from parser");
  ExpectRefused(R"({"NULL":[]})", Kind::kSerialization,
                "Unrecognized collection type class java.lang.Boolean");
  ExpectRefused(R"({"B":true})", Kind::kSerialization,
                "only base-64-encoded strings are convertible to bytes");
  ExpectRefused(R"({"B":[]})", Kind::kSerialization,
                "Unrecognized collection type class java.nio.ByteBuffer");
  ExpectRefused(R"({"SS":"a"})", Kind::kSerialization, "Unexpected field type");
  ExpectRefused(R"({"SS":[1]})", Kind::kSerialization,
                "NUMBER_VALUE cannot be converted to String");
  ExpectRefused(R"({"L":{}})", Kind::kSerialization,
                "Start of structure or map found where not expected");
  ExpectRefused(R"({"L":["a"]})", Kind::kSerialization, "Unexpected value type in payload");
  ExpectRefused(
      R"({"L":[[]]})", Kind::kSerialization,
      "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue");
  ExpectRefused(R"({"M":"a"})", Kind::kSerialization, "Unexpected field type");
  ExpectRefused(R"({"M":[]})", Kind::kSerialization,
                "Unrecognized collection type java.util.Map<java.lang.String, "
                "com.amazonaws.dynamodb.v20120810.AttributeValue>");
}

TEST(AttributeValueJson, ErrorTypes) {
  EXPECT_EQ(ToApiError(Value("{}").error()).type, ErrorType::kValidation);
  EXPECT_EQ(ToApiError(Value(R"({"S":1})").error()).type, ErrorType::kSerialization);
  EXPECT_EQ(ToApiError(Value(R"({"S":1})").error()).message,
            "NUMBER_VALUE cannot be converted to String");
}

TEST(AttributeValueJson, RoundTripsRandomItems) {
  SeededRandom random(1);
  simdjson::dom::parser parser;
  for (int i = 0; i < 3'000; ++i) {
    const Item item = testing::RandomItem(&random);
    std::string json;
    AppendJson(item, &json);
    simdjson::dom::object object;
    ASSERT_EQ(parser.parse(json).get(object), simdjson::SUCCESS) << json;
    const auto read = AttributeMapFromJson(object);
    ASSERT_TRUE(read) << read.error().message << json;
    ASSERT_EQ(*read, item) << json;
  }
}

// Building the map must not be quadratic: this takes hours if it is.
TEST(AttributeValueJson, ManyNamesInDescendingOrder) {
  std::string json = "{";
  for (int i = 999'999; i >= 700'000; --i) json += "\"" + std::to_string(i) + "\":{\"NULL\":true},";
  json.back() = '}';
  EXPECT_EQ(Map(json)->size(), 300'000u);
}

}  // namespace
}  // namespace stator
