#include "server/function_settings.h"

#include <algorithm>
#include <string>
#include <utility>

namespace stator {
namespace {

constexpr std::string_view kTable = "table:";

Unexpected<Status> Bad(std::string message) {
  return Fail(StatusCode::kInvalidArgument, std::move(message));
}

bool IsUrl(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

// Calls use(name, target) for each piece of "NAME=TARGET,...". False: a piece is not of that form.
template <class Use>
bool ForEachPair(std::string_view text, Use use) {
  while (!text.empty()) {
    const size_t end = std::min(text.find(','), text.size());
    const std::string_view piece = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t equals = piece.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == piece.size()) return false;
    use(std::string(piece.substr(0, equals)), piece.substr(equals + 1));
  }
  return true;
}

Result<void> ReadText(const toml::node& node, std::string_view name, std::string* out) {
  const auto* text = node.as_string();
  if (text == nullptr) return Bad(std::string(name) + " must be a string");
  *out = text->get();
  return {};
}

Result<void> ReadCommand(const toml::node& node, std::vector<std::string>* out) {
  if (const auto* text = node.as_string()) {
    *out = {text->get()};
    return {};
  }
  const auto* list = node.as_array();
  if (list == nullptr) return Bad("command must be a string or a list of strings");
  for (const toml::node& element : *list) {
    if (auto read = ReadText(element, "command", &out->emplace_back()); !read) return read;
  }
  return {};
}

Result<void> ReadTimeout(const toml::node& node, int64_t* millis) {
  constexpr int64_t kMaxSeconds = 86'400;
  const auto* seconds = node.as_integer();
  if (seconds == nullptr || seconds->get() < 1 || seconds->get() > kMaxSeconds) {
    return Bad("timeout_seconds must be a number from 1 to 86400");
  }
  *millis = seconds->get() * 1000;
  return {};
}

}  // namespace

Result<std::vector<FunctionTarget>> ParseFunctions(std::string_view text) {
  std::vector<FunctionTarget> out;
  const bool good = ForEachPair(text, [&](std::string name, std::string_view target) {
    FunctionTarget& function = out.emplace_back();
    function.name = std::move(name);
    if (IsUrl(target)) {
      function.url = target;
    } else {
      function.command = {std::string(target)};
    }
  });
  if (!good) return Bad("must be NAME=URL,NAME=PROGRAM,...");
  return out;
}

Result<std::vector<FailureTarget>> ParseDestinations(std::string_view text) {
  std::vector<FailureTarget> out;
  const bool good = ForEachPair(text, [&](std::string arn, std::string_view target) {
    FailureTarget& destination = out.emplace_back();
    destination.arn = std::move(arn);
    if (IsUrl(target)) {
      destination.url = target;
    } else if (target.starts_with(kTable)) {
      destination.table = target.substr(kTable.size());
    } else {
      destination.file = target;
    }
  });
  if (!good) return Bad("must be ARN=URL,ARN=table:NAME,ARN=FILE,...");
  return out;
}

Result<FunctionTarget> ReadFunction(const toml::table& table) {
  FunctionTarget function;
  for (const auto& [key, node] : table) {
    const std::string_view name = key.str();
    auto read = name == "name"      ? ReadText(node, name, &function.name)
                : name == "url"     ? ReadText(node, name, &function.url)
                : name == "command" ? ReadCommand(node, &function.command)
                : name == "timeout_seconds"
                    ? ReadTimeout(node, &function.timeout_ms)
                    : Result<void>(Bad("there is no member " + std::string(name)));
    if (!read) return Unexpected(std::move(read).error());
  }
  return function;
}

Result<FailureTarget> ReadDestination(const toml::table& table) {
  FailureTarget destination;
  for (const auto& [key, node] : table) {
    const std::string_view name = key.str();
    std::string* const member = name == "arn"     ? &destination.arn
                                : name == "url"   ? &destination.url
                                : name == "file"  ? &destination.file
                                : name == "table" ? &destination.table
                                                  : nullptr;
    auto read = member != nullptr ? ReadText(node, name, member)
                                  : Result<void>(Bad("there is no member " + std::string(name)));
    if (!read) return Unexpected(std::move(read).error());
  }
  return destination;
}

}  // namespace stator
