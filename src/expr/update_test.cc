// Static errors of update expressions, to the letter (facts 3.9). What they do:
// update_apply_test.cc.
#include "expr/update.h"

#include <gtest/gtest.h>

#include <string>

#include "expr/expr_test_util.h"

namespace stator {
namespace {

using namespace test;  // NOLINT

// The error without its prefix, or "ok".
std::string Error(const std::string& text) {
  Placeholders placeholders = Bind({{"#a", "a"}, {"#n", "name"}}, Map({{":n", N(1)},
                                                                       {":s", S("a")},
                                                                       {":b", B("a")},
                                                                       {":bool", AV::Bool(true)},
                                                                       {":null", AV::NullValue()},
                                                                       {":l", L({N(1)})},
                                                                       {":map", M({{"x", N(1)}})},
                                                                       {":ss", SS({"a"})}}));
  auto parsed = ParseUpdate(text, &placeholders);
  if (parsed) return "ok";
  const std::string message = ErrorOf(parsed);
  const std::string prefix = "Invalid UpdateExpression: ";
  EXPECT_EQ(message.substr(0, prefix.size()), prefix);
  return message.substr(prefix.size());
}

std::string Syntax(const std::string& token, const std::string& near) {
  return "Syntax error; token: \"" + token + "\", near: \"" + near + "\"";
}

TEST(UpdateErrorTest, Syntax) {
  EXPECT_EQ(Error(""), "The expression can not be empty;");
  EXPECT_EQ(Error("INVALID SYNTAX"), Syntax("INVALID", "INVALID SYNTAX"));
  EXPECT_EQ(Error("!!! INVALID !!!"), Syntax("!", "!!"));
  EXPECT_EQ(Error("SET"), Syntax("<EOF>", "SET"));
  EXPECT_EQ(Error("SET a = :n +"), Syntax("<EOF>", "+"));
  EXPECT_EQ(Error("SET a = :n,"), Syntax("<EOF>", ","));
  EXPECT_EQ(Error("REMOVE a b"), Syntax("b", "a b"));
  EXPECT_EQ(Error("ADD a b"), Syntax("b", "a b"));
  EXPECT_EQ(Error("SET a = b + c + d"), Syntax("+", "c + d"));
  EXPECT_EQ(Error("SET a = if_not_exists(a, b + :n)"), Syntax("+", "b + :n"));
  EXPECT_EQ(Error("SET a = if_not_exists(a, (b + :n))"), Syntax("+", "b + :n"));
  for (const char* text : {"SET a",
                           "SET a :n",
                           "SET :n = a",
                           "SET a = ",
                           "ADD a :n :n",
                           "ADD a = :n",
                           "DELETE a",
                           "DELETE a, b",
                           "REMOVE",
                           "REMOVE a = :n",
                           "SET a = :n REMOVE",
                           "SET set = :n",
                           "a = :n",
                           "SET a = f()",
                           "SET a = (b",
                           "SET a[-1] = :n",
                           "SET a[:n] = :n",
                           "SET a = b * c",
                           "SET a = b = c",
                           "SET a = b AND c",
                           "SET a = :n;",
                           "SET a = -:n",
                           "SET if_not_exists(a, b)"}) {
    EXPECT_EQ(Error(text).substr(0, 13), "Syntax error;") << text << ": " << Error(text);
  }
}

TEST(UpdateErrorTest, LegalForms) {
  for (const char* text : {"SET a = :n",
                           "set a=:n,b=:s remove c add d :n delete f :ss",
                           "DELETE f :ss SET a = b",
                           "SET a = b + :n",
                           "SET a = :n - b",
                           "SET a = (b - :n)",
                           "SET a = (b) + (:n)",
                           "SET a = (b + :n) + c",
                           "SET a = if_not_exists(a, :n) + :n",
                           "SET a = list_append(a, :l)",
                           "SET a = list_append(if_not_exists(a, :l), :l)",
                           "SET a = if_not_exists(b, if_not_exists(c, :n))",
                           "SET a[0].b = :n",
                           "SET #a.c = #n",
                           "ADD a.b :n, c :ss",
                           "REMOVE a[1], a[3], b.c",
                           "SET a = a, b = b",
                           "SET a = if_not_exists(a, :s) + :n",
                           "SET a.b = :n, a.c = :n, d[0] = :n, d[1] = :n",
                           "SET remove1 = :n",
                           "SET a = :n - :n"}) {
    EXPECT_EQ(Error(text), "ok") << text;
  }
}

TEST(UpdateErrorTest, SizeAndOperators) {
  EXPECT_EQ(Error("SET a = :n" + std::string(4087, ' ')),
            "Expression size has exceeded the maximum allowed size; expression size: 4097");
  std::string text = "SET a=:n+:n";
  for (int i = 0; i < 300; ++i) text += ",a" + std::to_string(i) + "=b+c";
  EXPECT_EQ(Error(text), "The expression contains too many operators; operator count: 301");
  EXPECT_EQ(Error("SET a = ((b + :n))"), "The expression has redundant parentheses;");
  EXPECT_EQ(Error("SET a = " + std::string(2000, '(') + ":n" + std::string(2000, ')')),
            "The expression has redundant parentheses;");
  EXPECT_EQ(Error("REMOVE a[99999999999999]"),
            "List index is not within the allowable range; index: [99999999999999]");
}

TEST(UpdateErrorTest, NamesFunctionsSections) {
  EXPECT_EQ(Error("SET name = f(a)"),
            "Attribute name is a reserved keyword; reserved keyword: name");
  EXPECT_EQ(Error("SET a = f(#x) SET b = :n"), "Invalid function name; function: f");
  EXPECT_EQ(Error("SET a = List_Append(a, :l)"), "Invalid function name; function: List_Append");
  EXPECT_EQ(Error("SET a = :n SET b = #x"),
            "The \"SET\" section can only be used once in an update expression;");
  EXPECT_EQ(Error("remove a remove b"),
            "The \"REMOVE\" section can only be used once in an update expression;");
  EXPECT_EQ(Error("ADD a :n DELETE c :ss ADD b :n"),
            "The \"ADD\" section can only be used once in an update expression;");
  EXPECT_EQ(Error("DELETE a :ss DELETE b :ss"),
            "The \"DELETE\" section can only be used once in an update expression;");
  const std::string misused =
      "The function is not allowed to be used this way in an expression; function: ";
  EXPECT_EQ(Error("SET a = list_append(list_append(a, :l), :l)"), misused + "list_append");
  EXPECT_EQ(Error("SET a = if_not_exists(a, list_append(b, :l))"), misused + "list_append");
  EXPECT_EQ(Error("SET a = size(b)"), misused + "size");
  EXPECT_EQ(Error("SET a = attribute_exists(b)"), misused + "attribute_exists");
}

TEST(UpdateErrorTest, Undefined) {
  // Names before values, whatever their order.
  EXPECT_EQ(Error("SET a = :x, #x = :n"),
            "An expression attribute name used in the document path is not defined; attribute "
            "name: #x");
  EXPECT_EQ(Error("SET a = :x, a = :n"),
            "An expression attribute value used in expression is not defined; attribute value: :x");
}

TEST(UpdateErrorTest, PathClashes) {
  const auto overlap = [](const std::string& one, const std::string& two) {
    return "Two document paths overlap with each other; must remove or rewrite one of these paths; "
           "path one: " +
           one + ", path two: " + two;
  };
  const auto conflict = [](const std::string& one, const std::string& two) {
    return "Two document paths conflict with each other; must remove or rewrite one of these "
           "paths; path one: " +
           one + ", path two: " + two;
  };
  EXPECT_EQ(Error("SET a = :n, a.b = :n"), overlap("[a]", "[a, b]"));
  EXPECT_EQ(Error("SET a.b = :n REMOVE #a"), overlap("[a, b]", "[a]"));
  EXPECT_EQ(Error("SET a = :n ADD a :n"), overlap("[a]", "[a]"));
  EXPECT_EQ(Error("REMOVE a[1] SET a[1].x = :n"), overlap("[a, [1]]", "[a, [1], x]"));
  EXPECT_EQ(Error("SET a.b = :n, a[1] = :n"), conflict("[a, b]", "[a, [1]]"));
  // Any overlap before any conflict, either before the types.
  EXPECT_EQ(Error("SET a.b = :n, a[1] = :n, c = :n, c.d = :n"), overlap("[c]", "[c, d]"));
  EXPECT_EQ(Error("ADD a :s SET b = :n, b = :n"), overlap("[b]", "[b]"));
  EXPECT_EQ(Error("SET a.b = :n, a.c = :n, d[0] = :n, d[1].x = a.b"), "ok");
}

TEST(UpdateErrorTest, OperandTypes) {
  const auto action = [](const std::string& op, const std::string& type) {
    return "Incorrect operand type for operator or function; operator: " + op +
           ", operand type: " + type;
  };
  EXPECT_EQ(Error("ADD a :s"), action("ADD", "STRING"));
  EXPECT_EQ(Error("ADD a :b"), action("ADD", "BINARY"));
  EXPECT_EQ(Error("ADD a :null"), action("ADD", "NULL"));
  EXPECT_EQ(Error("ADD a :bool"), action("ADD", "BOOLEAN"));
  EXPECT_EQ(Error("ADD a :l"), action("ADD", "LIST"));
  EXPECT_EQ(Error("ADD a :map"), action("ADD", "MAP"));
  EXPECT_EQ(Error("DELETE a :n"), action("DELETE", "NUMBER"));
  EXPECT_EQ(Error("DELETE a :s"), action("DELETE", "STRING"));
  // ADD and DELETE before the functions.
  EXPECT_EQ(Error("SET b = :s + :n ADD a :s"), action("ADD", "STRING"));

  const std::string type =
      "Incorrect operand type for operator or function; operator or function: ";
  EXPECT_EQ(Error("SET a = b + :s"), type + "+, operand type: S");
  EXPECT_EQ(Error("SET a = :l - b"), type + "-, operand type: L");
  EXPECT_EQ(Error("SET a = list_append(b, :s)"), type + "list_append, operand type: S");
  EXPECT_EQ(Error("SET a = list_append(:n, b)"), type + "list_append, operand type: N");
  EXPECT_EQ(Error("SET a = list_append(a, :l) + :n"), type + "+, operand type: L");
  const std::string count =
      "Incorrect number of operands for operator or function; operator or function: ";
  EXPECT_EQ(Error("SET a = if_not_exists(b)"), count + "if_not_exists, number of operands: 1");
  EXPECT_EQ(Error("SET a = list_append(b, c, d)"), count + "list_append, number of operands: 3");
  EXPECT_EQ(Error("SET a = if_not_exists(:n, b)"),
            "Operator or function requires a document path; operator or function: if_not_exists");
  EXPECT_EQ(Error("SET a = if_not_exists(if_not_exists(a, b), c)"),
            "Operator or function requires a document path; operator or function: if_not_exists");
}

TEST(UpdateTest, TouchedAttributesAndCost) {
  Placeholders p = Bind({}, Map({{":n", N(1)}, {":ss", SS({"a"})}}));
  auto update = ParseUpdate(
      "SET a.b = :n, c = d + :n, l[2] = c REMOVE a.x, l[0], m[1].k ADD e :n DELETE f :ss", &p);
  ASSERT_TRUE(update);
  const auto touched = TouchedAttributes(*update);
  EXPECT_EQ(touched, (std::vector<std::string_view>{"a", "c", "l", "m", "e", "f"}));
  const UpdateCost cost = CostOf(*update);
  EXPECT_EQ(cost.written_values, 5);
  EXPECT_EQ(cost.removes, 3);
  EXPECT_EQ(cost.list_targets, 2);
  EXPECT_EQ(cost.arithmetic_sets, 1);
  EXPECT_EQ(cost.Total(), 3 + 5 * 19 + 3 * 2 + 2 + 50);
  std::string visited;
  VisitPaths(*update, [&](const DocumentPath& path) { visited += path.ToString(); });
  EXPECT_EQ(visited, "[a, b][c][d][l, [2]][c][a, x][l, [0]][m, [1], k][e][f]");
}

}  // namespace
}  // namespace stator
