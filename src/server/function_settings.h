// The settings `functions` and `destinations`, in their two forms: a line of text, and tables of
// the configuration file.
#ifndef STATOR_SERVER_FUNCTION_SETTINGS_H_
#define STATOR_SERVER_FUNCTION_SETTINGS_H_

#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "base/result.h"
#include "events/functions.h"

namespace stator {

// "NAME=TARGET,...": the target is an http:// or https:// URL, or the path of a program.
// Errors (all): kInvalidArgument.
Result<std::vector<FunctionTarget>> ParseFunctions(std::string_view text);
// "ARN=TARGET,...": a URL, table:NAME, or the path of a file.
Result<std::vector<FailureTarget>> ParseDestinations(std::string_view text);

// name, url or command (a string or a list of strings), timeout_seconds.
Result<FunctionTarget> ReadFunction(const toml::table& table);
// arn, and url, file or table.
Result<FailureTarget> ReadDestination(const toml::table& table);

}  // namespace stator

#endif  // STATOR_SERVER_FUNCTION_SETTINGS_H_
