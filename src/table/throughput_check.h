// ProvisionedThroughput, OnDemandThroughput and WarmThroughput of tables and global indexes,
// checked and merged with what is set already (facts 5.1 B1 - B3 and B14, 5.3, 5.4, 14.2, 14.4).
// Pure.
//
// `target` is how a message names what the values are for: "table" or "index <name>".
#ifndef STATOR_TABLE_THROUGHPUT_CHECK_H_
#define STATOR_TABLE_THROUGHPUT_CHECK_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/api_error.h"
#include "table/table_definition.h"
#include "table/table_request.h"

namespace stator {

inline constexpr int64_t kMaxCapacityUnits = 1'000'000'000'000;
inline constexpr int64_t kTableMaxCapacityUnits = 40'000;    // service quota
inline constexpr int64_t kAccountMaxCapacityUnits = 80'000;  // service quota, only described
// What an on-demand table can serve from the start, per second.
inline constexpr Throughput kInitialOnDemand{12'000, 4'000};

ApiResult<void> CheckCapacityBounds(const ThroughputRequest& provisioned);
// The per-table maximum of the account (service quota).
ApiResult<void> CheckCapacityQuota(const ThroughputRequest& provisioned, std::string_view region);

// Ceilings are at least 1; -1, which removes one, only where `allow_removal`.
ApiResult<void> CheckOnDemandRange(const ThroughputRequest& on_demand, std::string_view target,
                                   bool allow_removal);
// "Max...RequestUnits": the first member present, as messages name it.
std::string_view FirstOnDemandMember(const ThroughputRequest& on_demand);
// nullopt: no ceiling is left.
std::optional<Throughput> MergeOnDemand(const std::optional<Throughput>& current,
                                        const ThroughputRequest& request);

// The warm throughput that holds: what was asked for, but never less than what the mode gives
// anyway.
Throughput EffectiveWarm(const std::optional<Throughput>& warm, BillingMode billing,
                         const Throughput& provisioned);
// `current` null: the table or index is being created.
ApiResult<Throughput> ResolveWarm(const ThroughputRequest& request, std::string_view target,
                                  BillingMode billing, const Throughput& provisioned,
                                  const std::optional<Throughput>* current);

// Sets the units and keeps the record of increases and decreases.
void SetProvisioned(const Throughput& units, int64_t now_micros, ProvisionedState* state);
// Decreases of the UTC day of `now_micros`.
int64_t DecreasesToday(const ProvisionedState& state, int64_t now_micros);
// Four decreases a UTC day, then one an hour (service quota).
ApiResult<void> CheckDecreaseQuota(const Throughput& units, int64_t now_micros,
                                   const ProvisionedState& state);

}  // namespace stator

#endif  // STATOR_TABLE_THROUGHPUT_CHECK_H_
