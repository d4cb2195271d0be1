#include "events/functions.h"

#include <algorithm>
#include <set>
#include <utility>

#include "net/http_client.h"

namespace stator {
namespace {

Unexpected<Status> Bad(std::string message) {
  return Fail(StatusCode::kInvalidArgument, std::move(message));
}

bool IsFunctionName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

Result<void> CheckUrl(const std::string& url) {
  if (url.empty()) return {};
  auto parsed = ParseUrl(url);
  if (!parsed) return Unexpected(std::move(parsed).error());
  return {};
}

}  // namespace

Result<Functions> Functions::Create(std::vector<FunctionTarget> functions,
                                    std::vector<FailureTarget> destinations) {
  std::set<std::string_view> seen;
  for (const FunctionTarget& function : functions) {
    const std::string what = "function '" + function.name + "': ";
    if (!IsFunctionName(function.name)) {
      return Bad(what + "a name has 1 to 64 letters, digits, - and _");
    }
    if (!seen.insert(function.name).second) return Bad(what + "is there twice");
    if (function.url.empty() == function.command.empty()) {
      return Bad(what + "must have a url or a command, and not both");
    }
    if (auto checked = CheckUrl(function.url); !checked) {
      return Bad(what + checked.error().message);
    }
    if (!function.command.empty() && function.command[0].empty()) {
      return Bad(what + "the command is empty");
    }
    if (function.timeout_ms <= 0) return Bad(what + "the time limit must be more than nothing");
  }
  seen.clear();
  for (const FailureTarget& destination : destinations) {
    const std::string what = "destination '" + destination.arn + "': ";
    if (!destination.arn.starts_with("arn:")) return Bad(what + "must have an arn");
    if (!seen.insert(destination.arn).second) return Bad(what + "is there twice");
    if (destination.url.empty() + destination.file.empty() + destination.table.empty() != 2) {
      return Bad(what + "must have a url, a file or a table, and only one of them");
    }
    if (auto checked = CheckUrl(destination.url); !checked) {
      return Bad(what + checked.error().message);
    }
  }
  Functions out;
  out.functions_ = std::move(functions);
  out.destinations_ = std::move(destinations);
  return out;
}

const FunctionTarget* Functions::Find(std::string_view name) const {
  for (const FunctionTarget& function : functions_) {
    if (function.name == name) return &function;
  }
  return nullptr;
}

const FailureTarget* Functions::FindDestination(std::string_view arn) const {
  for (const FailureTarget& destination : destinations_) {
    if (destination.arn == arn) return &destination;
  }
  return nullptr;
}

}  // namespace stator
