#include "transfer/item_reader.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "model/attribute_value_json.h"

namespace stator {
namespace {

using Make = std::function<std::unique_ptr<ItemReader>()>;

// What was found, in order: items as JSON, "bad: " and why.
std::vector<std::string> ReadIn(const Make& make, std::string_view text, size_t piece) {
  const auto reader = make();
  std::vector<std::string> found;
  const auto take = [&] {
    for (;;) {
      Item item;
      std::string why;
      const auto next = reader->Next(&item, &why);
      if (next == ItemReader::Found::kMore) return;
      if (next == ItemReader::Found::kBad) {
        found.push_back("bad: " + why);
      } else {
        AppendJson(item, &found.emplace_back());
      }
    }
  };
  for (size_t i = 0; i < text.size(); i += piece) {
    reader->Feed(text.substr(i, piece));
    take();
  }
  reader->End();
  take();
  return found;
}

// However the text is cut into pieces.
std::vector<std::string> ReadAll(const Make& make, std::string_view text) {
  const auto whole = ReadIn(make, text, text.size() + 1);
  for (const size_t piece : {1, 2, 3, 7, 64}) EXPECT_EQ(ReadIn(make, text, piece), whole) << piece;
  return whole;
}

using Found = std::vector<std::string>;

// The conditions of puts, in order, as texts; "bad: " and why.
std::vector<std::string> ConditionsOf(const Make& make, std::string_view text) {
  const auto reader = make();
  reader->Feed(text);
  reader->End();
  std::vector<std::string> found;
  for (;;) {
    Item item;
    std::string why;
    const auto next = reader->Next(&item, &why);
    if (next == ItemReader::Found::kMore) return found;
    if (next == ItemReader::Found::kBad) {
      found.push_back("bad: " + why);
      continue;
    }
    const PutConditionText& condition = reader->condition();
    std::string& line = found.emplace_back(condition.expression.value_or("-"));
    if (condition.names) {
      for (const auto& [placeholder, name] : *condition.names)
        line += " " + placeholder + "=" + name;
    }
    if (condition.values) AppendJson(*condition.values, &line);
  }
}

TEST(JsonItems, OneAfterTheOther) {
  EXPECT_EQ(
      ReadAll(NewJsonItems,
              "{\"Item\":{\"p\":{\"S\":\"a\"}}}\n"
              " {\"Item\":{\"p\":{\"S\":\"}{\\\"\\\\\"}}}{\"Item\":\n{\"n\":{\"N\":\"1.50\"}}}"),
      (Found{R"({"p":{"S":"a"}})", R"({"p":{"S":"}{\"\\"}})", R"({"n":{"N":"1.5"}})"}));
  EXPECT_EQ(ReadAll(NewJsonItems, ""), Found{});
  EXPECT_EQ(ReadAll(NewJsonItems, " \n\n"), Found{});
}

TEST(JsonItems, BadOnesCostTheirLine) {
  EXPECT_EQ(ReadAll(NewJsonItems,
                    "nonsense {}\n"
                    "{\"Item\":{\"p\":{\"S\":1}}}\n"
                    "{\"pk\":{\"S\":\"a\"}}\n"
                    "{\"Item\":{\"p\":{\"N\":\"x\"}}}\n"
                    "{\"Item\" {\"p\":{\"S\":\"a\"}}}\n"
                    "{\"Item\":{\"p\":{\"S\":\"good\"}}}\n"
                    "{\"Item\":{\"p\":"),
            (Found{"bad: The data is not an item in DynamoDB JSON: it is no JSON object",
                   "bad: NUMBER_VALUE cannot be converted to String",
                   "bad: The data has no member Item that is an object",
                   "bad: The parameter cannot be converted to a numeric value: x",
                   ReadIn(NewJsonItems, "{\"Item\" {}}", 99)[0], R"({"p":{"S":"good"}})",
                   "bad: The data ends within an item"}));
}

TEST(JsonItems, TextsWithoutEndsAreGivenUp) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += "{\"Item\":{\n";
  const Found found = ReadIn(NewJsonItems, text, text.size());
  EXPECT_EQ(found.size(), 101u);
}

TEST(IonItems, AsExportsHaveThem) {
  EXPECT_EQ(
      ReadAll(
          NewIonItems,
          "$ion_1_0 "
          "{Item:{Authors:$dynamodb_SS::[\"a\",\"b\"],Id:103.,InPublication:false,PageCount:6d2,"
          "Sizes:$dynamodb_NS::[1.,2.5],Keys:$dynamodb_BS::[{{YQ==}},{{Yg==}}],Blob:{{ aGVsbG8= }},"
          "None:null,Map:{deep:[1,'two',three,null.int]}}}\n"
          "$ion_1_0 {Item:{\"quoted name\":\"x\\n\\u00e4\\x41\"}}\n"),
      (Found{
          R"({"Authors":{"SS":["a","b"]},"Blob":{"B":"aGVsbG8="},"Id":{"N":"103"},"InPublication":{"BOOL":false},)"
          R"("Keys":{"BS":["YQ==","Yg=="]},"Map":{"M":{"deep":{"L":[{"N":"1"},{"S":"two"},{"S":"three"},{"NULL":true}]}}},)"
          R"("None":{"NULL":true},"PageCount":{"N":"600"},"Sizes":{"NS":["1","2.5"]}})",
          "{\"quoted name\":{\"S\":\"x\\näA\"}}"}));
}

TEST(IonItems, TheRestOfTheSyntax) {
  EXPECT_EQ(
      ReadAll(
          NewIonItems,
          "// a comment\n$ion_symbol_table::{symbols:[\"x\"]} /* another */\n"
          "{'Item':{'''long''':'''a\n'b''' ''' c''', n:-1_000.5d-1, f:1.5e2, e:\"\\ud83d\\ude00\"}}"
          "{Item:{a:{},b:[],}}"),
      (Found{R"({"e":{"S":"😀"},"f":{"N":"150"},"long":{"S":"a\n'b c"},"n":{"N":"-100.05"}})",
             R"({"a":{"M":{}},"b":{"L":[]}})"}));
}

TEST(IonItems, WhatIsNoValue) {
  const std::string invalid = "bad: One or more parameter values were invalid: ";
  EXPECT_EQ(
      ReadAll(NewIonItems,
              "{Item:{t:2007-02-23T}}\n{Item:{f:nan}}\n{Item:{c:{{\"clob\"}}}}\n"
              "{Item:{s:(a b)}}\n{Item:{s:$dynamodb_SS::[]}}\n{Item:{s:$dynamodb_NS::[1,1.0]}}\n"
              "{Item:{n:1d999}}\n{Other:{}}\n{Item:{s:\"\xff\"}}\n{Item:{good:1}}\n{Item:{x:"),
      (Found{"bad: The parameter cannot be converted to a numeric value: 2007-02-23T",
             "bad: A number must be finite", "bad: A blob is not base64",
             "bad: The data is not Ion text that can be read", invalid + "A set may not be empty",
             invalid + "Input collection contains duplicates",
             "bad: Number overflow. Attempting to store a number with magnitude larger than "
             "supported range",
             "bad: The data has no member Item that is a struct", "bad: The data is not UTF-8",
             R"({"good":{"N":"1"}})", "bad: The data ends within an item"}));
}

TEST(IonItems, Nesting) {
  const auto nested = [](int levels) {
    return "{Item:{a:" + std::string(static_cast<size_t>(levels) - 1, '[') + "1" +
           std::string(static_cast<size_t>(levels) - 1, ']') + "}}";
  };
  EXPECT_EQ(ReadAll(NewIonItems, nested(32))[0].substr(0, 5), "{\"a\":");
  EXPECT_EQ(ReadAll(NewIonItems, nested(33))[0].substr(0, 24), "bad: Nesting Levels have");
}

Make Csv(CsvOptions options) {
  return [options] { return NewCsvItems(options); };
}

TEST(CsvItems, RowsUnderAHeader) {
  EXPECT_EQ(
      ReadAll(Csv({.keys = {{"p", AttributeValue::Type::kN}, {"b", AttributeValue::Type::kB}}}),
              "\xEF\xBB\xBFp,b,text\r\n1.0,YQ==,\"a \"\"quoted\"\", text\nof two "
              "lines\"\r\n2,,\n\n3,YQ==,x"),
      (Found{R"({"b":{"B":"YQ=="},"p":{"N":"1"},"text":{"S":"a \"quoted\", text\nof two lines"}})",
             R"({"b":{"B":""},"p":{"N":"2"},"text":{"S":""}})",
             R"({"b":{"B":"YQ=="},"p":{"N":"3"},"text":{"S":"x"}})"}));
}

