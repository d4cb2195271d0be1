// What conditions evaluate to (facts 3.5), and that printing and parsing a condition keeps its
// meaning.
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/random.h"
#include "expr/condition.h"
#include "expr/expr_test_util.h"

namespace stator {
namespace {

using namespace test;  // NOLINT

const Item& Sample() {
  static const Item item = Map({
      {"s", S("hello")},
      {"s2", S("he")},
      {"n", N(5)},
      {"n2", Num("5.0")},
      {"b", B(std::string("\x01\xFF\x03", 3))},
      {"t", AV::Bool(true)},
      {"nul", AV::NullValue()},
      {"ss", SS({"x", "y", ""})},
      {"ns", NS({1, 2, 3})},
      {"l", L({N(1), S("two"), L({N(3)}), M({{"k", S("v")}})})},
      {"m", M({{"k", S("v")}, {"q", N(1)}})},
      {"m2", M({{"q", Num("1.0")}, {"k", S("v")}})},
      {"e", S("")},
      {"wide", S("a\xC3\xA4\xF0\x9F\x98\x80")},
  });
  return item;
}

bool Holds(const std::string& text, AttributeMap values = {}, const Item* item = &Sample()) {
  Placeholders placeholders = Bind({}, std::move(values));
  auto parsed = ParseCondition(text, ExpressionKind::kCondition, &placeholders);
  EXPECT_TRUE(parsed) << text << ": " << ErrorOf(parsed);
  return parsed && Evaluate(*parsed, item);
}
bool Holds(const std::string& text, AV value) { return Holds(text, Map({{":v", value}})); }

TEST(EvaluateTest, Equality) {
  EXPECT_TRUE(Holds("s = :v", S("hello")));
  EXPECT_FALSE(Holds("s = :v", S("Hello")));
  EXPECT_TRUE(Holds("n = n2"));
  EXPECT_TRUE(Holds("n = :v", Num("5e0")));
  EXPECT_FALSE(Holds("n = :v", S("5")));
  EXPECT_TRUE(Holds("n <> :v", S("5")));
  EXPECT_TRUE(Holds("ss = :v", SS({"y", "", "x"})));
  EXPECT_FALSE(Holds("ss = :v", SS({"x", "y"})));
  EXPECT_TRUE(Holds("m = m2"));
  EXPECT_FALSE(Holds("l = :v", L({S("two"), N(1)})));
  EXPECT_TRUE(Holds("nul = :v", AV::NullValue()));
  EXPECT_TRUE(Holds(":v = :v", N(1)));
  const AV digits38 = Num("12345678901234567890123456789012345678");
  EXPECT_FALSE(Holds("a = b", {}, &Sample()));
  const Item precise = Map({{"a", digits38}, {"b", Num("12345678901234567890123456789012345679")}});
  EXPECT_FALSE(Holds("a = b", {}, &precise));
  EXPECT_TRUE(Holds("a < b", {}, &precise));
}

TEST(EvaluateTest, MissingAttributes) {
  EXPECT_FALSE(Holds("x = :v", N(1)));
  EXPECT_FALSE(Holds("x = y"));
  EXPECT_TRUE(Holds("x <> :v", N(1)));
  EXPECT_TRUE(Holds("x <> y"));
  EXPECT_FALSE(Holds("x < :v", N(1)));
  EXPECT_FALSE(Holds("x >= y"));
  EXPECT_FALSE(Holds("x BETWEEN :v AND :v", N(1)));
  EXPECT_FALSE(Holds("n BETWEEN x AND :v", N(10)));
  EXPECT_FALSE(Holds("x IN (:v, y)", N(1)));
  EXPECT_FALSE(Holds("contains(x, :v)", N(1)));
  EXPECT_FALSE(Holds("begins_with(x, :v)", S("")));
  EXPECT_FALSE(Holds("attribute_type(x, :v)", S("NULL")));
  EXPECT_FALSE(Holds("size(x) >= :v", N(0)));
  EXPECT_FALSE(Holds("size(x) <> :v", N(0)));
  EXPECT_TRUE(Holds("NOT size(x) >= :v", N(0)));
  EXPECT_TRUE(Holds("NOT x < :v", N(1)));
}

TEST(EvaluateTest, MissingItemIsEmptyItem) {
  EXPECT_TRUE(Holds("attribute_not_exists(s)", {}, nullptr));
  EXPECT_FALSE(Holds("attribute_exists(s)", {}, nullptr));
  EXPECT_TRUE(Holds("p <> :v", Map({{":v", S("k")}}), nullptr));
  EXPECT_FALSE(Holds("p = :v", Map({{":v", S("k")}}), nullptr));
  EXPECT_TRUE(Holds(":v = :v", Map({{":v", S("k")}}), nullptr));
}

TEST(EvaluateTest, Order) {
  EXPECT_TRUE(Holds("n < :v", N(6)));
  EXPECT_FALSE(Holds("n < :v", N(5)));
  EXPECT_TRUE(Holds("n <= :v", N(5)));
  EXPECT_TRUE(Holds("n > :v", Num("4.99")));
  EXPECT_TRUE(Holds(":v < n", N(-7)));
  EXPECT_FALSE(Holds("n < :v", S("9")));
  EXPECT_FALSE(Holds("n >= :v", S("9")));
  EXPECT_TRUE(Holds("s > s2"));
  EXPECT_TRUE(Holds("s < :v", S("\xC3\xA4")));
  EXPECT_TRUE(Holds("b > :v", B(std::string("\x01\x7F", 2))));
  EXPECT_FALSE(Holds("t < nul"));
  EXPECT_TRUE(Holds("n BETWEEN :a AND :b", Map({{":a", N(5)}, {":b", N(5)}})));
  EXPECT_FALSE(Holds("n BETWEEN :a AND :b", Map({{":a", S("1")}, {":b", S("9")}})));
  EXPECT_TRUE(Holds(":v BETWEEN s2 AND s", S("hello")));
}

TEST(EvaluateTest, In) {
  EXPECT_TRUE(Holds("n IN (:v, s)", N(5)));
  EXPECT_TRUE(Holds("n IN (s, n2)"));
  EXPECT_FALSE(Holds("n IN (s, :v)", S("5")));
  EXPECT_TRUE(Holds("l[2] IN (:v)", L({N(3)})));
}

TEST(EvaluateTest, Existence) {
  EXPECT_TRUE(Holds("attribute_exists(nul)"));
  EXPECT_TRUE(Holds("attribute_exists(l[3].k)"));
  EXPECT_FALSE(Holds("attribute_exists(l[4])"));
  EXPECT_FALSE(Holds("attribute_exists(s.k)"));
  EXPECT_FALSE(Holds("attribute_exists(m[0])"));
  EXPECT_TRUE(Holds("attribute_not_exists(m.x)"));
}

TEST(EvaluateTest, AttributeType) {
  const std::map<std::string, std::string> types = {{"s", "S"},    {"n", "N"},      {"b", "B"},
                                                    {"t", "BOOL"}, {"nul", "NULL"}, {"ss", "SS"},
                                                    {"ns", "NS"},  {"l", "L"},      {"m", "M"}};
  for (const auto& [name, type] : types) {
    EXPECT_TRUE(Holds("attribute_type(" + name + ", :v)", S(type)));
    EXPECT_FALSE(Holds("attribute_type(" + name + ", :v)", S("BS")));
  }
  EXPECT_TRUE(Holds("attribute_type(:x, :v)", Map({{":x", N(1)}, {":v", S("N")}})));
}

TEST(EvaluateTest, BeginsWith) {
  EXPECT_TRUE(Holds("begins_with(s, s2)"));
  EXPECT_FALSE(Holds("begins_with(s2, s)"));
  EXPECT_TRUE(Holds("begins_with(:v, s)", S("hello!")));
  EXPECT_TRUE(Holds("begins_with(b, :v)", B("\x01")));
  EXPECT_FALSE(Holds("begins_with(s, :v)", B("h")));
  EXPECT_FALSE(Holds("begins_with(n, :v)", S("5")));
}

TEST(EvaluateTest, Contains) {
  EXPECT_TRUE(Holds("contains(s, :v)", S("ell")));
  EXPECT_TRUE(Holds("contains(s, e)"));
  EXPECT_FALSE(Holds("contains(s, :v)", N(1)));
  EXPECT_TRUE(Holds("contains(b, :v)", B("\xFF")));
  EXPECT_TRUE(Holds("contains(ss, :v)", S("")));
  EXPECT_TRUE(Holds("contains(ss, e)"));
  EXPECT_FALSE(Holds("contains(ss, :v)", S("z")));
  EXPECT_FALSE(Holds("contains(ss, :v)", SS({"x"})));
  EXPECT_TRUE(Holds("contains(ns, :v)", Num("2.0")));
  EXPECT_FALSE(Holds("contains(ns, :v)", S("2")));
  EXPECT_TRUE(Holds("contains(l, :v)", S("two")));
  EXPECT_TRUE(Holds("contains(l, :v)", L({N(3)})));
  EXPECT_TRUE(Holds("contains(l, :v)", M({{"k", S("v")}})));
  EXPECT_FALSE(Holds("contains(m, :v)", S("k")));
  EXPECT_FALSE(Holds("contains(n, :v)", N(5)));
  EXPECT_TRUE(Holds("contains(:v, s2)", SS({"he", "she"})));
}

TEST(EvaluateTest, Size) {
  EXPECT_TRUE(Holds("size(s) = :v", N(5)));
  EXPECT_TRUE(Holds("size(wide) = :v", N(4)));  // two, and a surrogate pair
  EXPECT_TRUE(Holds("size(b) = :v", N(3)));
  EXPECT_TRUE(Holds("size(ss) = :v", N(3)));
  EXPECT_TRUE(Holds("size(ns) = :v", N(3)));
  EXPECT_TRUE(Holds("size(l) = :v", N(4)));
  EXPECT_TRUE(Holds("size(m) = :v", N(2)));
  EXPECT_TRUE(Holds("size(e) < n"));
  EXPECT_TRUE(Holds("n = size(s)"));
  EXPECT_TRUE(Holds("size(:x) = :v", Map({{":x", S("abc")}, {":v", N(3)}})));
  for (const char* name : {"n", "t", "nul"}) {
    EXPECT_FALSE(Holds("size(" + std::string(name) + ") >= :v", N(0)));
    EXPECT_FALSE(Holds("size(" + std::string(name) + ") <> :v", N(0)));
  }
  EXPECT_TRUE(Holds("size(s) <> gone"));
}

TEST(EvaluateTest, Precedence) {
  const auto holds = [](const std::string& text) {
    return Holds(text, Map({{":t", N(5)}, {":f", N(6)}}));
  };
  const std::string t = "n = :t", f = "n = :f";
  EXPECT_TRUE(holds(t + " OR " + t + " AND " + f));
  EXPECT_FALSE(holds("(" + t + " OR " + t + ") AND " + f));
  EXPECT_TRUE(holds(f + " AND " + f + " OR " + t));
  EXPECT_FALSE(holds("NOT " + t + " AND " + f));
  EXPECT_TRUE(holds("NOT " + f + " AND " + t));
  EXPECT_TRUE(holds("NOT (" + t + " AND " + f + ")"));
  EXPECT_FALSE(holds("NOT NOT " + f));
  EXPECT_TRUE(holds("n BETWEEN :t AND :f AND " + t));
  EXPECT_TRUE(holds("NOT n IN (:f) AND " + t));
}

// -- random conditions
// -----------------------------------------------------------------------------------

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  Condition MakeCondition(int depth) {
    Condition condition;
    if (depth > 0 && random_.Uniform(3) != 0) {
      const ConditionOp ops[] = {ConditionOp::kAnd, ConditionOp::kOr, ConditionOp::kNot};
      condition.op = ops[random_.Uniform(3)];
      const size_t children = condition.op == ConditionOp::kNot ? 1 : 2 + random_.Uniform(2);
      for (size_t i = 0; i < children; ++i) {
        condition.conditions.push_back(MakeCondition(depth - 1));
      }
      return condition;
    }
    condition.op = static_cast<ConditionOp>(3 + random_.Uniform(13));
    size_t operands = 2;
    if (condition.op == ConditionOp::kBetween) operands = 3;
    if (condition.op == ConditionOp::kIn) operands = 2 + random_.Uniform(3);
    if (condition.op == ConditionOp::kAttributeExists ||
        condition.op == ConditionOp::kAttributeNotExists) {
      condition.operands.push_back(Operand::Path(MakePath()));
      return condition;
    }
    for (size_t i = 0; i < operands; ++i) condition.operands.push_back(MakeOperand());
    if (condition.op == ConditionOp::kAttributeType) {
      condition.operands[1] = Operand::Value(S(random_.OneIn(2) ? "S" : "N"));
    }
    return condition;
  }

