// What updates make of items, and what ReturnValues shows of it (facts 3.9, 3.10).
#include <gtest/gtest.h>

#include <string>

#include "expr/expr_test_util.h"
#include "expr/update.h"

namespace stator {
namespace {

using namespace test;  // NOLINT

const char kInvalidPath[] =
    "The document path provided in the update expression is invalid for update";
const char kWrongType[] = "An operand in the update expression has an incorrect data type";
const char kMissing[] =
    "The provided expression refers to an attribute that does not exist in the item";
const char kOverflow[] =
    "Number overflow. Attempting to store a number with magnitude larger than supported range";

Item Key() { return Map({{"p", S("k")}}); }

UpdateExpression Parse(const std::string& text, AttributeMap values) {
  Placeholders placeholders = Bind({}, std::move(values));
  auto update = ParseUpdate(text, &placeholders);
  EXPECT_TRUE(update) << text << ": " << ErrorOf(update);
  return update ? *update : UpdateExpression{};
}

ApiResult<std::optional<Item>> Apply(const std::string& text, AttributeMap values,
                                     const Item* old_item) {
  return ApplyUpdate(Parse(text, std::move(values)), old_item, Key());
}

// The item without its key after updating {p, ...old_item}. REQUIRES: no error.
Item After(const std::string& text, AttributeMap values, Item old_item) {
  old_item.Set("p", S("k"));
  auto result = Apply(text, std::move(values), &old_item);
  EXPECT_TRUE(result) << text << ": " << ErrorOf(result);
  if (!result || !*result) return {};
  Item item = **result;
  EXPECT_TRUE(item.Erase("p"));
  return item;
}

std::string ErrorAfter(const std::string& text, AttributeMap values, const Item& old_item) {
  return ErrorOf(Apply(text, std::move(values), &old_item));
}

TEST(ApplyUpdateTest, Set) {
  EXPECT_EQ(After("SET a = :v", Map({{":v", N(1)}}), {}), Map({{"a", N(1)}}));
  EXPECT_EQ(After("SET a = b", {}, Map({{"b", S("x")}})), Map({{"a", S("x")}, {"b", S("x")}}));
  EXPECT_EQ(After("SET m.k = :v", Map({{":v", N(1)}}), Map({{"m", M({{"j", N(2)}})}})),
            Map({{"m", M({{"j", N(2)}, {"k", N(1)}})}}));
  EXPECT_EQ(After("SET l[0].k = :v", Map({{":v", N(1)}}), Map({{"l", L({M({})})}})),
            Map({{"l", L({M({{"k", N(1)}})})}}));
  EXPECT_EQ(ErrorAfter("SET a = b", {}, Key()), kMissing);
  EXPECT_EQ(ErrorAfter("SET a = m.x", {}, Map({{"m", M({})}})), kMissing);
  EXPECT_EQ(ErrorAfter("SET a = l[1]", {}, Map({{"l", L({N(1)})}})), kMissing);
}

TEST(ApplyUpdateTest, SetNeverCreatesParents) {
  const AttributeMap v = Map({{":v", N(1)}});
  EXPECT_EQ(ErrorAfter("SET a.b = :v", v, Key()), kInvalidPath);
  EXPECT_EQ(ErrorAfter("SET a[0] = :v", v, Key()), kInvalidPath);
  EXPECT_EQ(ErrorAfter("SET a.b = :v", v, Map({{"a", N(1)}})), kInvalidPath);
  EXPECT_EQ(ErrorAfter("SET a.b = :v", v, Map({{"a", L({})}})), kInvalidPath);
  EXPECT_EQ(ErrorAfter("SET a[0] = :v", v, Map({{"a", M({})}})), kInvalidPath);
  EXPECT_EQ(ErrorAfter("SET a[1].b = :v", v, Map({{"a", L({M({})})}})), kInvalidPath);
  EXPECT_EQ(ErrorOf(Apply("SET a.b = :v", v, nullptr)), kInvalidPath);
}

TEST(ApplyUpdateTest, RightHandSidesReadTheOldItem) {
  EXPECT_EQ(After("SET a = b, b = a", {}, Map({{"a", N(1)}, {"b", N(2)}})),
            Map({{"a", N(2)}, {"b", N(1)}}));
  EXPECT_EQ(After("SET a = b REMOVE b", {}, Map({{"b", N(2)}})), Map({{"a", N(2)}}));
  EXPECT_EQ(After("SET a = n + :one ADD n :one", Map({{":one", N(1)}}), Map({{"n", N(5)}})),
            Map({{"a", N(6)}, {"n", N(6)}}));
  EXPECT_EQ(ErrorAfter("SET a = :v, b = a", Map({{":v", N(1)}}), Key()), kMissing);
}

TEST(ApplyUpdateTest, Arithmetic) {
  const AttributeMap v = Map({{":v", Num("2.5")}});
  const Item old = Map({{"n", N(5)}, {"s", S("x")}});
  EXPECT_EQ(*After("SET n = n + :v", v, old).Find("n"), Num("7.5"));
  EXPECT_EQ(*After("SET n = n - :v", v, old).Find("n"), Num("2.5"));
  EXPECT_EQ(*After("SET n = :v - n", v, old).Find("n"), Num("-2.5"));
  EXPECT_EQ(*After("SET n = (n - :v)", v, old).Find("n"), Num("2.5"));
  EXPECT_EQ(*After("SET n = if_not_exists(x, :v) + n", v, old).Find("n"), Num("7.5"));
  EXPECT_EQ(ErrorAfter("SET n = s + :v", v, old), kWrongType);
  EXPECT_EQ(ErrorAfter("SET n = x + :v", v, old), kMissing);
  EXPECT_EQ(ErrorAfter("SET n = n + :v", Map({{":v", Num("1e50")}}), Map({{"n", Num("1")}})),
            kOverflow);
  EXPECT_EQ(ErrorAfter("SET n = n + :v", Map({{":v", Num("9e125")}}), Map({{"n", Num("9e125")}})),
            kOverflow);
}

TEST(ApplyUpdateTest, IfNotExists) {
  const AttributeMap v = Map({{":v", S("new")}});
  EXPECT_EQ(After("SET a = if_not_exists(a, :v)", v, Map({{"a", N(1)}})), Map({{"a", N(1)}}));
  EXPECT_EQ(After("SET a = if_not_exists(a, :v)", v, {}), Map({{"a", S("new")}}));
  EXPECT_EQ(After("SET a = if_not_exists(b, if_not_exists(c, :v))", v, Map({{"c", N(3)}})),
            Map({{"a", N(3)}, {"c", N(3)}}));
  EXPECT_EQ(ErrorAfter("SET a = if_not_exists(a, b)", {}, Key()), kMissing);
  // The path of the second operand is not looked at when the first exists.
  EXPECT_EQ(After("SET a = if_not_exists(a, b)", {}, Map({{"a", N(1)}})), Map({{"a", N(1)}}));
}

TEST(ApplyUpdateTest, ListAppend) {
  const AttributeMap v = Map({{":v", L({N(9)})}});
  const Item old = Map({{"l", L({N(1)})}});
  EXPECT_EQ(*After("SET l = list_append(l, :v)", v, old).Find("l"), L({N(1), N(9)}));
  EXPECT_EQ(*After("SET l = list_append(:v, l)", v, old).Find("l"), L({N(9), N(1)}));
  EXPECT_EQ(*After("SET k = list_append(if_not_exists(k, :v), l)", v, old).Find("k"),
            L({N(9), N(1)}));
  EXPECT_EQ(ErrorAfter("SET l = list_append(l, :v)", v, Map({{"l", N(1)}})), kWrongType);
  EXPECT_EQ(ErrorAfter("SET l = list_append(x, :v)", v, old), kMissing);
}

TEST(ApplyUpdateTest, ListIndexesMeanOldPositions) {
  const Item old = Map({{"a", L({N(0), N(1), N(2), N(3), N(4)})}});
  const AttributeMap v = Map({{":v", S("v")}, {":w", S("w")}});
  const auto a = [](const Item& item) { return *item.Find("a"); };
  EXPECT_EQ(a(After("REMOVE a[1] SET a[3] = :v, a[4] = :w", v, old)),
            L({N(0), N(2), S("v"), S("w")}));
  EXPECT_EQ(a(After("REMOVE a[3], a[0], a[1]", {}, old)), L({N(2), N(4)}));
  // Beyond the end: appended by index, no holes.
  EXPECT_EQ(a(After("SET a[20] = :w, a[10] = :v", v, old)),
            L({N(0), N(1), N(2), N(3), N(4), S("v"), S("w")}));
  EXPECT_EQ(a(After("SET a[5] = :v REMOVE a[0], a[6], a[7]", Map({{":v", S("v")}}), old)),
            L({N(1), N(2), N(3), N(4), S("v")}));
  EXPECT_EQ(a(After("REMOVE a[0] SET a[10] = a[0]", {}, old)), L({N(1), N(2), N(3), N(4), N(0)}));
}

TEST(ApplyUpdateTest, NestedListsKeepTheirPositions) {
  const Item old = Map({{"a", L({L({N(0), N(1)}), L({N(2), N(3)}), M({{"l", L({N(4)})}})})}});
  EXPECT_EQ(*After("REMOVE a[0], a[1][0] SET a[2].l[9] = :v, a[1][7] = :w",
                   Map({{":v", S("v")}, {":w", S("w")}}), old)
                 .Find("a"),
            L({L({N(3), S("w")}), M({{"l", L({N(4), S("v")})}})}));
}

TEST(ApplyUpdateTest, Remove) {
  const Item old = Map({{"m", M({{"k", N(1)}})}, {"l", L({N(1)})}, {"n", N(1)}});
  EXPECT_EQ(After("REMOVE n, m, l", {}, old), Item());
  EXPECT_EQ(*After("REMOVE m.k", {}, old).Find("m"), M({}));
  EXPECT_EQ(*After("REMOVE l[0]", {}, old).Find("l"), L({}));
  EXPECT_EQ(After("REMOVE x, m.x, l[1]", {}, old), old);
  EXPECT_EQ(ErrorAfter("REMOVE x.y", {}, old), kInvalidPath);
  EXPECT_EQ(ErrorAfter("REMOVE n.y", {}, old), kInvalidPath);
  EXPECT_EQ(ErrorAfter("REMOVE m[0]", {}, old), kInvalidPath);
  EXPECT_EQ(ErrorAfter("REMOVE l.k", {}, old), kInvalidPath);
  EXPECT_EQ(ErrorAfter("REMOVE l[1].k", {}, old), kInvalidPath);
}

TEST(ApplyUpdateTest, Add) {
  const AttributeMap n = Map({{":v", N(3)}});
  const AttributeMap ss = Map({{":v", SS({"b", "c"})}});
  EXPECT_EQ(After("ADD a :v", n, Map({{"a", N(4)}})), Map({{"a", N(7)}}));
  EXPECT_EQ(After("ADD a :v", n, {}), Map({{"a", N(3)}}));
  EXPECT_EQ(After("ADD a :v", ss, Map({{"a", SS({"a", "b"})}})), Map({{"a", SS({"a", "b", "c"})}}));
  EXPECT_EQ(After("ADD a :v", ss, {}), Map({{"a", SS({"b", "c"})}}));
  EXPECT_EQ(After("ADD a :v", Map({{":v", NS({1, 5})}}), Map({{"a", NS({5, 6})}})),
            Map({{"a", NS({1, 5, 6})}}));
  EXPECT_EQ(After("ADD a :v", Map({{":v", AV::BS({"x"})}}), Map({{"a", AV::BS({"y"})}})),
            Map({{"a", AV::BS({"x", "y"})}}));
  EXPECT_EQ(After("ADD m.k :v", n, Map({{"m", M({})}})), Map({{"m", M({{"k", N(3)}})}}));
  EXPECT_EQ(ErrorAfter("ADD a :v", n, Map({{"a", S("x")}})), kWrongType);
  EXPECT_EQ(ErrorAfter("ADD a :v", ss, Map({{"a", NS({1})}})), kWrongType);
  EXPECT_EQ(ErrorAfter("ADD a.b :v", n, Key()), kInvalidPath);
  EXPECT_EQ(ErrorAfter("ADD a :v", Map({{":v", Num("1e-130")}}), Map({{"a", N(1)}})), kOverflow);
}

TEST(ApplyUpdateTest, Delete) {
  const AttributeMap ss = Map({{":v", SS({"b", "c"})}});
  EXPECT_EQ(After("DELETE a :v", ss, Map({{"a", SS({"a", "b"})}})), Map({{"a", SS({"a"})}}));
  EXPECT_EQ(After("DELETE a :v", ss, Map({{"a", SS({"b", "c"})}})), Item());
  EXPECT_EQ(After("DELETE a :v", ss, {}), Item());
  EXPECT_EQ(After("DELETE a :v", Map({{":v", NS({1, 9})}}), Map({{"a", NS({1, 2})}})),
            Map({{"a", NS({2})}}));
  EXPECT_EQ(After("DELETE m.k :v", ss, Map({{"m", M({{"k", SS({"c"})}})}})), Map({{"m", M({})}}));
  EXPECT_EQ(ErrorAfter("DELETE a :v", ss, Map({{"a", S("b")}})), kWrongType);
  EXPECT_EQ(ErrorAfter("DELETE a :v", ss, Map({{"a", NS({1})}})), kWrongType);
}

TEST(ApplyUpdateTest, MissingItem) {
  const auto created = [](const std::string& text, AttributeMap values) {
    auto result = Apply(text, std::move(values), nullptr);
    EXPECT_TRUE(result) << text << ": " << ErrorOf(result);
    return result ? *result : std::nullopt;
  };
  EXPECT_EQ(created("SET a = :v", Map({{":v", N(1)}})), Map({{"p", S("k")}, {"a", N(1)}}));
  EXPECT_EQ(created("ADD a :v", Map({{":v", N(1)}})), Map({{"p", S("k")}, {"a", N(1)}}));
  EXPECT_EQ(created("REMOVE a", {}), std::nullopt);
  EXPECT_EQ(created("REMOVE a.b, c[0]", {}), std::nullopt);
  EXPECT_EQ(created("DELETE a :v REMOVE b", Map({{":v", SS({"x"})}})), std::nullopt);
  EXPECT_EQ(created("SET a = :v REMOVE x.y", Map({{":v", N(1)}})),
            Map({{"p", S("k")}, {"a", N(1)}}));
  // Without any action: an item that has only its key.
  auto key_only = ApplyUpdate(UpdateExpression{}, nullptr, Key());
  ASSERT_TRUE(key_only);
  EXPECT_EQ(*key_only, Key());
}

AV Deep(int levels) {
  AV value = N(1);
  for (int i = 1; i < levels; ++i) value = M({{"x", value}});
  return value;
}

TEST(ApplyUpdateTest, Nesting) {
  const Item old = Map({{"m", M({})}});
  const char kNesting[] =
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit";
  EXPECT_TRUE(Apply("SET m.x = :v", Map({{":v", Deep(31)}}), &old));
  EXPECT_EQ(ErrorAfter("SET m.x = :v", Map({{":v", Deep(32)}}), old), kNesting);
  EXPECT_TRUE(Apply("SET a = :v", Map({{":v", Deep(32)}}), &old));
  EXPECT_EQ(ErrorAfter("SET m.x = d", {}, Map({{"m", M({})}, {"d", Deep(32)}})), kNesting);
}

TEST(UpdatedTest, OnlyTouchedPaths) {
  const Item old = Map({{"p", S("k")},
                        {"n", N(1)},
                        {"same", N(7)},
                        {"gone", N(8)},
                        {"m", M({{"a", N(1)}, {"b", N(2)}})},
                        {"other", N(9)}});
  const UpdateExpression update =
      Parse("SET n = n + :v, same = :seven, m.a = :v, fresh = :v REMOVE gone",
            Map({{":v", N(1)}, {":seven", N(7)}}));
  auto result = ApplyUpdate(update, &old, Key());
  ASSERT_TRUE(result);
  EXPECT_EQ(UpdatedOld(update, &old),
            Map({{"n", N(1)}, {"same", N(7)}, {"gone", N(8)}, {"m", M({{"a", N(1)}})}}));
  EXPECT_EQ(UpdatedNew(update, **result),
            Map({{"n", N(2)}, {"same", N(7)}, {"fresh", N(1)}, {"m", M({{"a", N(1)}})}}));
  EXPECT_EQ(UpdatedOld(update, nullptr), Item());
}

TEST(UpdatedTest, Lists) {
  const Item old = Map({{"a", M({{"c", L({N(0), N(1), N(2)})}})}});
  const UpdateExpression remove = Parse("REMOVE a.c[1]", {});
  auto result = ApplyUpdate(remove, &old, Key());
  EXPECT_EQ(UpdatedOld(remove, &old), Map({{"a", M({{"c", L({N(1)})}})}}));
  // The element that moved to that place.
  EXPECT_EQ(UpdatedNew(remove, **result), Map({{"a", M({{"c", L({N(2)})}})}}));

  const UpdateExpression append = Parse("SET a.c[7] = :v", Map({{":v", N(9)}}));
  result = ApplyUpdate(append, &old, Key());
  EXPECT_EQ(UpdatedNew(append, **result), Item());
}

}  // namespace
}  // namespace stator
