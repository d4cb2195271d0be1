#include "base/date_text.h"

#include <fmt/format.h>

#include <chrono>

namespace stator {
namespace {

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kDays = "SunMonTueWedThuFriSat";

// All of `text` as a decimal number, -1 if it is none.
int Number(std::string_view text) {
  int value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int64_t> ToUnixSeconds(int year, int month, int day, int hour, int minute,
                                     int second) {
  if (year < 0 || month < 1 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 59) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                         std::chrono::day(day)};
  if (!date.ok()) return std::nullopt;
  const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return days * 86400 + hour * 3600 + minute * 60 + second;
}

struct Civil {
  explicit Civil(int64_t unix_seconds)
      : days(std::chrono::floor<std::chrono::days>(
            std::chrono::sys_seconds(std::chrono::seconds(unix_seconds)))),
        date(days),
        time(std::chrono::sys_seconds(std::chrono::seconds(unix_seconds)) - days) {}
  int year() const { return static_cast<int>(date.year()); }
  unsigned month() const { return static_cast<unsigned>(date.month()); }
  unsigned day() const { return static_cast<unsigned>(date.day()); }
  std::string_view month_name() const { return kMonths.substr((month() - 1) * 3, 3); }
  std::string_view weekday() const {
    return kDays.substr(std::chrono::weekday(days).c_encoding() * 3, 3);
  }

  std::chrono::sys_days days;
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::seconds> time;
};

}  // namespace

std::optional<int64_t> ParseIsoBasic(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  return ToUnixSeconds(Number(text.substr(0, 4)), Number(text.substr(4, 2)),
                       Number(text.substr(6, 2)), Number(text.substr(9, 2)),
                       Number(text.substr(11, 2)), Number(text.substr(13, 2)));
}

std::string FormatIsoBasic(int64_t unix_seconds) {
  const Civil c(unix_seconds);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", c.year(), c.month(), c.day(),
                     c.time.hours().count(), c.time.minutes().count(), c.time.seconds().count());
}

std::string FormatIsoExtended(int64_t unix_seconds) {
  const Civil c(unix_seconds);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year(), c.month(), c.day(),
                     c.time.hours().count(), c.time.minutes().count(), c.time.seconds().count());
}

std::string FormatIsoMillis(int64_t unix_millis) {
  return FormatIsoExtended(unix_millis / 1000) + fmt::format(".{:03}", unix_millis % 1000);
}

std::string FormatJavaDate(int64_t unix_seconds) {
  const Civil c(unix_seconds);
  return fmt::format("{} {} {:02} {:02}:{:02}:{:02} UTC {:04}", c.weekday(), c.month_name(),
                     c.day(), c.time.hours().count(), c.time.minutes().count(),
                     c.time.seconds().count(), c.year());
}

std::optional<int64_t> ParseRfc3339(std::string_view text) {
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  const auto local = ToUnixSeconds(Number(text.substr(0, 4)), Number(text.substr(5, 2)),
                                   Number(text.substr(8, 2)), Number(text.substr(11, 2)),
                                   Number(text.substr(14, 2)), Number(text.substr(17, 2)));
  const std::string_view zone = text.substr(19);
  if (!local || zone == "Z") return local;
  if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return std::nullopt;
  const int hours = Number(zone.substr(1, 2)), minutes = Number(zone.substr(4, 2));
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const int64_t ahead = hours * 3600 + minutes * 60;
  return zone[0] == '+' ? *local - ahead : *local + ahead;
}

std::optional<int64_t> ParseHttpDate(std::string_view text) {
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' ||
      text[16] != ' ' || text[19] != ':' || text[22] != ':' || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  const size_t month = kMonths.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  return ToUnixSeconds(Number(text.substr(12, 4)), static_cast<int>(month / 3) + 1,
                       Number(text.substr(5, 2)), Number(text.substr(17, 2)),
                       Number(text.substr(20, 2)), Number(text.substr(23, 2)));
}

std::string FormatHttpDate(int64_t unix_seconds) {
  const Civil c(unix_seconds);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", c.weekday(), c.day(),
                     c.month_name(), c.year(), c.time.hours().count(), c.time.minutes().count(),
                     c.time.seconds().count());
}

}  // namespace stator