  Item MakeItem() {
    Item item;
    for (const char* name : {"a1", "b1", "c1"}) {
      if (!random_.OneIn(4)) item.Set(name, MakeValue(2));
    }
    return item;
  }

 private:
  DocumentPath MakePath() {
    DocumentPath path;
    const char* const names[] = {"a1", "b1", "c1"};
    path.elements.push_back(PathElement::Name(names[random_.Uniform(3)]));
    while (random_.OneIn(3)) {
      path.elements.push_back(random_.OneIn(2) ? PathElement::Name(names[random_.Uniform(3)])
                                               : PathElement::Index(uint32_t(random_.Uniform(3))));
    }
    return path;
  }
  AV MakeValue(int depth) {
    switch (random_.Uniform(depth > 0 ? 7 : 4)) {
      case 0:
        return N(int64_t(random_.Uniform(3)));
      case 1:
        return S(std::string(random_.Uniform(3), 'x'));
      case 2:
        return B(std::string(random_.Uniform(2), 'x'));
      case 3:
        return AV::Bool(random_.OneIn(2));
      case 4:
        return SS({"x", "xx"});
      case 5:
        return L({MakeValue(depth - 1), MakeValue(depth - 1)});
      default:
        return M({{"a1", MakeValue(depth - 1)}});
    }
  }
  Operand MakeOperand() {
    switch (random_.Uniform(5)) {
      case 0: {
        Operand size;
        size.kind = Operand::Kind::kSize;
        size.arguments.push_back(Operand::Path(MakePath()));
        return size;
      }
      case 1:
        return Operand::Value(MakeValue(1));
      default:
        return Operand::Path(MakePath());
    }
  }

