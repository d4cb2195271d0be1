#include "table/recovery.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace stator {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kMicrosPerDay = 24 * 3600 * kMicrosPerSecond;
constexpr int64_t kDefaultDays = 35;
// By which a clock may be set back without harm.
constexpr int64_t kClockMargin = 3600 * kMicrosPerSecond;

}  // namespace

ApiResult<void> CheckBackupsAvailable(const TableDefinition* table, std::string_view name) {
  if (table == nullptr || table->status == TableStatus::kDeleting) {
    return ApiFail(ErrorType::kTableNotFound, "Table not found: " + std::string(name));
  }
  if (table->status == TableStatus::kCreating) {
    return ApiFail(
        ErrorType::kContinuousBackupsUnavailable,
        "Backups are being enabled for the table: " + std::string(name) + ". Please retry later");
  }
  return {};
}

ApiResult<TableDefinition> PlanUpdateContinuousBackups(const TableDefinition* current,
                                                       std::string_view name,
                                                       const ContinuousBackupsRequest& request,
                                                       int64_t now_micros) {
  if (!request.enabled && request.period_days) {
    return Invalid(
        "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time "
        "recovery.");
  }
  if (auto available = CheckBackupsAvailable(current, name); !available) {
    return Unexpected<ApiError>(available.error());
  }
  TableDefinition next = *current;
  if (!request.enabled) {
    if (next.recovery) RemoveReader(next.recovery->Reader(), now_micros, &next.log);
    next.recovery.reset();
    return next;
  }
  if (!next.recovery) {
    next.recovery = {.enabled_micros = now_micros, .first_micros = now_micros};
    AddReader(next.recovery->Reader(), now_micros, &next.log);
    next.recovery->period_days = kDefaultDays;
  }
  if (request.period_days) next.recovery->period_days = *request.period_days;
  return next;
}

RestorableTimes RestorableTimesOf(const PointInTimeRecovery& recovery, int64_t now_micros) {
  const int64_t earliest =
      std::max(recovery.first_micros, now_micros - recovery.period_days * kMicrosPerDay) /
      kMicrosPerSecond;
  return {earliest, std::max(earliest, now_micros / kMicrosPerSecond - 1)};
}

const RecoveryBase* BaseFor(const PointInTimeRecovery& recovery, int64_t second) {
  return BaseAt(recovery, LastPositionOf(second));
}

const RecoveryBase* BaseAt(const PointInTimeRecovery& recovery, uint64_t position) {
  const RecoveryBase* found = nullptr;
  for (const RecoveryBase& base : recovery.bases) {
    if (base.position <= position) found = &base;
  }
  return found;
}

bool ExpireBases(int64_t now_micros, PointInTimeRecovery* recovery) {
  if (recovery->bases.empty()) return false;
  // The clock may be set back a little.
  const RecoveryBase* first =
      BaseFor(*recovery, RestorableTimesOf(*recovery, now_micros - kClockMargin).earliest);
  const auto count = first == nullptr ? 0 : first - recovery->bases.data();
  recovery->bases.erase(recovery->bases.begin(), recovery->bases.begin() + count);
  return count != 0;
}

uint64_t RecoveryNeedsFrom(const TableDefinition& table) {
  if (!table.recovery) return UINT64_MAX;
  return table.recovery->bases.empty() ? 0 : table.recovery->bases.front().first_shard;
}

uint64_t FirstOpenShard(const ChangeLog& log) {
  const auto open = std::find_if(log.shards.begin(), log.shards.end(),
                                 [](const LogShard& shard) { return shard.open(); });
  return open == log.shards.end() ? UINT64_MAX : open->id;
}

bool IsBeingReadFrom(const Catalog& catalog, uint64_t table_id) {
  const std::vector<TablePtr> tables = catalog.All();
  return std::any_of(tables.begin(), tables.end(), [table_id](const TablePtr& table) {
    return (table->restore && table->restore->log_table_id == table_id) ||
           (table->id == table_id && !table->exports.empty());
  });
}

}  // namespace stator
