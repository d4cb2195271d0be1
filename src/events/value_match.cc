#include "events/value_match.h"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace stator {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;
using simdjson::dom::element_type;
using Kind = ValueMatch::Kind;
using Comparison = ValueMatch::Comparison;

Unexpected<Status> Bad(std::string message) {
  return Fail(StatusCode::kInvalidArgument, std::move(message));
}

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool Equal(std::string_view a, std::string_view b, bool ignore_case) {
  if (!ignore_case) return a == b;
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

// nullopt: no number, or one that a Decimal does not hold.
std::optional<Decimal> NumberOf(const element& value) {
  const auto parsed = [](std::string_view text) -> std::optional<Decimal> {
    auto number = Decimal::Parse(text);
    return number ? std::optional(*number) : std::nullopt;
  };
  switch (value.type()) {
    case element_type::INT64:
      return Decimal::FromInt(int64_t(value.get_int64().value_unsafe()));
    case element_type::UINT64:
      return parsed(std::to_string(uint64_t(value.get_uint64().value_unsafe())));
    case element_type::DOUBLE: {
      // The shortest text of a double is the one that was written, up to 15 digits.
      char text[64];
      const auto end = std::to_chars(std::begin(text), std::end(text),
                                     double(value.get_double().value_unsafe()));
      return parsed({text, end.ptr});
    }
    default:
      return std::nullopt;
  }
}

std::optional<std::string_view> StringOf(const element& value) {
  std::string_view text;
  return value.get_string().get(text) == SUCCESS ? std::optional(text) : std::nullopt;
}

bool Holds(const Decimal& number, Comparison comparison, const Decimal& than) {
  switch (comparison) {
    case Comparison::kEqual:
      return number == than;
    case Comparison::kLess:
      return number < than;
    case Comparison::kLessOrEqual:
      return number <= than;
    case Comparison::kGreater:
      return number > than;
    case Comparison::kGreaterOrEqual:
      return number >= than;
  }
  return false;
}

// A string, number, null, true or false.
Result<ValueMatch> ParseScalar(const element& json) {
  ValueMatch out;
  if (const auto text = StringOf(json)) {
    out.kind = Kind::kText;
    out.text = *text;
    return out;
  }
  bool flag;
  if (json.is_null()) {
    out.kind = Kind::kNull;
  } else if (json.get_bool().get(flag) == SUCCESS) {
    out.kind = flag ? Kind::kTrue : Kind::kFalse;
  } else if (const auto number = NumberOf(json)) {
    out.kind = Kind::kNumber;
    out.number = *number;
  } else {
    return Bad("a value must be a string, a number, null, true or false");
  }
  return out;
}

// The only member of an object.
std::optional<std::pair<std::string_view, element>> OnlyMember(const element& json) {
  simdjson::dom::object object;
  if (json.get_object().get(object) != SUCCESS || object.size() != 1) return std::nullopt;
  const auto member = *object.begin();
  return std::pair(member.key, member.value);
}

// {"prefix": "a"} and {"prefix": {"equals-ignore-case": "a"}}; the same of suffix.
Result<ValueMatch> ParseAffix(Kind kind, std::string_view name, const element& json) {
  ValueMatch out;
  out.kind = kind;
  std::optional<std::string_view> text = StringOf(json);
  if (const auto inner = OnlyMember(json); inner && inner->first == "equals-ignore-case") {
    out.ignore_case = true;
    text = StringOf(inner->second);
  }
  if (!text) return Bad(std::string(name) + " must be a string");
  out.text = *text;
  return out;
}

Result<ValueMatch> ParseIgnoreCase(const element& json) {
  const auto text = StringOf(json);
  if (!text) return Bad("equals-ignore-case must be a string");
  ValueMatch out;
  out.kind = Kind::kEqualsIgnoreCase;
  out.text = *text;
  return out;
}

Result<Comparison> ParseComparison(const element& json) {
  const auto text = StringOf(json).value_or("");
  if (text == "=") return Comparison::kEqual;
  if (text == "<") return Comparison::kLess;
  if (text == "<=") return Comparison::kLessOrEqual;
  if (text == ">") return Comparison::kGreater;
  if (text == ">=") return Comparison::kGreaterOrEqual;
  return Bad("numeric compares with =, <, <=, > and >=");
}

// ["=", 5], [">", 0], [">=", 0, "<", 10].
Result<ValueMatch> ParseNumeric(const element& json, bool of_text) {
  simdjson::dom::array list;
  if (json.get_array().get(list) != SUCCESS || list.size() == 0 || list.size() % 2 != 0 ||
      list.size() > 4) {
    return Bad("numeric must be a list of one or two comparisons, each with its number");
  }
  ValueMatch out;
  out.kind = Kind::kNumeric;
  out.of_text = of_text;
  for (auto it = list.begin(); it != list.end(); ++it) {
    auto comparison = ParseComparison(*it);
    if (!comparison) return Unexpected(std::move(comparison).error());
    ++it;
    const auto number = NumberOf(*it);
    if (!number) return Bad("numeric compares with numbers");
    out.range.emplace_back(*comparison, *number);
  }
  if (out.range.size() == 2) {
    const auto below = [](Comparison c) {
      return c == Comparison::kLess || c == Comparison::kLessOrEqual;
    };
    const auto [first, low] = out.range[0];
    const auto [second, high] = out.range[1];
    if (first == Comparison::kEqual || below(first) || !below(second) || low >= high) {
      return Bad("a numeric range is >, or >=, its lower end, then <, or <=, its upper end");
    }
  }
  return out;
}

Result<ValueMatch> ParseExists(const element& json) {
  ValueMatch out;
  out.kind = Kind::kExists;
  if (json.get_bool().get(out.exists) != SUCCESS) return Bad("exists must be true or false");
  return out;
}

// One of what anything-but excludes: a scalar, or what {"prefix": ...} and the like say of it.
Result<ValueMatch> ParseExcluded(std::string_view operation, const element& json) {
  if (operation == "prefix") return ParseAffix(Kind::kPrefix, operation, json);
  if (operation == "suffix") return ParseAffix(Kind::kSuffix, operation, json);
  if (operation == "equals-ignore-case") return ParseIgnoreCase(json);
  auto scalar = ParseScalar(json);
  if (scalar && scalar->kind != Kind::kText && scalar->kind != Kind::kNumber) {
    return Bad("anything-but excludes strings and numbers");
  }
  return scalar;
}

Result<ValueMatch> ParseAnythingBut(const element& json) {
  ValueMatch out;
  out.kind = Kind::kAnythingBut;
  element what = json;
  std::string_view operation;
  if (json.is_object()) {
    const auto member = OnlyMember(json);
    if (!member || (member->first != "prefix" && member->first != "suffix" &&
                    member->first != "equals-ignore-case")) {
      return Bad("anything-but knows prefix, suffix and equals-ignore-case");
    }
    std::tie(operation, what) = *member;
  }
  simdjson::dom::array list;
  if (what.get_array().get(list) == SUCCESS) {
    for (const element excluded : list) {
      auto parsed = ParseExcluded(operation, excluded);
      if (!parsed) return parsed;
      out.not_these.push_back(std::move(*parsed));
    }
  } else {
    auto parsed = ParseExcluded(operation, what);
    if (!parsed) return parsed;
    out.not_these.push_back(std::move(*parsed));
  }
  if (out.not_these.empty()) return Bad("anything-but excludes nothing");
  return out;
}

}  // namespace