  SeededRandom random_;
};

// Prints a condition as a text with placeholders, in parentheses only where they are needed.
class Printer {
 public:
  std::string Print(const Condition& condition) {
    switch (condition.op) {
      case ConditionOp::kAnd:
      case ConditionOp::kOr: {
        std::string out;
        for (const Condition& child : condition.conditions) {
          if (!out.empty()) out += condition.op == ConditionOp::kAnd ? " AND " : " or ";
          const bool weaker = child.op == ConditionOp::kOr && condition.op == ConditionOp::kAnd;
          out += weaker ? "(" + Print(child) + ")" : Print(child);
        }
        return out;
      }
      case ConditionOp::kNot: {
        const Condition& child = condition.conditions[0];
        const bool weaker = child.op == ConditionOp::kOr || child.op == ConditionOp::kAnd;
        return "Not " + (weaker ? "(" + Print(child) + ")" : Print(child));
      }
      case ConditionOp::kBetween:
        return Print(condition.operands[0]) + " between " + Print(condition.operands[1]) + " AND " +
               Print(condition.operands[2]);
      case ConditionOp::kIn:
        return Print(condition.operands[0]) + " IN (" + PrintList(condition.operands, 1) + ")";
      case ConditionOp::kAttributeExists:
      case ConditionOp::kAttributeNotExists:
      case ConditionOp::kAttributeType:
      case ConditionOp::kBeginsWith:
      case ConditionOp::kContains:
        return std::string(NameOf(condition.op)) + "(" + PrintList(condition.operands, 0) + ")";
      default:
        return Print(condition.operands[0]) + std::string(NameOf(condition.op)) +
               Print(condition.operands[1]);
    }
  }
  const AttributeMap& values() const { return values_; }

