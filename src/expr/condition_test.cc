// Errors of conditions, to the letter (facts 3.2 to 3.4). What they evaluate to: evaluate_test.cc.
#include "expr/condition.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "expr/expr_test_util.h"

namespace stator {
namespace {

using namespace test;  // NOLINT

Placeholders Usual() {
  return Bind({{"#a", "a"}, {"#n", "name"}}, Map({{":n", N(1)},
                                                  {":m", N(2)},
                                                  {":s", S("a")},
                                                  {":t", S("b")},
                                                  {":b", B("a")},
                                                  {":bool", AV::Bool(true)},
                                                  {":null", AV::NullValue()},
                                                  {":l", L({N(1)})},
                                                  {":map", M({{"x", N(1)}})},
                                                  {":ss", SS({"a"})},
                                                  {":ns", NS({1})}}));
}

// The error without its prefix, or "ok".
std::string Error(const std::string& text, ExpressionKind kind = ExpressionKind::kCondition) {
  Placeholders placeholders = Usual();
  auto parsed = ParseCondition(text, kind, &placeholders);
  if (parsed) return "ok";
  const std::string message = ErrorOf(parsed);
  const std::string prefix = "Invalid " + std::string(KindName(kind)) + ": ";
  EXPECT_EQ(message.substr(0, prefix.size()), prefix);
  return message.substr(prefix.size());
}

std::string Syntax(const std::string& token, const std::string& near) {
  return "Syntax error; token: \"" + token + "\", near: \"" + near + "\"";
}

TEST(ConditionErrorTest, Prefixes) {
  Placeholders p = Usual();
  EXPECT_EQ(ErrorOf(ParseCondition("", ExpressionKind::kCondition, &p)),
            "Invalid ConditionExpression: The expression can not be empty;");
  EXPECT_EQ(ErrorOf(ParseCondition("", ExpressionKind::kFilter, &p)),
            "Invalid FilterExpression: The expression can not be empty;");
  EXPECT_EQ(ErrorOf(ParseCondition("", ExpressionKind::kKeyCondition, &p)),
            "Invalid KeyConditionExpression: The expression can not be empty;");
}

TEST(ConditionErrorTest, SyntaxWindows) {
  EXPECT_EQ(Error("!!! INVALID !!!"), Syntax("!", "!!"));
  EXPECT_EQ(Error("INVALID SYNTAX"), Syntax("SYNTAX", "INVALID SYNTAX"));
  EXPECT_EQ(Error("a ="), Syntax("<EOF>", "="));
  EXPECT_EQ(Error("a = :n :type"), Syntax(":type", ":n :type"));
  EXPECT_EQ(Error("a = :-"), Syntax(":", "= :-"));
  EXPECT_EQ(Error("my-attr = :n"), Syntax("-", "my-attr"));
  EXPECT_EQ(Error("a.0 = :n"), Syntax("0", ".0 ="));
  EXPECT_EQ(Error("_a = :n"), Syntax("_", "_a"));
  EXPECT_EQ(Error("a = 'x'"), Syntax("'", "= 'x"));
  EXPECT_EQ(Error("a = \xC3\xA4 b"), Syntax("\xC3\xA4", "= \xC3\xA4 b"));
}

TEST(ConditionErrorTest, SyntaxErrors) {
  for (const char* text : {"a",
                           ":n",
                           "(a)",
                           "a AND b = :n",
                           "NOT a",
                           "a = :n AND",
                           "a = :n OR OR b = :n",
                           "a == :n",
                           "a = b = c",
                           "(a = :n",
                           "a = :n)",
                           "a BETWEEN :n",
                           "a BETWEEN :n OR :m",
                           "a IN :n",
                           "a IN ()",
                           "a IN (:n",
                           "a IN (:n,)",
                           "size()",
                           "f(a,)",
                           "f(a",
                           "a[:n] = :n",
                           "a[-1] = :n",
                           "a[#a] = :n",
                           "a[b] = :n",
                           "a[] = :n",
                           "a[1 = :n",
                           "[1] = :n",
                           ".a = :n",
                           "a. = :n",
                           "and = :n",
                           "not = :n",
                           "in = :n",
                           "# = :n",
                           ": = a",
                           "#a(b)",
                           ":n(b)",
                           "a = (b = c)",
                           "(a = :n) = :m",
                           "NOT",
                           "()",
                           "a = ()",
                           "a + :n = :m",
                           "(a AND b)",
                           "a <> <> b",
                           "contains(a = :n, b)",
                           "size((a = :n)) > :n"}) {
    EXPECT_EQ(Error(text).substr(0, 13), "Syntax error;") << text << ": " << Error(text);
  }
}

TEST(ConditionErrorTest, LegalForms) {
  for (const char* text : {"a = :n",
                           "#a.b[0].c<>:n",
                           "a[0][1] = :n",
                           "(a = :n)",
                           "((a = :n) and b = :m)",
                           "(a) = (:n)",
                           "NOT a = :n",
                           "not not a = :n",
                           "NOT (a = :n) OR b < c",
                           "a in (:n)",
                           "A In (b, c, :n)",
                           "a between b AND :n and c = :n",
                           "size(a) > :n",
                           "size((a)) > :n",
                           "(size(a)) > :n",
                           "(contains(a, :s))",
                           "attribute_exists(a)",
                           "attribute_not_exists(#a.b)",
                           "attribute_type(a, :typ)",
                           "begins_with(:s, a)",
                           "contains(:l, a)",
                           "a = size(b)",
                           "a BETWEEN size(b) AND size(c)",
                           " \t\r\na\n=\t:n ",
                           "a.b.c = :n",
                           "set = :n AND b = :n",
                           "a IN (size(b), (c))",
                           "remove = :n",
                           ":n = :n",
                           ":n > :m",
                           "size(:s) = :n"}) {
    Placeholders p =
        Bind({{"#a", "a"}},
             Map({{":n", N(1)}, {":m", N(2)}, {":s", S("a")}, {":l", L({})}, {":typ", S("SS")}}));
    auto parsed = ParseCondition(text, ExpressionKind::kFilter, &p);
    if (std::string(text).find("set =") == 0) {
      // A keyword of updates is a name here, though a reserved one.
      EXPECT_EQ(ErrorOf(parsed),
                "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: "
                "set");
    } else {
      EXPECT_TRUE(parsed) << text << ": " << ErrorOf(parsed);
    }
  }
}

TEST(ConditionErrorTest, RedundantParentheses) {
  const std::string redundant = "The expression has redundant parentheses;";
  EXPECT_EQ(Error("((a = :n))"), redundant);
  EXPECT_EQ(Error("((a)) = :n"), redundant);
  EXPECT_EQ(Error("a = ((:n))"), redundant);
  EXPECT_EQ(Error("size(((a))) = :n"), redundant);
  EXPECT_EQ(Error("NOT ((a = :n))"), redundant);
  // It wins over everything but syntax.
  EXPECT_EQ(Error("((f(name) = :undefined))"), redundant);
  EXPECT_EQ(Error("((f(name) = :undefined)) b"), Syntax("b", ") b"));
}

TEST(ConditionErrorTest, Functions) {
  EXPECT_EQ(Error("f(a)"), "Invalid function name; function: f");
  EXPECT_EQ(Error("Size(a) = :n"), "Invalid function name; function: Size");
  EXPECT_EQ(Error("a = f(size(b))"), "Invalid function name; function: f");
  const std::string misused =
      "The function is not allowed to be used this way in an expression; function: ";
  EXPECT_EQ(Error("size(a)"), misused + "size");
  EXPECT_EQ(Error("NOT size(a)"), misused + "size");
  EXPECT_EQ(Error("(size(a)) OR a = :n"), misused + "size");
  EXPECT_EQ(Error("attribute_exists(a) = :bool"), misused + "attribute_exists");
  EXPECT_EQ(Error("a = contains(a, :s)"), misused + "contains");
  EXPECT_EQ(Error("size(begins_with(a, :s)) = :n"), misused + "begins_with");
  EXPECT_EQ(Error("a = if_not_exists(a, :n)"), misused + "if_not_exists");
  EXPECT_EQ(Error("list_append(a, :l)"), misused + "list_append");
  // Unknown before misused, wherever they stand.
  EXPECT_EQ(Error("size(a) AND f(a)"), "Invalid function name; function: f");
  EXPECT_EQ(Error("size(name)"), misused + "size");
}

TEST(ConditionErrorTest, ReservedWords) {
  const std::string reserved = "Attribute name is a reserved keyword; reserved keyword: ";
  EXPECT_EQ(Error("name = :n"), reserved + "name");
  EXPECT_EQ(Error("a.Status = :undefined"), reserved + "Status");
  EXPECT_EQ(Error("a.b[0].ZONE = :n"), reserved + "ZONE");
  EXPECT_EQ(Error("#n = :n"), "ok");
}

TEST(ConditionErrorTest, Undefined) {
  EXPECT_EQ(Error("#x = :y"),
            "An expression attribute name used in the document path is not defined; attribute "
            "name: #x");
  EXPECT_EQ(Error(":y = #x"),
            "An expression attribute value used in expression is not defined; attribute value: :y");
  EXPECT_EQ(Error("a.#x[0] = :n"),
            "An expression attribute name used in the document path is not defined; attribute "
            "name: #x");
  // Undefined wins over the operand errors.
  EXPECT_EQ(Error("attribute_exists(:y)"),
            "An expression attribute value used in expression is not defined; attribute value: :y");
  EXPECT_EQ(Error("size(a, b) = :n AND a = :y"),
            "An expression attribute value used in expression is not defined; attribute value: :y");
  Placeholders none;
  EXPECT_EQ(ErrorOf(ParseCondition("a = :n", ExpressionKind::kFilter, &none)),
            "Invalid FilterExpression: An expression attribute value used in expression is not "
            "defined; attribute value: :n");
}

TEST(ConditionErrorTest, OperandCounts) {
  const std::string count =
      "Incorrect number of operands for operator or function; operator or function: ";
  EXPECT_EQ(Error("size(a, b) = :n"), count + "size, number of operands: 2");
  EXPECT_EQ(Error("attribute_exists(a, b)"), count + "attribute_exists, number of operands: 2");
  EXPECT_EQ(Error("attribute_not_exists(a, b, c)"),
            count + "attribute_not_exists, number of operands: 3");
  EXPECT_EQ(Error("attribute_type(a)"), count + "attribute_type, number of operands: 1");
  EXPECT_EQ(Error("begins_with(a)"), count + "begins_with, number of operands: 1");
  EXPECT_EQ(Error("contains(a, b, c)"), count + "contains, number of operands: 3");
  // Counts before types.
  EXPECT_EQ(Error("attribute_exists(:n) AND contains(a)"),
            count + "contains, number of operands: 1");
}

TEST(ConditionErrorTest, OperandTypes) {
  const std::string type =
      "Incorrect operand type for operator or function; operator or function: ";
  EXPECT_EQ(Error("attribute_exists(:n)"),
            "Operator or function requires a document path; operator or function: "
            "attribute_exists");
  EXPECT_EQ(Error("attribute_not_exists(size(a))"),
            "Operator or function requires a document path; operator or function: "
            "attribute_not_exists");
  EXPECT_EQ(Error("begins_with(a, :n)"), type + "begins_with, operand type: N");
  EXPECT_EQ(Error("begins_with(:ss, a)"), type + "begins_with, operand type: SS");
  EXPECT_EQ(Error("begins_with(a, size(b))"), type + "begins_with, operand type: N");
  EXPECT_EQ(Error("size(:n) = :n"), type + "size, operand type: N");
  EXPECT_EQ(Error("size(:bool) = :n"), type + "size, operand type: BOOL");
  EXPECT_EQ(Error("size(:null) = :n"), type + "size, operand type: NULL");
  EXPECT_EQ(Error("size(size(a)) = :n"), type + "size, operand type: N");
  EXPECT_EQ(Error("a < :bool"), type + "<, operand type: BOOL");
  EXPECT_EQ(Error(":null <= a"), type + "<=, operand type: NULL");
  EXPECT_EQ(Error("a > :l"), type + ">, operand type: L");
  EXPECT_EQ(Error("a >= :map"), type + ">=, operand type: M");
  EXPECT_EQ(Error("a BETWEEN :ns AND :ns"), type + "BETWEEN, operand type: NS");
  EXPECT_EQ(Error("a = :map AND b <> :null"), "ok");
  EXPECT_EQ(Error("attribute_type(a, b)"),
            type + "attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}");
  EXPECT_EQ(Error("attribute_type(a, :n)"), type + "attribute_type, operand type: N");
  EXPECT_EQ(Error("attribute_type(a, size(b))"), type + "attribute_type, operand type: N");
  EXPECT_EQ(Error("attribute_type(a, :s)"),
            "Invalid attribute type name found; type: a, valid types: "
            "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
}

TEST(ConditionErrorTest, Distinct) {
  const auto distinct = [](const std::string& op, const std::string& path) {
    return "The first operand must be distinct from the remaining operands for this operator or "
           "function; operator: " +
           op + ", first operand: " + path;
  };
  EXPECT_EQ(Error("a = a"), distinct("=", "[a]"));
  EXPECT_EQ(Error("#a <> a"), distinct("<>", "[a]"));
  EXPECT_EQ(Error("ab.bc[1].a < ab.bc[1].a"), distinct("<", "[ab, bc, [1], a]"));
  EXPECT_EQ(Error("contains(a, a)"), distinct("contains", "[a]"));
  EXPECT_EQ(Error("begins_with(a, #a)"), distinct("begins_with", "[a]"));
  EXPECT_EQ(Error("a[0] = a[1]"), "ok");
  EXPECT_EQ(Error(":n = :n"), "ok");
  EXPECT_EQ(Error("a IN (a)"), "ok");
  // The type error wins, though it comes later in the text.
  EXPECT_EQ(Error("a = a AND a < :bool").substr(0, 22), "Incorrect operand type");
}

TEST(ConditionErrorTest, BetweenBounds) {
  EXPECT_EQ(Error("a BETWEEN :n AND :s"),
            "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
            "operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}");
  EXPECT_EQ(Error("a BETWEEN :t AND :s"),
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
            "lower bound operand: AttributeValue: {S:b}, upper bound operand: AttributeValue: "
            "{S:a}");
  EXPECT_EQ(Error("a BETWEEN :m AND :n"),
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
            "lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: "
            "{N:1}");
  EXPECT_EQ(Error("a BETWEEN :b AND :s").find("lower bound operand: AttributeValue: {B:YQ==}") !=
                std::string::npos,
            true);
  EXPECT_EQ(Error("a BETWEEN :n AND :n"), "ok");
  EXPECT_EQ(Error("a BETWEEN :m AND b"), "ok");
}

TEST(ConditionErrorTest, Size) {
  const std::string longest = "a = :n" + std::string(4090, ' ');
  EXPECT_EQ(Error(longest), "ok");
  EXPECT_EQ(Error(longest + " "),
            "Expression size has exceeded the maximum allowed size; expression size: 4097");
  EXPECT_EQ(Error(std::string(5000, '(')),
            "Expression size has exceeded the maximum allowed size; expression size: 5000");
}

std::string Repeat(const std::string& text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(ConditionErrorTest, OperatorCount) {
  const auto many = [](int n) {
    return "The expression contains too many operators; operator count: " + std::to_string(n);
  };
  // 150 comparisons and 149 ORs, and a NOT.
  const std::string with_299 = Repeat("a=:n OR ", 149) + "a=:n";
  EXPECT_EQ(Error(with_299), "ok");
  EXPECT_EQ(Error("NOT " + with_299), "ok");
  EXPECT_EQ(Error("NOT NOT " + with_299), many(301));
  EXPECT_EQ(Error("a BETWEEN :n AND :m AND b IN (:n) AND " + with_299), many(303));
  // Functions and parentheses do not count.
  EXPECT_EQ(Error("(" + with_299 + " or contains(a, :n))"), "ok");
}

TEST(ConditionErrorTest, InOperands) {
  const auto in = [](int n) { return "a IN (" + Repeat(":n,", n - 1) + ":n)"; };
  EXPECT_EQ(Error(in(99)), "ok");
  EXPECT_EQ(Error(in(100)),
            "The IN operator is provided with too many operands; number of operands: 101");
}

TEST(ConditionErrorTest, PathLimits) {
  EXPECT_EQ(Error("a[99999999999999] = :n"),
            "List index is not within the allowable range; index: [99999999999999]");
  EXPECT_EQ(Error("a[2147483647] = :n"), "ok");
  EXPECT_EQ(Error("a[2147483648] = :n").substr(0, 10), "List index");
  EXPECT_EQ(Error("a" + Repeat(".b", 31) + " = :n"), "ok");
  EXPECT_EQ(Error("a" + Repeat(".b", 32) + " = :n"),
            "The document path has too many nesting levels; nesting levels: 33");
}

TEST(ConditionErrorTest, DeepNestingIsAnError) {
  EXPECT_EQ(Error(Repeat("(", 2000) + "a=:n" + Repeat(")", 2000)),
            "The expression has redundant parentheses;");
  EXPECT_EQ(Error(Repeat("(", 4000)), "The expression has redundant parentheses;");
  EXPECT_EQ(Error(Repeat("NOT ", 1000) + "a=:n"),
            "The expression contains too many operators; operator count: 617");
  EXPECT_NE(Error(Repeat("size(", 800)), "ok");
  // As deep as it can legally get.
  EXPECT_EQ(Error(Repeat("NOT(", 299) + "a=:n" + Repeat(")", 299)), "ok");
}

TEST(ConditionErrorTest, VisitsPathsInOrder) {
  Placeholders p = Usual();
  auto parsed = ParseCondition("a.b = :n AND (size(c[0]) > d OR NOT contains(e, #n))",
                               ExpressionKind::kFilter, &p);
  ASSERT_TRUE(parsed);
  std::string visited;
  VisitPaths(*parsed, [&](const DocumentPath& path) { visited += path.ToString(); });
  EXPECT_EQ(visited, "[a, b][c, [0]][d][e][name]");
}

}  // namespace
}  // namespace stator
