#include "table/throughput_check.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <ctime>
#include <string>

namespace stator {
namespace {

constexpr int64_t kMicrosPerDay = 86'400'000'000;
constexpr int64_t kMicrosPerHour = 3'600'000'000;
constexpr int64_t kFreeDecreasesPerDay = 4;
constexpr std::string_view kWarmThroughputHelp =
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput.html";

std::string DateText(int64_t micros) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     fmt::gmtime(static_cast<std::time_t>(micros / 1'000'000)));
}

ApiResult<void> CheckUnitBounds(const std::optional<int64_t>& units, std::string_view name) {
  if (!units || *units <= kMaxCapacityUnits) return {};
  return Invalid("Given value " + std::to_string(*units) + " for " + std::string(name) +
                 " is out of bounds");
}

ApiResult<void> CheckUnitQuota(const std::optional<int64_t>& units, std::string_view name,
                               std::string_view region) {
  if (!units || *units <= kTableMaxCapacityUnits) return {};
  return ApiFail(ErrorType::kLimitExceeded,
                 "The requested " + std::string(name) + ", " + std::to_string(*units) +
                     ", is above the per table maximum for the account in " + std::string(region) +
                     ". Per table maximum: " + std::to_string(kTableMaxCapacityUnits) +
                     ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to "
                     "request higher "
                     "limits.");
}

ApiResult<void> CheckCeiling(const std::optional<int64_t>& units, std::string_view name,
                             std::string_view target, bool allow_removal) {
  if (!units || *units >= 1 || (allow_removal && *units == -1)) return {};
  return InvalidParameter("Requested " + std::string(name) + " for OnDemandThroughput for " +
                          std::string(target) + " is outside of valid range");
}

// The checks of one dimension of a WarmThroughput.
ApiResult<void> CheckWarmUnits(int64_t requested, std::string_view name, std::string_view target,
                               int64_t current, BillingMode billing, int64_t given_anyway,
                               bool creating) {
  const std::string what = "Requested " + std::string(name) +
                           "UnitsPerSecond for WarmThroughput for " + std::string(target) +
                           " is lower than ";
  if (requested < given_anyway) {
    if (billing == BillingMode::kProvisioned) {
      return InvalidParameter(what + std::string(name) + "CapacityUnits of ProvisionedThroughput");
    }
    return InvalidParameter(
        what + "initial throughput for OnDemand. See: " + std::string(kWarmThroughputHelp));
  }
  if (!creating && requested < current) {
    return InvalidParameter(what +
                            "current WarmThroughput, decreasing WarmThroughput is not supported");
  }
  return {};
}

}  // namespace

ApiResult<void> CheckCapacityBounds(const ThroughputRequest& provisioned) {
  if (auto ok = CheckUnitBounds(provisioned.read, "ReadCapacityUnits"); !ok) return ok;
  return CheckUnitBounds(provisioned.write, "WriteCapacityUnits");
}

ApiResult<void> CheckCapacityQuota(const ThroughputRequest& provisioned, std::string_view region) {
  if (auto ok = CheckUnitQuota(provisioned.read, "ReadCapacityUnits", region); !ok) return ok;
  return CheckUnitQuota(provisioned.write, "WriteCapacityUnits", region);
}

ApiResult<void> CheckOnDemandRange(const ThroughputRequest& on_demand, std::string_view target,
                                   bool allow_removal) {
  if (auto ok = CheckCeiling(on_demand.read, "MaxReadRequestUnits", target, allow_removal); !ok)
    return ok;
  return CheckCeiling(on_demand.write, "MaxWriteRequestUnits", target, allow_removal);
}

std::string_view FirstOnDemandMember(const ThroughputRequest& on_demand) {
  return on_demand.read ? "MaxReadRequestUnits" : "MaxWriteRequestUnits";
}

std::optional<Throughput> MergeOnDemand(const std::optional<Throughput>& current,
                                        const ThroughputRequest& request) {
  Throughput merged = current.value_or(Throughput{-1, -1});
  if (request.read) merged.read = *request.read;
  if (request.write) merged.write = *request.write;
  if (merged == Throughput{-1, -1}) return std::nullopt;
  return merged;
}

Throughput EffectiveWarm(const std::optional<Throughput>& warm, BillingMode billing,
                         const Throughput& provisioned) {
  Throughput effective = billing == BillingMode::kProvisioned ? provisioned : kInitialOnDemand;
  if (warm) {
    effective.read = std::max(effective.read, warm->read);
    effective.write = std::max(effective.write, warm->write);
  }
  return effective;
}

ApiResult<Throughput> ResolveWarm(const ThroughputRequest& request, std::string_view target,
                                  BillingMode billing, const Throughput& provisioned,
                                  const std::optional<Throughput>* current) {
  // The service fails on an empty WarmThroughput (facts 14.2).
  if (request.empty()) return ApiFail(ErrorType::kInternalFailure, "");
  const bool creating = current == nullptr;
  const Throughput given_anyway = EffectiveWarm(std::nullopt, billing, provisioned);
  const Throughput holds = creating ? given_anyway : EffectiveWarm(*current, billing, provisioned);
  const Throughput wanted{request.read.value_or(holds.read), request.write.value_or(holds.write)};
  if (auto ok = CheckWarmUnits(wanted.read, "Read", target, holds.read, billing, given_anyway.read,
                               creating);
      !ok) {
    return Unexpected<ApiError>(ok.error());
  }
  if (auto ok = CheckWarmUnits(wanted.write, "Write", target, holds.write, billing,
                               given_anyway.write, creating);
      !ok) {
    return Unexpected<ApiError>(ok.error());
  }
  return wanted;
}

void SetProvisioned(const Throughput& units, int64_t now_micros, ProvisionedState* state) {
  if (units.read > state->units.read || units.write > state->units.write)
    state->last_increase_micros = now_micros;
  if (units.read < state->units.read || units.write < state->units.write) {
    state->decreases_today = DecreasesToday(*state, now_micros) + 1;
    state->last_decrease_micros = now_micros;
  }
  state->units = units;
}

int64_t DecreasesToday(const ProvisionedState& state, int64_t now_micros) {
  const bool same_day = state.last_decrease_micros / kMicrosPerDay == now_micros / kMicrosPerDay;
  return same_day ? state.decreases_today : 0;
}

ApiResult<void> CheckDecreaseQuota(const Throughput& units, int64_t now_micros,
                                   const ProvisionedState& state) {
  if (units.read >= state.units.read && units.write >= state.units.write) return {};
  const int64_t today = DecreasesToday(state, now_micros);
  const int64_t next = state.last_decrease_micros + kMicrosPerHour;
  if (today < kFreeDecreasesPerDay || now_micros >= next) return {};
  return ApiFail(ErrorType::kLimitExceeded,
                 "Subscriber limit exceeded: Provisioned throughput decreases are limited within a "
                 "given UTC day. "
                 "After the first 4 decreases, each subsequent decrease in the same UTC day can be "
                 "performed at most "
                 "once every 3600 seconds. Number of decreases today: " +
                     std::to_string(today) + ". Last decrease at " +
                     DateText(state.last_decrease_micros) + ". Next decrease can be made at " +
                     DateText(next));
}

}  // namespace stator
