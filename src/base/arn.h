// Amazon resource names, taken apart: arn:<partition>:<service>:<region>:<account>:<resource>.
#ifndef STATOR_BASE_ARN_H_
#define STATOR_BASE_ARN_H_

#include <optional>
#include <string_view>

namespace stator {

struct Arn {
  std::string_view partition;
  std::string_view service;
  std::string_view region;
  std::string_view account;
  std::string_view resource;  // may hold colons
};

// Views of `text`; parts may be empty. nullopt if it does not begin with "arn" or has too few
// parts.
std::optional<Arn> ParseArn(std::string_view text);

}  // namespace stator

#endif  // STATOR_BASE_ARN_H_
