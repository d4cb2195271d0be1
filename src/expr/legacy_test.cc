#include "expr/legacy.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "expr/condition.h"
#include "expr/expr_test_util.h"

namespace stator {
namespace {

using namespace test;  // NOLINT
using C = LegacyComparison;

const std::string kPrefix = "One or more parameter values were invalid: ";

LegacyExpected Expected(std::optional<AV> value, std::optional<bool> exists,
                        std::optional<C> comparison = std::nullopt,
                        std::optional<std::vector<AV>> list = std::nullopt) {
  return {"a", std::move(value), exists, comparison, std::move(list)};
}
std::string ExpectedError(LegacyExpected expected) {
  return ErrorOf(TranslateExpected({std::move(expected)}));
}
bool Holds(LegacyExpected expected, const Item& item) {
  auto condition = TranslateExpected({std::move(expected)});
  EXPECT_TRUE(condition) << ErrorOf(condition);
  return condition && Evaluate(*condition, &item);
}
bool FilterHolds(C comparison, std::vector<AV> list, const Item& item) {
  auto condition = TranslateFilter({{"a", comparison, std::move(list)}});
  EXPECT_TRUE(condition) << ErrorOf(condition);
  return condition && Evaluate(*condition, &item);
}
Item A(AV value) { return Map({{"a", std::move(value)}}); }

TEST(LegacyTest, ExpectedErrors) {
  EXPECT_EQ(ExpectedError(Expected(N(1), {}, C::kEq, std::vector<AV>{N(1)})),
            kPrefix + "Value and AttributeValueList cannot be used together for Attribute: a");
  EXPECT_EQ(ExpectedError(Expected(N(1), true, C::kEq)),
            kPrefix + "Exists and ComparisonOperator cannot be used together for Attribute: a");
  EXPECT_EQ(ExpectedError(Expected({}, {}, C::kLt)),
            kPrefix +
                "Value or AttributeValueList must be used with ComparisonOperator: LT for "
                "Attribute: a");
  EXPECT_EQ(ExpectedError(Expected({}, {}, {}, std::vector<AV>{N(1)})),
            kPrefix +
                "AttributeValueList can only be used with a ComparisonOperator for "
                "Attribute: a");
  EXPECT_EQ(ExpectedError(Expected({}, {})),
            kPrefix + "Value must be provided when Exists is null for Attribute: a");
  EXPECT_EQ(ExpectedError(Expected({}, true)),
            kPrefix + "Value must be provided when Exists is true for Attribute: a");
  EXPECT_EQ(ExpectedError(Expected(N(1), false)),
            kPrefix + "Value cannot be used when Exists is false for Attribute: a");
}

TEST(LegacyTest, ArgumentErrors) {
  const auto error = [](C comparison, std::vector<AV> list) {
    return ErrorOf(TranslateFilter({{"a", comparison, std::move(list)}}));
  };
  const auto count = [](const std::string& op) {
    return kPrefix + "Invalid number of argument(s) for the " + op + " ComparisonOperator";
  };
  EXPECT_EQ(error(C::kEq, {N(1), N(2)}), count("EQ"));
  EXPECT_EQ(error(C::kNull, {N(1)}), count("NULL"));
  EXPECT_EQ(error(C::kNotNull, {N(1)}), count("NOT_NULL"));
  EXPECT_EQ(error(C::kIn, {}), count("IN"));
  EXPECT_EQ(error(C::kBetween, {N(1)}), count("BETWEEN"));
  EXPECT_EQ(error(C::kContains, {}), count("CONTAINS"));
  EXPECT_EQ(error(C::kIn, {N(1), S("x")}),
            kPrefix + "AttributeValues inside AttributeValueList must be of same type");
  const auto type = [](const std::string& op, const std::string& type_name) {
    return kPrefix + "ComparisonOperator " + op + " is not valid for " + type_name +
           " AttributeValue type";
  };
  EXPECT_EQ(error(C::kLt, {SS({"x"})}), type("LT", "SS"));
  EXPECT_EQ(error(C::kIn, {AV::Bool(true)}), type("IN", "BOOL"));
  EXPECT_EQ(error(C::kNotContains, {L({})}), type("NOT_CONTAINS", "L"));
  EXPECT_EQ(error(C::kBeginsWith, {N(1)}), type("BEGINS_WITH", "N"));
  EXPECT_EQ(error(C::kBetween, {AV::NullValue(), AV::NullValue()}), type("BETWEEN", "NULL"));
  EXPECT_EQ(error(C::kBetween, {N(2), N(1)}),
            "The BETWEEN condition was provided a range where the lower bound is greater than the "
            "upper bound");
  EXPECT_EQ(error(C::kEq, {M({})}), "(no error)");
  EXPECT_EQ(ErrorOf(TranslateFilter({{"a", C::kEq, std::nullopt}})), count("EQ"));
  EXPECT_EQ(ErrorOf(TranslateKeyConditions({{"a", C::kEq, std::nullopt}})), count("EQ"));
}

TEST(LegacyTest, ExpectedForms) {
  EXPECT_TRUE(Holds(Expected(N(1), {}), A(N(1))));
  EXPECT_FALSE(Holds(Expected(N(1), true), A(N(2))));
  EXPECT_FALSE(Holds(Expected(N(1), {}), {}));
  EXPECT_TRUE(Holds(Expected({}, false), {}));
  EXPECT_FALSE(Holds(Expected({}, false), A(N(1))));
  EXPECT_TRUE(Holds(Expected(N(2), {}, C::kLt), A(N(1))));
  EXPECT_TRUE(Holds(Expected({}, {}, C::kBetween, std::vector<AV>{N(1), N(3)}), A(N(3))));
}

TEST(LegacyTest, Comparisons) {
  EXPECT_TRUE(FilterHolds(C::kEq, {SS({"y", "x"})}, A(SS({"x", "y"}))));
  EXPECT_TRUE(FilterHolds(C::kNe, {N(1)}, {}));
  EXPECT_TRUE(FilterHolds(C::kNe, {N(1)}, A(S("1"))));
  EXPECT_FALSE(FilterHolds(C::kNe, {N(1)}, A(N(1))));
  EXPECT_TRUE(FilterHolds(C::kLe, {N(1)}, A(N(1))));
  EXPECT_FALSE(FilterHolds(C::kLt, {N(1)}, A(N(1))));
  EXPECT_TRUE(FilterHolds(C::kGe, {S("b")}, A(S("b"))));
  EXPECT_TRUE(FilterHolds(C::kGt, {S("b")}, A(S("c"))));
  EXPECT_FALSE(FilterHolds(C::kGt, {S("b")}, A(N(9))));
  // NULL is about existence, not about the type.
  EXPECT_TRUE(FilterHolds(C::kNull, {}, {}));
  EXPECT_FALSE(FilterHolds(C::kNull, {}, A(AV::NullValue())));
  EXPECT_TRUE(FilterHolds(C::kNotNull, {}, A(AV::NullValue())));
  EXPECT_TRUE(FilterHolds(C::kIn, {N(1), N(2)}, A(N(2))));
  EXPECT_FALSE(FilterHolds(C::kIn, {N(1), N(2)}, {}));
  EXPECT_TRUE(FilterHolds(C::kBeginsWith, {S("ab")}, A(S("abc"))));
  EXPECT_TRUE(FilterHolds(C::kContains, {S("b")}, A(S("abc"))));
  EXPECT_TRUE(FilterHolds(C::kContains, {N(1)}, A(NS({1, 2}))));
  EXPECT_FALSE(FilterHolds(C::kContains, {N(1)}, {}));
  EXPECT_TRUE(FilterHolds(C::kNotContains, {S("x")}, A(S("abc"))));
  EXPECT_FALSE(FilterHolds(C::kNotContains, {S("b")}, A(S("abc"))));
  EXPECT_TRUE(FilterHolds(C::kNotContains, {N(3)}, A(NS({1, 2}))));
  EXPECT_FALSE(FilterHolds(C::kNotContains, {N(3)}, {}));
}

TEST(LegacyTest, NamesAreLiteral) {
  auto condition = TranslateFilter({{"a.b", C::kNotNull, std::nullopt}});
  ASSERT_TRUE(condition);
  const Item flat = Map({{"a.b", N(1)}});
  const Item nested = A(M({{"b", N(1)}}));
  EXPECT_TRUE(Evaluate(*condition, &flat));
  EXPECT_FALSE(Evaluate(*condition, &nested));
}

TEST(LegacyTest, ConditionalOperator) {
  const std::vector<LegacyCondition> tests = {{"a", C::kEq, std::vector<AV>{N(1)}},
                                              {"b", C::kEq, std::vector<AV>{N(1)}}};
  const Item item = A(N(1));
  EXPECT_FALSE(Evaluate(*TranslateFilter(tests), &item));
  EXPECT_TRUE(Evaluate(*TranslateFilter(tests, ConditionalOperator::kOr), &item));
  EXPECT_TRUE(Evaluate(*TranslateFilter({}, ConditionalOperator::kOr), &item));
  EXPECT_TRUE(Evaluate(*TranslateExpected({}), nullptr));
  EXPECT_EQ(ParseConditionalOperator("OR"), ConditionalOperator::kOr);
  EXPECT_EQ(ParseConditionalOperator("or"), std::nullopt);
}

TEST(LegacyTest, EnumNames) {
  for (const char* name : {"EQ", "NE", "LE", "LT", "GE", "GT", "NOT_NULL", "NULL", "CONTAINS",
                           "NOT_CONTAINS", "BEGINS_WITH", "IN", "BETWEEN"}) {
    const auto parsed = ParseLegacyComparison(name);
    ASSERT_TRUE(parsed) << name;
    EXPECT_EQ(NameOf(*parsed), name);
  }
  EXPECT_FALSE(ParseLegacyComparison("eq"));
  EXPECT_EQ(ParseLegacyAction("ADD"), LegacyAction::kAdd);
  EXPECT_FALSE(ParseLegacyAction("add"));
}

TEST(LegacyTest, KeyConditions) {
  auto conditions = TranslateKeyConditions({{"p", C::kEq, std::vector<AV>{S("k")}},
                                            {"s", C::kBetween, std::vector<AV>{N(1), N(2)}},
                                            {"x", C::kNe, std::vector<AV>{N(1)}}});
  ASSERT_TRUE(conditions);
  EXPECT_EQ(conditions->tests[0].op, KeyOperator::kEqual);
  EXPECT_EQ(conditions->tests[1].op, KeyOperator::kBetween);
  EXPECT_EQ(conditions->tests[1].values, (std::vector<AV>{N(1), N(2)}));
  EXPECT_EQ(conditions->tests[2].op, KeyOperator::kNotIndexable);
}

Item Updated(LegacyAttributeUpdate update, const Item& old_item) {
  auto expression = TranslateAttributeUpdates({std::move(update)});
  EXPECT_TRUE(expression) << ErrorOf(expression);
  auto result = ApplyUpdate(*expression, &old_item, {});
  EXPECT_TRUE(result) << ErrorOf(result);
  return result && *result ? **result : Item();
}

TEST(LegacyTest, AttributeUpdates) {
  using Action = LegacyAction;
  EXPECT_EQ(Updated({"a", N(1), {}}, {}), A(N(1)));
  EXPECT_EQ(Updated({"a", N(1), Action::kPut}, A(S("x"))), A(N(1)));
  EXPECT_EQ(Updated({"a", {}, Action::kDelete}, A(S("x"))), Item());
  EXPECT_EQ(Updated({"a", SS({"x"}), Action::kDelete}, A(SS({"x", "y"}))), A(SS({"y"})));
  EXPECT_EQ(Updated({"a", N(2), Action::kAdd}, A(N(1))), A(N(3)));
  EXPECT_EQ(Updated({"a", N(2), Action::kAdd}, {}), A(N(2)));
  EXPECT_EQ(Updated({"a", L({N(2)}), Action::kAdd}, A(L({N(1)}))), A(L({N(1), N(2)})));
  EXPECT_EQ(Updated({"a.b", N(1), {}}, {}), Map({{"a.b", N(1)}}));
}

TEST(LegacyTest, AttributeUpdateErrors) {
  using Action = LegacyAction;
  const auto error = [](LegacyAttributeUpdate update) {
    return ErrorOf(TranslateAttributeUpdates({std::move(update)}));
  };
  EXPECT_EQ(error({"a", {}, {}}),
            kPrefix + "Only DELETE action is allowed when no attribute value is specified");
  EXPECT_EQ(error({"a", {}, Action::kAdd}),
            kPrefix + "Only DELETE action is allowed when no attribute value is specified");
  EXPECT_EQ(error({"a", S("x"), Action::kDelete}),
            kPrefix + "DELETE action with value is not supported for the type S");
  EXPECT_EQ(error({"a", S("x"), Action::kAdd}),
            kPrefix + "ADD action is not supported for the type S");
  EXPECT_EQ(error({"a", M({}), Action::kAdd}),
            kPrefix + "ADD action is not supported for the type M");
  auto add = TranslateAttributeUpdates({{"a", N(1), Action::kAdd}});
  const Item old = A(S("x"));
  EXPECT_EQ(ErrorOf(ApplyUpdate(*add, &old, {})), "Type mismatch for attribute to update");
}

TEST(LegacyTest, AttributeUpdatesOfMissingItem) {
  const Item key = Map({{"p", S("k")}});
  auto none = TranslateAttributeUpdates({});
  EXPECT_EQ(*ApplyUpdate(*none, nullptr, key), key);
  auto remove = TranslateAttributeUpdates({{"a", {}, LegacyAction::kDelete}});
  EXPECT_EQ(*ApplyUpdate(*remove, nullptr, key), std::nullopt);
}

TEST(LegacyTest, AttributesToGet) {
  auto projection = TranslateAttributesToGet({"b", "x.y"});
  ASSERT_TRUE(projection);
  EXPECT_EQ(Project(*projection, Map({{"a", N(1)}, {"b", N(2)}, {"x.y", N(3)}, {"x", M({})}})),
            Map({{"b", N(2)}, {"x.y", N(3)}}));
  EXPECT_EQ(ErrorOf(TranslateAttributesToGet({"a", "b", "a"})),
            kPrefix + "Duplicate value in attribute name: a");
}

}  // namespace
}  // namespace stator