bool ValueMatch::Matches(const element& value) const {
  switch (kind) {
    case Kind::kNull:
      return value.is_null();
    case Kind::kTrue:
    case Kind::kFalse: {
      bool flag;
      return value.get_bool().get(flag) == SUCCESS && flag == (kind == Kind::kTrue);
    }
    case Kind::kExists:
      return exists;
    case Kind::kNumber: {
      const auto found = NumberOf(value);
      return found && *found == number;
    }
    case Kind::kNumeric: {
      auto found = NumberOf(value);
      if (const auto written = StringOf(value); written && of_text) {
        if (auto parsed = Decimal::Parse(*written)) found = *parsed;
      }
      return found && std::all_of(range.begin(), range.end(), [&](const auto& end) {
               return Holds(*found, end.first, end.second);
             });
    }
    case Kind::kAnythingBut:
      return std::none_of(not_these.begin(), not_these.end(),
                          [&](const ValueMatch& excluded) { return excluded.Matches(value); });
    case Kind::kText:
    case Kind::kEqualsIgnoreCase:
    case Kind::kPrefix:
    case Kind::kSuffix:
      break;
  }
  const auto found = StringOf(value);
  if (!found) return false;
  if (kind == Kind::kText) return *found == text;
  if (kind == Kind::kEqualsIgnoreCase) return Equal(*found, text, true);
  if (found->size() < text.size()) return false;
  const size_t start = kind == Kind::kPrefix ? 0 : found->size() - text.size();
  return Equal(found->substr(start, text.size()), text, ignore_case);
}

Result<ValueMatch> ParseValueMatch(const element& json, bool of_text) {
  if (!json.is_object()) return ParseScalar(json);
  const auto member = OnlyMember(json);
  if (!member) return Bad("a test has one member");
  const auto& [name, value] = *member;
  if (name == "prefix") return ParseAffix(Kind::kPrefix, name, value);
  if (name == "suffix") return ParseAffix(Kind::kSuffix, name, value);
  if (name == "equals-ignore-case") return ParseIgnoreCase(value);
  if (name == "numeric") return ParseNumeric(value, of_text);
  if (name == "exists") return ParseExists(value);
  if (name == "anything-but") return ParseAnythingBut(value);
  return Bad("there is no test '" + std::string(name) + "'");
}

}  // namespace stator
