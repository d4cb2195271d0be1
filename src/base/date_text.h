// Dates as HTTP and AWS write them, in UTC.
#ifndef STATOR_BASE_DATE_TEXT_H_
#define STATOR_BASE_DATE_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stator {

// ISO-8601 basic format, "20130609T100015Z". Seconds since the Unix epoch; nothing if it is not a
// date in exactly this form.
std::optional<int64_t> ParseIsoBasic(std::string_view text);
std::string FormatIsoBasic(int64_t unix_seconds);

// ISO-8601 extended format without the zone: "2013-06-09T10:00:15", and with ".123" from
// milliseconds.
std::string FormatIsoExtended(int64_t unix_seconds);
std::string FormatIsoMillis(int64_t unix_millis);

// As Java's Date writes itself, "Sun Jun 09 10:00:15 UTC 2013".
std::string FormatJavaDate(int64_t unix_seconds);

// RFC 3339, to the second: "2013-06-09T10:00:15Z", "2013-06-09T12:00:15+02:00". Nothing if it is
// not a date in this form.
std::optional<int64_t> ParseRfc3339(std::string_view text);

// HTTP's own form, "Sun, 09 Jun 2013 10:00:15 GMT" (RFC 7231, IMF-fixdate).
std::optional<int64_t> ParseHttpDate(std::string_view text);
std::string FormatHttpDate(int64_t unix_seconds);

}  // namespace stator

#endif  // STATOR_BASE_DATE_TEXT_H_
