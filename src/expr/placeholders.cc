#include "expr/placeholders.h"

#include <algorithm>

#include "model/item_size.h"
#include "model/limits.h"

namespace stator {
namespace {

constexpr std::string_view kNamesMember = "ExpressionAttributeNames";
constexpr std::string_view kValuesMember = "ExpressionAttributeValues";

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string JoinNames(std::span<const ExpressionParameter> parameters, bool present_only,
                      std::string_view separator) {
  std::string out;
  for (const ExpressionParameter& parameter : parameters) {
    if (present_only && !parameter.present) continue;
    if (!out.empty()) out += separator;
    out += parameter.name;
  }
  return out;
}

bool AnyPresent(std::span<const ExpressionParameter> parameters) {
  return std::any_of(parameters.begin(), parameters.end(),
                     [](const ExpressionParameter& p) { return p.present; });
}

Unexpected<ApiError> UnusedError(std::string_view member, const std::string& keys) {
  return Invalid("Value provided in " + std::string(member) + " unused in expressions: keys: {" +
                 keys + "}");
}

}  // namespace

ApiResult<void> CheckPlaceholderKey(std::string_view member, std::string_view key) {
  const char sign = member == kNamesMember ? '#' : ':';
  const auto invalid = [&](std::string_view why) {
    return Invalid(std::string(member) + " contains invalid key: " + std::string(why) +
                   "; key: \"" + std::string(key) + "\"");
  };
  if (key.size() < 2 || key[0] != sign ||
      !std::all_of(key.begin() + 1, key.end(), IsWordCharacter)) {
    return invalid("Syntax error");
  }
  if (key.size() > kMaxPlaceholderSize) return invalid("The key is too long");
  return {};
}

ApiResult<Placeholders> Placeholders::Create(std::optional<Names> names,
                                             std::optional<AttributeMap> values) {
  Placeholders result;
  size_t total = 0;
  if (names) {
    if (names->empty()) return Invalid(std::string(kNamesMember) + " must not be empty");
    for (auto& [placeholder, name] : *names) {
      if (auto ok = CheckPlaceholderKey(kNamesMember, placeholder); !ok) {
        return Unexpected<ApiError>(std::move(ok).error());
      }
      total += placeholder.size() + name.size();
    }
  }
  if (values) {
    if (values->empty()) return Invalid(std::string(kValuesMember) + " must not be empty");
    for (const auto& [placeholder, value] : *values) {
      if (auto ok = CheckPlaceholderKey(kValuesMember, placeholder); !ok) {
        return Unexpected<ApiError>(std::move(ok).error());
      }
      total += placeholder.size() + SizeOf(value);
    }
  }
  if (names) {
    for (auto& [placeholder, name] : *names) {
      if (name.empty()) {
        return Invalid(std::string(kNamesMember) +
                       " contains invalid value: Empty attribute name for key " + placeholder);
      }
      result.names_.push_back({std::move(placeholder), std::move(name)});
    }
    std::stable_sort(result.names_.begin(), result.names_.end(),
                     [](const Name& a, const Name& b) { return a.placeholder < b.placeholder; });
  }
  if (total > kMaxSubstitutionSize) {
    return Invalid(std::string(names ? kNamesMember : kValuesMember) +
                   " exceeds the maximum allowed size of all substitution variables; size: " +
                   std::to_string(total));
  }
  if (values) {
    result.value_used_.resize(values->size());
    result.values_ = std::make_shared<const AttributeMap>(std::move(*values));
  }
  return result;
}

const std::string* Placeholders::UseName(std::string_view placeholder) {
  auto it = std::lower_bound(
      names_.begin(), names_.end(), placeholder,
      [](const Name& name, std::string_view wanted) { return name.placeholder < wanted; });
  if (it == names_.end() || it->placeholder != placeholder) return nullptr;
  it->used = true;
  return &it->name;
}

ValuePtr Placeholders::UseValue(std::string_view placeholder) {
  if (values_ == nullptr) return nullptr;
  const auto it = std::lower_bound(values_->begin(), values_->end(), placeholder,
                                   [](const AttributeMap::Entry& entry, std::string_view wanted) {
                                     return entry.first < wanted;
                                   });
  if (it == values_->end() || it->first != placeholder) return nullptr;
  value_used_[static_cast<size_t>(it - values_->begin())] = true;
  return ValuePtr(values_, &it->second);
}

ApiResult<void> Placeholders::CheckAllUsed() const {
  std::string unused;
  const auto append = [&unused](const std::string& key) {
    if (!unused.empty()) unused += ", ";
    unused += key;
  };
  for (const Name& name : names_) {
    if (!name.used) append(name.placeholder);
  }
  if (!unused.empty()) return UnusedError(kNamesMember, unused);
  for (size_t i = 0; i < value_used_.size(); ++i) {
    if (!value_used_[i]) append((values_->begin() + static_cast<ptrdiff_t>(i))->first);
  }
  if (!unused.empty()) return UnusedError(kValuesMember, unused);
  return {};
}

ApiResult<void> CheckNamesAllowed(bool has_names,
                                  std::span<const ExpressionParameter> expressions) {
  if (!has_names || AnyPresent(expressions)) return {};
  return Invalid(std::string(kNamesMember) + " can only be specified when using expressions");
}

ApiResult<void> CheckValuesAllowed(bool has_values,
                                   std::span<const ExpressionParameter> expressions,
                                   bool newer_wording) {
  std::vector<ExpressionParameter> with_values;
  for (const ExpressionParameter& expression : expressions) {
    if (expression.name != "ProjectionExpression") with_values.push_back(expression);
  }
  if (!has_values || AnyPresent(with_values)) return {};
  std::string text = std::string(kValuesMember) + " can only be specified when using expressions";
  if (!newer_wording && !with_values.empty()) {
    text += ": " + JoinNames(with_values, false, " and ") +
            (with_values.size() == 1 ? " is null" : " are null");
  }
  return Invalid(std::move(text));
}

ApiResult<void> CheckNotMixed(std::span<const ExpressionParameter> non_expression,
                              std::span<const ExpressionParameter> expression) {
  if (!AnyPresent(non_expression) || !AnyPresent(expression)) return {};
  return Invalid(
      "Can not use both expression and non-expression parameters in the same request: "
      "Non-expression parameters: {" +
      JoinNames(non_expression, true, ", ") + "} Expression parameters: {" +
      JoinNames(expression, true, ", ") + "}");
}

}  // namespace stator