TEST(CsvItems, AHeaderThatIsGivenAndAnotherDelimiter) {
  EXPECT_EQ(ReadAll(Csv({.delimiter = '\t', .header = {"p", "q"}}), "a\tb,c\nd\t\"e\tf\"\n"),
            (Found{R"({"p":{"S":"a"},"q":{"S":"b,c"}})", R"({"p":{"S":"d"},"q":{"S":"e\tf"}})"}));
}

TEST(CsvItems, BadRows) {
  EXPECT_EQ(
      ReadAll(Csv({.header = {"p", "n"}, .keys = {{"n", AttributeValue::Type::kN}}}),
              "a\nb,1,c\nd,x\n\"e\"f,1\ng,\xff\nh,1\n\"i"),
      (Found{"bad: The row has 1 fields, the header 2", "bad: The row has 3 fields, the header 2",
             "bad: The parameter cannot be converted to a numeric value: x",
             "bad: The row cannot be read: text after a closing quote", "bad: The row is not UTF-8",
             R"({"n":{"N":"1"},"p":{"S":"h"}})", "bad: The data ends within an item"}));
}

TEST(JsonPuts, MayHaveConditions) {
  EXPECT_EQ(ConditionsOf(NewJsonPuts, R"({"ConditionExpression":"#a < :v","Item":{"p":{"S":"a"}},)"
                                      R"("ExpressionAttributeNames":{"#a":"a"},)"
                                      R"("ExpressionAttributeValues":{":v":{"N":"1"}}})"
                                      "\n"
                                      R"({"Item":{},"ConditionExpression":null})"
                                      R"({"Item":{},"ConditionExpression":1})"
                                      R"({"Item":{},"ExpressionAttributeNames":[]})"
                                      R"({"Item":{},"ExpressionAttributeNames":{"#a":1}})"
                                      R"({"Item":{},"ExpressionAttributeValues":{":v":{"N":"x"}}})"
                                      R"({"Item":{},"Expected":{}})"
                                      R"({"Item":{}})"),
            (Found{R"(#a < :v #a=a{":v":{"N":"1"}})", "-",
                   "bad: The data's member ConditionExpression is no string",
                   "bad: The data's member ExpressionAttributeNames is no object",
                   "bad: The data's member ExpressionAttributeNames is no object of strings",
                   "bad: ExpressionAttributeValues contains invalid value: The parameter cannot be "
                   "converted to a numeric value: x for key :v",
                   "bad: The data has a member that a put does not have: Expected", "-"}));
  EXPECT_EQ(ReadAll(NewJsonItems, R"({"Item":{"p":{"S":"a"}},"Other":1})"),
            Found{R"({"p":{"S":"a"}})"});
}

TEST(IonPuts, MayHaveConditions) {
  EXPECT_EQ(
      ConditionsOf(NewIonPuts,
                   "$ion_1_0 {ConditionExpression:\"#a < :v\",Item:{p:a},"
                   "ExpressionAttributeNames:{'#a':\"a\"},ExpressionAttributeValues:{':v':1}}\n"
                   "{Item:{p:a},ConditionExpression:null}"
                   "{Item:{p:a},ConditionExpression:1}"
                   "{Item:{p:a},ExpressionAttributeNames:{'#a':1}}"
                   "{Item:{p:a},ExpressionAttributeValues:1}"
                   "{Item:{p:a},other:1}{Item:{p:a}}"),
      (Found{R"(#a < :v #a=a{":v":{"N":"1"}})", "-",
             "bad: The data's member ConditionExpression is no string",
             "bad: The data's member ExpressionAttributeNames is no struct of strings",
             "bad: The data's member ExpressionAttributeValues is no struct",
             "bad: The data has a member that a put does not have: other", "-"}));
}

}  // namespace
}  // namespace stator
