#include "storage/repair.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <utility>

#include "storage/log_store.h"
#include "storage/manifest.h"
#include "storage/synced_file.h"

namespace stator {
namespace {

namespace fs = std::filesystem;
using Kind = LogFinding::Kind;

struct Inspection {
  std::optional<SyncedState> synced;
  std::vector<LogFinding> findings;
};

Result<Inspection> Inspect(const DataDir& dir) {
  Inspection inspection;
  auto synced = SyncedFile::Read(dir.synced_path());
  if (synced) {
    inspection.synced = std::move(*synced);
  } else if (synced.error().code == StatusCode::kCorruption) {
    inspection.findings.push_back(
        {Kind::kLostWrites, dir.synced_path(),
         "cannot be read; without it no one can tell whether acknowledged writes are missing"});
  } else {
    return Unexpected<Status>(std::move(synced.error()));
  }
  const auto add = [&](std::vector<LogFinding> found) {
    std::move(found.begin(), found.end(), std::back_inserter(inspection.findings));
  };
  auto findings = CheckLogs(dir.db_path(), inspection.synced);
  if (!findings) return Unexpected<Status>(std::move(findings.error()));
  add(std::move(*findings));
  if (LogStore::Exists(dir.logs_path())) {
    auto of_logs = CheckTables(dir.logs_path());
    if (!of_logs) return Unexpected<Status>(std::move(of_logs.error()));
    add(std::move(*of_logs));
  }
  return inspection;
}

bool IsHarmless(const LogFinding& finding) { return finding.harmless(); }

Status Refusal(const DataDir& dir, const std::vector<LogFinding>& findings) {
  Status status{StatusCode::kCorruption, dir.path() + " cannot be opened without losing data: "};
  bool repairable = true;
  for (const LogFinding& finding : findings) {
    if (IsHarmless(finding)) continue;
    status.message += finding.path + ": " + finding.what + "; ";
    repairable = repairable && finding.kind != Kind::kBeyondRepair;
  }
  status.message += "nothing was changed. Restore a backup";
  if (repairable) status.message += ", or give up the lost writes: stator repair " + dir.path();
  status.message += " (docs/runbooks/damaged-data.md)";
  return status;
}

// What it returns only has harmless findings.
Result<Inspection> InspectOrRefuse(const DataDir& dir) {
  auto inspection = Inspect(dir);
  if (!inspection) {
    Status status = std::move(inspection.error());
    if (status.code == StatusCode::kCorruption) {
      status.message += ". Restore a backup (docs/runbooks/damaged-data.md)";
    }
    return Unexpected<Status>(std::move(status));
  }
  const std::vector<LogFinding>& findings = inspection->findings;
  if (!std::all_of(findings.begin(), findings.end(), IsHarmless)) {
    return Unexpected<Status>(Refusal(dir, findings));
  }
  return inspection;
}

// From the last one back, so that at no moment a log follows a hole that one could not see.
Result<void> CutAll(const std::vector<LogFinding>& findings) {
  for (auto finding = findings.rbegin(); finding != findings.rend(); ++finding) {
    if (auto cut = Cut(*finding); !cut) return cut;
  }
  return {};
}

// A copy of the file, under its own name or one like it.
Result<void> Keep(const DataDir& dir, const std::string& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return {};
  fs::create_directories(dir.given_up_path(), error);
  const std::string base = dir.given_up_path() + "/" + fs::path(file).filename().string();
  std::string copy = base;
  for (int i = 1; !error && fs::exists(copy, error); ++i) copy = base + "." + std::to_string(i);
  if (!error) fs::copy_file(file, copy, error);
  if (!error) return {};
  return Fail(StatusCode::kIoError, "cannot copy " + file + " to " + copy + ": " + error.message());
}

// SYNCED no longer claims what was given up.
Result<void> Unclaim(const DataDir& dir, const Inspection& inspection) {
  SyncedState state = inspection.synced ? *inspection.synced : SyncedState{};
  for (const LogFinding& finding : inspection.findings) {
    std::erase_if(state.logs, [&](const SyncedLog& log) {
      return LogPath(dir.db_path(), log.number) == finding.path;
    });
  }
  auto files = rocksdb::FileSystem::Default();
  auto file = SyncedFile::Open(dir.synced_path(), files.get());
  if (!file) return Unexpected<Status>(std::move(file.error()));
  return (*file)->Write(state, /*durably=*/true);
}

}  // namespace

Result<std::vector<LogFinding>> InspectLogs(const DataDir& dir) {
  auto inspection = Inspect(dir);
  if (!inspection) return Unexpected<Status>(std::move(inspection.error()));
  return std::move(inspection->findings);
}

Result<void> PrepareToOpen(const DataDir& dir, const ReportEvent& report) {
  auto inspection = InspectOrRefuse(dir);
  if (!inspection) return Unexpected<Status>(std::move(inspection.error()));
  const std::vector<LogFinding>& findings = inspection->findings;
  if (auto cut = CutAll(findings); !cut) return cut;
  if (!report) return {};
  for (const LogFinding& finding : findings) {
    if (finding.kind == Kind::kRoom) continue;
    report(EventLevel::kWarning, "dropped what was never synced, " +
                                     std::to_string(finding.cut_bytes) + " bytes of " +
                                     finding.path + ": " + finding.what);
  }
  if (!inspection->synced) {
    report(EventLevel::kWarning,
           dir.synced_path() +
               " is missing: whether acknowledged writes are missing too cannot "
               "be told for the end of the log");
  }
  return {};
}

Result<RepairOutcome> RepairData(const std::string& path, bool accept_lost_writes) {
  if (std::error_code error; !fs::exists(path + "/FORMAT", error)) {
    return Fail(StatusCode::kInvalidArgument, path + " is not a data directory");
  }
  auto dir = accept_lost_writes ? DataDir::Open(path) : DataDir::OpenForReading(path);
  if (!dir) return Unexpected<Status>(std::move(dir.error()));
  auto inspection = Inspect(**dir);
  if (!inspection) return Unexpected<Status>(std::move(inspection.error()));
  RepairOutcome outcome;
  outcome.findings = inspection->findings;
  const std::vector<LogFinding>& findings = inspection->findings;
  const bool beyond = std::any_of(findings.begin(), findings.end(), [](const LogFinding& finding) {
    return finding.kind == Kind::kBeyondRepair;
  });
  const bool lost = !std::all_of(findings.begin(), findings.end(), IsHarmless);
  if (!accept_lost_writes || beyond || !lost) return outcome;
  for (const LogFinding& finding : findings) {
    if (auto kept = Keep(**dir, finding.path); !kept) return Unexpected<Status>(kept.error());
  }
  Result<void> done = CutAll(findings);
  if (done) done = Unclaim(**dir, *inspection);
  if (!done) return Unexpected<Status>(std::move(done.error()));
  outcome.changed = true;
  return outcome;
}

}  // namespace stator
