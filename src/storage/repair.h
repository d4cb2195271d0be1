// What opening a data directory does about damaged logs, and what an operator can do about them.
#ifndef STATOR_STORAGE_REPAIR_H_
#define STATOR_STORAGE_REPAIR_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "storage/data_dir.h"
#include "storage/engine_options.h"
#include "storage/log_check.h"

namespace stator {

// Before the database in `dir` is opened: cuts off what was never synced, and reports it. Errors:
// kCorruption if acknowledged writes or whole files are missing or damaged, with the names of the
// files and the places; nothing was changed then. kIoError, kUnsupported.
Result<void> PrepareToOpen(const DataDir& dir, const ReportEvent& report);

// What is wrong with the logs, the list of tables and the file SYNCED. Changes nothing. Errors: as
// CheckLogs.
Result<std::vector<LogFinding>> InspectLogs(const DataDir& dir);

struct RepairOutcome {
  std::vector<LogFinding> findings;
  bool changed = false;
};

// Looks at the directory as opening it does and, if `accept_lost_writes`, gives up what keeps it
// from being opened: damaged logs are cut where the damage begins, logs after it emptied, as they
// are copied to given-up/ first. Writes from there on are lost, also acknowledged ones; those
// before it are whole.
//
// Changes nothing if one of the findings is kBeyondRepair. That there are no findings, or none any
// more, does not say that the database can be opened. Errors: as DataDir::Open and CheckLogs.
Result<RepairOutcome> RepairData(const std::string& path, bool accept_lost_writes);

}  // namespace stator

#endif  // STATOR_STORAGE_REPAIR_H_