 private:
  std::string PrintList(const std::vector<Operand>& operands, size_t first) {
    std::string out;
    for (size_t i = first; i < operands.size(); ++i) {
      if (!out.empty()) out += ", ";
      out += Print(operands[i]);
    }
    return out;
  }
  std::string Print(const Operand& operand) {
    if (operand.kind == Operand::Kind::kSize) return "size(" + Print(operand.arguments[0]) + ")";
    if (operand.kind == Operand::Kind::kValue) {
      const std::string key = ":v" + std::to_string(values_.size());
      values_.Set(key, *operand.value);
      return key;
    }
    std::string out;
    for (const PathElement& element : operand.path.elements) {
      if (element.is_index) {
        out += "[" + std::to_string(element.index) + "]";
      } else {
        out += (out.empty() ? "" : ".") + element.name;
      }
    }
    return out;
  }
  AttributeMap values_;
};

TEST(EvaluateTest, PrintedAndParsedConditionsAgree) {
  int legal = 0, held = 0;
  for (uint64_t seed = 1; seed <= 4000; ++seed) {
    Generator generator(seed);
    const Condition condition = generator.MakeCondition(3);
    Printer printer;
    const std::string text = printer.Print(condition);
    Placeholders placeholders = Bind({}, printer.values());
    auto parsed = ParseCondition(text, ExpressionKind::kFilter, &placeholders);
    if (!parsed) {
      // Some are refused for what they mean (types of constants, equal operands), none for syntax.
      ASSERT_EQ(ErrorOf(parsed).find("Syntax error"), std::string::npos) << text;
      ASSERT_EQ(ErrorOf(parsed).find("parentheses"), std::string::npos) << text;
      continue;
    }
    ++legal;
    for (int i = 0; i < 10; ++i) {
      const Item item = generator.MakeItem();
      const bool expected = Evaluate(condition, &item);
      held += expected;
      ASSERT_EQ(Evaluate(*parsed, &item), expected) << text;
    }
  }
  // The generator is worth something only if it makes both sorts.
  EXPECT_GT(legal, 1000);
  EXPECT_GT(held, 1000);
  EXPECT_LT(held, legal * 10 - 1000);
}

}  // namespace
}  // namespace stator
