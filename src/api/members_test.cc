#include "api/members.h"

#include <gtest/gtest.h>

#include <string>

#include "api/json_view.h"
#include "api/test_json.h"

namespace stator {
namespace {

TEST(Members, Scalars) {
  const TestJson json(R"({"s":"x","i":7,"d":1.7,"n":-1.5,"b":true,"t":"Yes","f":"0","z":null,"u":12.25})");
  const Members in = json.members();
  EXPECT_EQ(in.String("s"), "x");
  EXPECT_EQ(in.Int("i"), 7);
  EXPECT_EQ(in.Int("d"), 1);
  EXPECT_EQ(in.Int("n"), -2);
  EXPECT_EQ(in.Double("u"), 12.25);
  EXPECT_EQ(in.Double("i"), 7.0);
  EXPECT_EQ(in.Bool("b"), true);
  EXPECT_EQ(in.Bool("t"), true);
  EXPECT_EQ(in.Bool("f"), false);
  EXPECT_FALSE(in.Has("z"));
  EXPECT_EQ(in.String("z"), std::nullopt);
  EXPECT_EQ(in.String("absent"), std::nullopt);
}

TEST(Members, LastDuplicateWins) {
  const TestJson json(R"({"a":"1","a":"2","b":"1","b":null,"m":{"k":1,"l":2,"k":3}})");
  const Members in = json.members();
  EXPECT_EQ(in.String("a"), "2");
  EXPECT_EQ(in.String("b"), std::nullopt);
  const auto map = in.Map("m");
  ASSERT_TRUE(map);
  ASSERT_EQ(map->size(), 2u);
  EXPECT_EQ((*map)[0].first, "k");
  EXPECT_EQ(Members::IntOf((*map)[0].second), 3);
  EXPECT_EQ((*map)[1].first, "l");
}

TEST(Members, LargeMapsKeepEachKeyOnce) {
  std::string text = "{\"m\":{";
  for (int i = 0; i < 200; ++i) {
    if (i > 0) text += ',';
    text += "\"k" + std::to_string(i % 100) + "\":" + std::to_string(i);
  }
  const TestJson json(text + "}}");
  const auto map = json.members().Map("m");
  ASSERT_TRUE(map);
  ASSERT_EQ(map->size(), 100u);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ((*map)[i].first, "k" + std::to_string(i));
    EXPECT_EQ(Members::IntOf((*map)[i].second), i + 100);
  }
}

TEST(Members, StructuresAndLists) {
  const TestJson json(R"({"s":{"a":"x"},"l":[{"S":"1"},{"S":"2"}],"t":["x",null,"y"]})");
  const Members in = json.members();
  EXPECT_EQ(in.Struct("s")->String("a"), "x");
  EXPECT_FALSE(in.Struct("none"));
  std::string seen;
  const auto list = in.List("l");
  ASSERT_TRUE(list);
  for (const auto element : *list) seen += *Members(element).String("S");
  EXPECT_EQ(seen, "12");
  EXPECT_EQ(in.Strings("t"), (std::vector<std::string_view>{"x", "y"}));
}

}  // namespace
}  // namespace stator
