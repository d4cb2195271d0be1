#include "events/event_pattern.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>

namespace stator {
namespace {

bool Matches(std::string_view pattern, std::string_view event) {
  auto parsed = EventPattern::Parse(pattern);
  EXPECT_TRUE(parsed) << pattern << ": " << (parsed ? "" : parsed.error().message);
  if (!parsed) return false;
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  EXPECT_EQ(parser.parse(event.data(), event.size()).get(document), simdjson::SUCCESS) << event;
  return parsed->Matches(document);
}

std::string ErrorOf(std::string_view pattern) {
  auto parsed = EventPattern::Parse(pattern);
  return parsed ? "" : parsed.error().message;
}

TEST(EventPatternTest, ValuesAreEqualToOneOfTheList) {
  EXPECT_TRUE(Matches(R"({"a":["x","y"]})", R"({"a":"y"})"));
  EXPECT_FALSE(Matches(R"({"a":["x","y"]})", R"({"a":"z"})"));
  EXPECT_FALSE(Matches(R"({"a":["x"]})", R"({"b":"x"})"));
  EXPECT_TRUE(Matches(R"({"a":[""]})", R"({"a":""})"));
  EXPECT_FALSE(Matches(R"({"a":[""]})", R"({"a":null})"));
  EXPECT_TRUE(Matches(R"({"a":[null]})", R"({"a":null})"));
  EXPECT_FALSE(Matches(R"({"a":[null]})", R"({})"));
  EXPECT_TRUE(Matches(R"({"a":[true]})", R"({"a":true})"));
  EXPECT_FALSE(Matches(R"({"a":[true]})", R"({"a":false})"));
  EXPECT_FALSE(Matches(R"({"a":[true]})", R"({"a":"true"})"));
}

TEST(EventPatternTest, NumbersAreDecimals) {
  EXPECT_TRUE(Matches(R"({"a":[5]})", R"({"a":5.0})"));
  EXPECT_TRUE(Matches(R"({"a":[300]})", R"({"a":3e2})"));
  EXPECT_TRUE(Matches(R"({"a":[0.1]})", R"({"a":0.10})"));
  EXPECT_FALSE(Matches(R"({"a":[5]})", R"({"a":"5"})"));
  EXPECT_TRUE(Matches(R"({"a":[9007199254740993]})", R"({"a":9007199254740993})"));
  EXPECT_FALSE(Matches(R"({"a":[9007199254740993]})", R"({"a":9007199254740992})"));
  EXPECT_TRUE(Matches(R"({"a":[18446744073709551615]})", R"({"a":18446744073709551615})"));
}

TEST(EventPatternTest, AllMembersMustMatch) {
  constexpr std::string_view kPattern = R"({"a":["x"],"b":{"c":[1],"d":["y"]}})";
  EXPECT_TRUE(Matches(kPattern, R"({"a":"x","b":{"c":1,"d":"y","e":0}})"));
  EXPECT_FALSE(Matches(kPattern, R"({"a":"x","b":{"c":1}})"));
  EXPECT_FALSE(Matches(kPattern, R"({"a":"x","b":"y"})"));
  EXPECT_FALSE(Matches(kPattern, R"({"b":{"c":1,"d":"y"}})"));
}

TEST(EventPatternTest, PrefixesAndSuffixes) {
  EXPECT_TRUE(Matches(R"({"a":[{"prefix":"us-"}]})", R"({"a":"us-east-1"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"prefix":"us-"}]})", R"({"a":"eu-us-"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"prefix":"US-"}]})", R"({"a":"us-east-1"})"));
  EXPECT_TRUE(
      Matches(R"({"a":[{"prefix":{"equals-ignore-case":"US-"}}]})", R"({"a":"us-east-1"})"));
  EXPECT_TRUE(Matches(R"({"a":[{"suffix":".png"}]})", R"({"a":"x.png"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"suffix":".png"}]})", R"({"a":"png"})"));
  EXPECT_TRUE(Matches(R"({"a":[{"suffix":{"equals-ignore-case":".PNG"}}]})", R"({"a":"x.png"})"));
  EXPECT_TRUE(Matches(R"({"a":[{"equals-ignore-case":"AlIcE"}]})", R"({"a":"aLiCe"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"equals-ignore-case":"alice"}]})", R"({"a":"alice2"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"prefix":""}]})", R"({"a":5})"));
}

TEST(EventPatternTest, AnythingBut) {
  EXPECT_TRUE(Matches(R"({"a":[{"anything-but":"x"}]})", R"({"a":"y"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"anything-but":"x"}]})", R"({"a":"x"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"anything-but":"x"}]})", R"({})"));  // there must be a value
  EXPECT_TRUE(Matches(R"({"a":[{"anything-but":5}]})", R"({"a":"5"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"anything-but":["x","y"]}]})", R"({"a":"y"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"anything-but":[1,2]}]})", R"({"a":2.0})"));
  EXPECT_TRUE(Matches(R"({"a":[{"anything-but":[1,2]}]})", R"({"a":3})"));
  EXPECT_FALSE(Matches(R"({"a":[{"anything-but":{"prefix":"us-"}}]})", R"({"a":"us-1"})"));
  EXPECT_TRUE(Matches(R"({"a":[{"anything-but":{"prefix":"us-"}}]})", R"({"a":"eu-1"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"anything-but":{"prefix":["us-","eu-"]}}]})", R"({"a":"eu-1"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"anything-but":{"suffix":".png"}}]})", R"({"a":"x.png"})"));
  EXPECT_FALSE(Matches(R"({"a":[{"anything-but":{"equals-ignore-case":"X"}}]})", R"({"a":"x"})"));
}

TEST(EventPatternTest, Numeric) {
  EXPECT_TRUE(Matches(R"({"a":[{"numeric":["=",5]}]})", R"({"a":5.00})"));
  EXPECT_TRUE(Matches(R"({"a":[{"numeric":[">",0,"<=",10]}]})", R"({"a":10})"));
  EXPECT_FALSE(Matches(R"({"a":[{"numeric":[">",0,"<=",10]}]})", R"({"a":0})"));
  EXPECT_FALSE(Matches(R"({"a":[{"numeric":[">",0,"<=",10]}]})", R"({"a":10.01})"));
  EXPECT_TRUE(Matches(R"({"a":[{"numeric":["<",-1.5]}]})", R"({"a":-2})"));
  EXPECT_TRUE(Matches(R"({"a":[{"numeric":[">=",0.1]}]})", R"({"a":0.1})"));
  EXPECT_FALSE(Matches(R"({"a":[{"numeric":[">",0]}]})", R"({"a":"1"})"));
}

TEST(EventPatternTest, NumericOfDynamoDbNumbers) {
  constexpr std::string_view kPattern = R"({"t":{"N":[{"numeric":[">",9]}]}})";
  EXPECT_TRUE(Matches(kPattern, R"({"t":{"N":"10"}})"));
  EXPECT_FALSE(Matches(kPattern, R"({"t":{"N":"9"}})"));
  EXPECT_TRUE(Matches(kPattern, R"({"t":{"N":"9.0000000000000000000000000000000000001"}})"));
  EXPECT_FALSE(Matches(kPattern, R"({"t":{"N":"ten"}})"));
  EXPECT_FALSE(Matches(R"({"t":{"S":[{"numeric":[">",9]}]}})", R"({"t":{"S":"10"}})"));
}

TEST(EventPatternTest, ExistsLooksAtValues) {
  EXPECT_TRUE(Matches(R"({"a":[{"exists":true}]})", R"({"a":null})"));
  EXPECT_FALSE(Matches(R"({"a":[{"exists":true}]})", R"({"b":1})"));
  EXPECT_TRUE(Matches(R"({"a":[{"exists":false}]})", R"({"b":1})"));
  EXPECT_FALSE(Matches(R"({"a":[{"exists":false}]})", R"({"a":""})"));
  EXPECT_TRUE(Matches(R"({"a":{"b":[{"exists":false}]}})", R"({})"));
  EXPECT_TRUE(Matches(R"({"a":{"b":[{"exists":false}]}})", R"({"a":{"c":1}})"));
  EXPECT_FALSE(Matches(R"({"a":{"b":[{"exists":false}]}})", R"({"a":{"b":1}})"));
  EXPECT_FALSE(Matches(R"({"a":[{"exists":true}]})", R"({"a":{"b":1}})"));  // an object
  EXPECT_TRUE(Matches(R"({"a":["x",{"exists":false}]})", R"({})"));
  EXPECT_FALSE(Matches(R"({"a":["x",{"exists":false}]})", R"({"a":"y"})"));
}

TEST(EventPatternTest, OfAListAnyElementMatches) {
  EXPECT_TRUE(Matches(R"({"a":["y"]})", R"({"a":["x","y"]})"));
  EXPECT_FALSE(Matches(R"({"a":["z"]})", R"({"a":["x","y"]})"));
  EXPECT_FALSE(Matches(R"({"a":["z"]})", R"({"a":[]})"));
  EXPECT_TRUE(Matches(R"({"a":[{"exists":false}]})", R"({"a":[]})"));
  EXPECT_TRUE(Matches(R"({"a":["y"]})", R"({"a":[["x"],["y"]]})"));
  EXPECT_TRUE(Matches(R"({"a":{"b":[1],"c":[2]}})", R"({"a":[{"b":0},{"b":1,"c":2}]})"));
  // Both of one element, not one of each.
  EXPECT_FALSE(Matches(R"({"a":{"b":[1],"c":[2]}})", R"({"a":[{"b":1},{"c":2}]})"));
}

TEST(EventPatternTest, Or) {
  constexpr std::string_view kPattern =
      R"({"s":["x"],"$or":[{"a":["1"]},{"b":{"c":[{"numeric":[">",5]}]}}]})";
  EXPECT_TRUE(Matches(kPattern, R"({"s":"x","a":"1"})"));
  EXPECT_TRUE(Matches(kPattern, R"({"s":"x","b":{"c":6}})"));
  EXPECT_FALSE(Matches(kPattern, R"({"s":"x","b":{"c":5}})"));
  EXPECT_FALSE(Matches(kPattern, R"({"a":"1"})"));
  EXPECT_TRUE(Matches(R"({"d":{"$or":[{"a":[1]},{"b":[1]}]}})", R"({"d":{"b":1}})"));
  EXPECT_TRUE(
      Matches(R"({"$or":[{"a":[1],"$or":[{"b":[2]},{"c":[3]}]},{"d":[4]}]})", R"({"a":1,"c":3})"));
}

TEST(EventPatternTest, DeletionsByTheTimeToLiveService) {
  constexpr std::string_view kPattern =
      R"({"userIdentity":{"type":["Service"],"principalId":["dynamodb.amazonaws.com"]}})";
  EXPECT_TRUE(Matches(
      kPattern,
      R"({"eventName":"REMOVE","userIdentity":{"type":"Service","principalId":"dynamodb.amazonaws.com"}})"));
  EXPECT_FALSE(Matches(kPattern, R"({"eventName":"REMOVE"})"));
}

TEST(EventPatternTest, ErrorsSayWhere) {
  EXPECT_EQ(ErrorOf("{"), "not JSON");
  EXPECT_EQ(ErrorOf("[]"), "must be an object");
  EXPECT_EQ(ErrorOf("{}"), "an object without members");
  EXPECT_EQ(ErrorOf(R"({"a":"x"})"), "a: must be an object, or a list of values");
  EXPECT_EQ(ErrorOf(R"({"a":{"b":{}}})"), "a.b: an object without members");
  EXPECT_EQ(ErrorOf(R"({"a":{"b":[]}})"), "a.b: a list without values");
  EXPECT_EQ(ErrorOf(R"({"a":[["x"]]})"),
            "a: a value must be a string, a number, null, true or false");
  EXPECT_EQ(ErrorOf(R"({"a":[{"cidr":"10.0.0.0/8"}]})"), "a: there is no test 'cidr'");
  EXPECT_EQ(ErrorOf(R"({"a":[{"prefix":"x","suffix":"y"}]})"), "a: a test has one member");
  EXPECT_EQ(ErrorOf(R"({"a":[{"prefix":5}]})"), "a: prefix must be a string");
  EXPECT_EQ(ErrorOf(R"({"a":[{"exists":"yes"}]})"), "a: exists must be true or false");
  EXPECT_EQ(ErrorOf(R"({"a":[{"anything-but":[]}]})"), "a: anything-but excludes nothing");
  EXPECT_EQ(ErrorOf(R"({"a":[{"anything-but":[null]}]})"),
            "a: anything-but excludes strings and numbers");
  EXPECT_EQ(ErrorOf(R"({"a":[{"anything-but":{"numeric":[">",1]}}]})"),
            "a: anything-but knows prefix, suffix and equals-ignore-case");
  EXPECT_EQ(ErrorOf(R"({"a":[{"numeric":[">"]}]})"),
            "a: numeric must be a list of one or two comparisons, each with its number");
  EXPECT_EQ(ErrorOf(R"({"a":[{"numeric":["!=",1]}]})"),
            "a: numeric compares with =, <, <=, > and >=");
  EXPECT_EQ(ErrorOf(R"({"a":[{"numeric":[">","1"]}]})"), "a: numeric compares with numbers");
  EXPECT_NE(ErrorOf(R"({"a":[{"numeric":[">",5,"<",5]}]})"), "");
  EXPECT_NE(ErrorOf(R"({"a":[{"numeric":["<",5,">",1]}]})"), "");
  EXPECT_EQ(ErrorOf(R"({"$or":[]})"), "$or: must be a list of patterns");
  EXPECT_EQ(ErrorOf(R"({"a":[1],"a":[2]})"), "the member 'a' is there twice");
}

TEST(EventFilterTest, AnyOfThePatterns) {
  const std::string patterns[] = {R"({"a":[1]})", R"({"b":[2]})"};
  auto filter = EventFilter::Parse(patterns);
  ASSERT_TRUE(filter);
  simdjson::dom::parser parser;
  const auto matches = [&](const std::string& event) {
    return filter->Matches(parser.parse(event).value_unsafe());
  };
  EXPECT_TRUE(matches(R"({"b":2})"));
  EXPECT_FALSE(matches(R"({"a":2,"b":1})"));
  auto everything = EventFilter::Parse({});
  ASSERT_TRUE(everything);
  EXPECT_TRUE(everything->Matches(parser.parse(std::string("{}")).value_unsafe()));
}

}  // namespace
}  // namespace stator
