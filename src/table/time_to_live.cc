#include "table/time_to_live.h"

#include <algorithm>
#include <utility>

#include "model/item_codec.h"
#include "table/layout.h"

namespace stator {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kFiveYearsSeconds = int64_t{5} * 365 * 24 * 3600;
// Powers of ten of the leading digits of the first and the last time that has an entry.
constexpr int kMinMagnitude = 9;
constexpr int kMaxMagnitude = 11;

unsigned __int128 PowerOfTen(int exponent) {
  unsigned __int128 power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

Result<std::optional<uint64_t>> ExpiryOfStored(const TableDefinition& table,
                                               std::string_view item) {
  auto value = FindInEncoded(item, table.ttl->attribute);
  if (!value) return Unexpected<Status>(std::move(value).error());
  return ExpiryOf(*value ? &**value : nullptr);
}

}  // namespace

std::optional<uint64_t> ExpiryOf(const AttributeValue* value) {
  if (value == nullptr || !value->is(AttributeValue::Type::kN)) return std::nullopt;
  const Decimal& time = value->n();
  if (time.negative() || time.is_zero() || time.Magnitude() < kMinMagnitude ||
      time.Magnitude() > kMaxMagnitude) {
    return std::nullopt;
  }
  unsigned __int128 seconds = time.coefficient();
  if (time.exponent() >= 0) {
    seconds *= PowerOfTen(time.exponent());
  } else {
    // At most 38 digits, ten of them or more before the point.
    const unsigned __int128 parts = PowerOfTen(-time.exponent());
    seconds = seconds / parts + (seconds % parts != 0 ? 1 : 0);
  }
  if (seconds < kMinExpirySeconds || seconds > kMaxExpirySeconds) return std::nullopt;
  return static_cast<uint64_t>(seconds);
}

ExpiryWindow ExpiredBy(int64_t now_micros, int64_t delay_micros) {
  const int64_t past = now_micros - delay_micros;
  ExpiryWindow window;
  if (past > 0) {
    window.end = static_cast<uint64_t>((past + kMicrosPerSecond - 1) / kMicrosPerSecond);
  }
  const int64_t begin = now_micros / kMicrosPerSecond - kFiveYearsSeconds;
  window.begin = static_cast<uint64_t>(std::max<int64_t>(begin, 0));
  return window;
}

bool HasExpired(const TableDefinition& table, std::optional<std::string_view> item,
                ExpiryWindow window) {
  if (!table.ttl || !table.ttl->IsMaintained() || !item) return false;
  const auto expiry = ExpiryOfStored(table, *item);
  return expiry && *expiry && window.Contains(**expiry);
}

Result<std::optional<std::string>> TimeToLiveEntry(const TableDefinition& table,
                                                   std::string_view item_key,
                                                   std::string_view item) {
  const auto expiry = ExpiryOfStored(table, item);
  if (!expiry) return Unexpected<Status>(expiry.error());
  if (!*expiry) return std::optional<std::string>();
  return std::optional(TimeToLiveKey(table.id, table.ttl->id, **expiry, item_key));
}

Result<void> ChangeTimeToLiveEntry(const TableDefinition& table, std::string_view item_key,
                                   std::optional<std::string_view> before, const Item* after,
                                   Decision* decision) {
  const TimeToLive& ttl = *table.ttl;
  if (!ttl.IsMaintained()) return {};
  std::optional<uint64_t> old_expiry, new_expiry;
  if (before) {
    const auto expiry = ExpiryOfStored(table, *before);
    if (!expiry) return Unexpected<Status>(expiry.error());
    old_expiry = *expiry;
  }
  if (after != nullptr) new_expiry = ExpiryOf(after->Find(ttl.attribute));
  if (old_expiry == new_expiry) return {};
  if (old_expiry) {
    decision->mutations.push_back(
        {TimeToLiveKey(table.id, ttl.id, *old_expiry, item_key), std::nullopt});
  }
  if (new_expiry) {
    decision->mutations.push_back(
        {TimeToLiveKey(table.id, ttl.id, *new_expiry, item_key), std::string()});
  }
  return {};
}

}  // namespace stator
