#include "server/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

#include "base/json_string.h"

namespace stator {
namespace {

constexpr std::string_view kNames[] = {"debug", "info", "warning", "error", "off"};

spdlog::level::level_enum ToSpdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kOff:
      break;
  }
  return spdlog::level::off;
}

}  // namespace

void StartLog(LogLevel level) {
  auto logger =
      std::make_shared<spdlog::logger>("stator", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  // %v is the inside of a JSON object already.
  logger->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%l",%v})",
                      spdlog::pattern_time_type::utc);
  logger->set_level(ToSpdlog(level));
  spdlog::set_default_logger(std::move(logger));
}

bool LogsAt(LogLevel level) { return spdlog::default_logger_raw()->should_log(ToSpdlog(level)); }

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (!LogsAt(level)) return;
  std::string text = "\"message\":";
  AppendJsonString(message, &text);
  for (const LogField& field : fields) {
    text.append(",\"").append(field.name).append("\":");
    if (const auto* number = std::get_if<int64_t>(&field.value)) {
      text += std::to_string(*number);
    } else {
      AppendJsonString(std::get<std::string_view>(field.value), &text);
    }
  }
  spdlog::default_logger_raw()->log(ToSpdlog(level),
                                    spdlog::string_view_t(text.data(), text.size()));
}

Result<LogLevel> ParseLogLevel(std::string_view text) {
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (text == kNames[i]) return static_cast<LogLevel>(i);
  }
  return Fail(StatusCode::kInvalidArgument, "must be debug, info, warning, error or off");
}

}  // namespace stator
