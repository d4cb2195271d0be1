// When items expire, and the entries, ordered by that, by which those that have are found
// (facts 9.1). Pure.
//
// A value of type N in the attribute that the table's definition names is a time in seconds since
// the epoch; an item expires when it is past, unless it is past for more than five years. Each
// commit that changes an item keeps its entry. Entries have no value.
#ifndef STATOR_TABLE_TIME_TO_LIVE_H_
#define STATOR_TABLE_TIME_TO_LIVE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/attribute_value.h"
#include "storage/engine.h"
#include "table/table_definition.h"

namespace stator {

// A time below is older than five years on every clock that is right, one above is never reached
// (it may be in milliseconds): such items have no entry.
inline constexpr uint64_t kMinExpirySeconds = 1'000'000'000;    // of the year 2001
inline constexpr uint64_t kMaxExpirySeconds = 253'402'300'799;  // the end of the year 9999

// The first whole second that is not before the time in `value`, which may be null; nullopt: what
// has this value never expires.
std::optional<uint64_t> ExpiryOf(const AttributeValue* value);

// Times from `begin` on, before `end`, in seconds.
struct ExpiryWindow {
  uint64_t begin = 0;
  uint64_t end = 0;
  bool Contains(uint64_t seconds) const { return seconds >= begin && seconds < end; }
  bool operator==(const ExpiryWindow&) const = default;
};

// What is past for more than `delay_micros`, and not for more than five years.
ExpiryWindow ExpiredBy(int64_t now_micros, int64_t delay_micros);

// Whether an item as it is stored (nullopt: there is none) has expired in `window`. Not what cannot
// be read.
bool HasExpired(const TableDefinition& table, std::optional<std::string_view> item,
                ExpiryWindow window);

// Key of the entry of a stored item; nullopt: it has none. Errors: kCorruption. REQUIRES: the table
// has a time to live.
Result<std::optional<std::string>> TimeToLiveEntry(const TableDefinition& table,
                                                   std::string_view item_key,
                                                   std::string_view item);

// Adds to `decision` what turns the entry of `before` (as stored; nullopt: no item) into that of
// `after` (null: no item). Errors and REQUIRES: as above.
Result<void> ChangeTimeToLiveEntry(const TableDefinition& table, std::string_view item_key,
                                   std::optional<std::string_view> before, const Item* after,
                                   Decision* decision);

}  // namespace stator

#endif  // STATOR_TABLE_TIME_TO_LIVE_H_
