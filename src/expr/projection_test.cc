#include "expr/projection.h"

#include <gtest/gtest.h>

#include <string>

#include "expr/expr_test_util.h"

namespace stator {
namespace {

using namespace test;  // NOLINT

Item Projected(const std::string& text, const Item& item) {
  Placeholders placeholders = Bind({{"#d", "x.y"}}, {});
  auto projection = ParseProjection(text, &placeholders);
  EXPECT_TRUE(projection) << text << ": " << ErrorOf(projection);
  return projection ? Project(*projection, item) : Item();
}

std::string Error(const std::string& text) {
  Placeholders placeholders = Bind({{"#a", "a"}}, {});
  return ErrorOf(ParseProjection(text, &placeholders));
}

TEST(ProjectionTest, Errors) {
  const std::string prefix = "Invalid ProjectionExpression: ";
  EXPECT_EQ(Error(""), prefix + "The expression can not be empty;");
  EXPECT_EQ(Error("a b"), prefix + "Syntax error; token: \"b\", near: \"a b\"");
  EXPECT_EQ(Error("a,"), prefix + "Syntax error; token: \"<EOF>\", near: \",\"");
  EXPECT_EQ(Error("a, :v"), prefix + "Syntax error; token: \":v\", near: \", :v\"");
  EXPECT_EQ(Error("a[-1]"), prefix + "Syntax error; token: \"-\", near: \"[-1\"");
  EXPECT_EQ(Error("(a)").substr(0, 43), prefix + "Syntax error;");
  EXPECT_EQ(Error("a, name"),
            prefix + "Attribute name is a reserved keyword; reserved keyword: name");
  EXPECT_EQ(Error("add"), prefix + "Attribute name is a reserved keyword; reserved keyword: add");
  EXPECT_EQ(Error("#b"),
            prefix +
                "An expression attribute name used in the document path is not defined; "
                "attribute name: #b");
  EXPECT_EQ(Error("a, #a"),
            prefix +
                "Two document paths overlap with each other; must remove or rewrite one of "
                "these paths; path one: [a], path two: [a]");
  EXPECT_EQ(Error("a[0], a.b"),
            prefix +
                "Two document paths conflict with each other; must remove or rewrite one of "
                "these paths; path one: [a, [0]], path two: [a, b]");
  EXPECT_EQ(Error("a[99999999999999]"),
            prefix + "List index is not within the allowable range; index: [99999999999999]");
  std::string deep = "a";
  for (int i = 0; i < 32; ++i) deep += ".b";
  EXPECT_EQ(Error(deep), prefix +
                             "The document path has too many nesting levels; nesting levels: "
                             "33");
  EXPECT_EQ(
      Error(std::string(4097, 'a')),
      prefix + "Expression size has exceeded the maximum allowed size; expression size: 4097");
}

TEST(ProjectionTest, TopLevelAndNested) {
  const Item item = Map({{"p", S("k")},
                         {"a", M({{"b", M({{"c", N(1)}, {"d", N(2)}})}, {"e", N(3)}})},
                         {"x.y", N(4)},
                         {"n", AV::NullValue()}});
  EXPECT_EQ(Projected("p, gone", item), Map({{"p", S("k")}}));
  EXPECT_EQ(Projected("a.b.d", item), Map({{"a", M({{"b", M({{"d", N(2)}})}})}}));
  EXPECT_EQ(Projected("a.e, a.b.c", item), Map({{"a", M({{"b", M({{"c", N(1)}})}, {"e", N(3)}})}}));
  EXPECT_EQ(Projected("#d, n", item), Map({{"x.y", N(4)}, {"n", AV::NullValue()}}));
  // Nothing selected leaves no empty shells.
  EXPECT_EQ(Projected("a.gone, a.b.gone, p.q, a.e[0]", item), Item());
}

TEST(ProjectionTest, Lists) {
  const Item item =
      Map({{"l", L({M({{"a", N(1)}, {"b", N(2)}, {"c", N(3)}}), N(1), N(2), L({N(10), N(11)})})}});
  EXPECT_EQ(Projected("l[2], l[1]", item), Map({{"l", L({N(1), N(2)})}}));
  EXPECT_EQ(Projected("l[0].a, l[0].b", item), Map({{"l", L({M({{"a", N(1)}, {"b", N(2)}})})}}));
  EXPECT_EQ(Projected("l[3][1], l[9], l[0].gone", item), Map({{"l", L({L({N(11)})})}}));
  EXPECT_EQ(Projected("l[4]", item), Item());
}

TEST(ProjectionTest, EmptyContainersAreValues) {
  const Item item = Map({{"l", L({})}, {"m", M({{"x", M({})}})}});
  EXPECT_EQ(Projected("l, m.x", item), item);
}

TEST(ProjectionTest, VisitsPathsInOrder) {
  Placeholders none;
  auto projection = ParseProjection("c, a.b[0]", &none);
  ASSERT_TRUE(projection);
  std::string visited;
  VisitPaths(*projection, [&](const DocumentPath& path) { visited += path.ToString(); });
  EXPECT_EQ(visited, "[c][a, b, [0]]");
}

}  // namespace
}  // namespace stator
