// The log: one JSON object a line, on stderr.
#ifndef STATOR_SERVER_LOG_H_
#define STATOR_SERVER_LOG_H_

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

#include "base/result.h"

namespace stator {

enum class LogLevel { kDebug, kInfo, kWarning, kError, kOff };

// Once, before the first line and before there are other threads.
void StartLog(LogLevel level);

bool LogsAt(LogLevel level);

struct LogField {
  std::string_view name;  // a plain word
  std::variant<std::string_view, int64_t> value;
};

// {"time":"...","level":"info","message":"...",fields}. Thread-safe.
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

// "debug", "info", "warning", "error" or "off".
Result<LogLevel> ParseLogLevel(std::string_view text);

}  // namespace stator

#endif  // STATOR_SERVER_LOG_H_
