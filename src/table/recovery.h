// Point-in-time recovery, as a table's definition knows it (facts 9.3, 14.5): from when to when a
// table can be restored, and what is kept for that. Pure, but for IsBeingReadFrom.
//
// A table is restored from a base, its items at one moment, and the changes after it in its log.
// The work is done by backup/recovery.h.
#ifndef STATOR_TABLE_RECOVERY_H_
#define STATOR_TABLE_RECOVERY_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "model/api_error.h"
#include "table/catalog.h"
#include "table/table_definition.h"

namespace stator {

struct ContinuousBackupsRequest {
  bool enabled = false;
  std::optional<int64_t> period_days;  // 1 - 35, as constraints see to
};

// Errors: TableNotFoundException, ContinuousBackupsUnavailableException, ValidationException.
ApiResult<TableDefinition> PlanUpdateContinuousBackups(const TableDefinition* current,
                                                       std::string_view name,
                                                       const ContinuousBackupsRequest& request,
                                                       int64_t now_micros);

// The table as point-in-time recovery and backups find it, with the errors above.
ApiResult<void> CheckBackupsAvailable(const TableDefinition* table, std::string_view name);

// The first and the last second to whose end a table can be restored, in seconds since the epoch.
// REQUIRES: table.recovery.
struct RestorableTimes {
  int64_t earliest = 0;
  int64_t latest = 0;
};
RestorableTimes RestorableTimesOf(const PointInTimeRecovery& recovery, int64_t now_micros);

// The last position of a commit that counts to that second.
inline uint64_t LastPositionOf(int64_t second) {
  return static_cast<uint64_t>(second + 1) * 1'000'000 - 1;
}

// From which a restore to that second begins; nullptr: there is none yet.
const RecoveryBase* BaseFor(const PointInTimeRecovery& recovery, int64_t second);
// The same for an export of what there was up to that position of the log.
const RecoveryBase* BaseAt(const PointInTimeRecovery& recovery, uint64_t position);

// Takes out the bases that no restore will begin from any more. False: there are none.
bool ExpireBases(int64_t now_micros, PointInTimeRecovery* recovery);

// The first shard of the log that is needed for it.
uint64_t RecoveryNeedsFrom(const TableDefinition& table);
// The first shard that has what is recorded from now on. REQUIRES: log.active().
uint64_t FirstOpenShard(const ChangeLog& log);

// Whether a table is being filled from that table's log, or an export reads that or an image of it.
bool IsBeingReadFrom(const Catalog& catalog, uint64_t table_id);

}  // namespace stator

#endif  // STATOR_TABLE_RECOVERY_H_
