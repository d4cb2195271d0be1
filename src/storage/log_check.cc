#include "storage/log_check.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "storage/format.h"
#include "storage/manifest.h"

namespace stator {
namespace {

namespace fs = std::filesystem;
using Kind = LogFinding::Kind;

std::string At(uint64_t offset) { return " at offset " + std::to_string(offset); }

// Adds what is wrong with the tables there must be.
void FindTables(const std::string& db_path, const Manifest& manifest,
                std::vector<LogFinding>* findings) {
  const auto find = [&](const std::string& path, std::string what) {
    findings->push_back({Kind::kBeyondRepair, path, std::move(what)});
  };
  for (const auto& [number, size] : manifest.tables) {
    const std::string path = TablePath(db_path, number);
    std::error_code error;
    const uint64_t found = fs::file_size(path, error);
    if (error) {
      find(path, "cannot be read: " + error.message());
    } else if (found != size) {
      find(path, "has " + std::to_string(found) + " bytes instead of " + std::to_string(size));
    }
  }
}

class Checker {
 public:
  Checker(std::string db_path, const std::optional<SyncedState>& synced)
      : db_path_(std::move(db_path)), synced_(synced ? *synced : SyncedState{}) {}

  Result<std::vector<LogFinding>> Run() {
    auto manifest = ReadManifest(db_path_);
    if (!manifest) return Unexpected<Status>(std::move(manifest.error()));
    manifest_ = std::move(*manifest);
    CheckManifest();
    // What a damaged manifest says of the rest is not to be trusted.
    if (std::any_of(findings_.begin(), findings_.end(),
                    [](const LogFinding& finding) { return !finding.harmless(); })) {
      return std::move(findings_);
    }
    FindTables(db_path_, manifest_, &findings_);
    if (auto checked = CheckWriteLogs(); !checked) return Unexpected<Status>(checked.error());
    JudgeManifest();
    return std::move(findings_);
  }

 private:
  void Find(Kind kind, const std::string& path, std::string what) {
    findings_.push_back({kind, path, std::move(what)});
  }
  // All from `offset` to the file's end has to go.
  void FindCut(Kind kind, const std::string& path, std::string what, const LogScan& scan,
               uint64_t offset) {
    findings_.push_back({kind, path, std::move(what), offset, scan.size - offset});
  }

  // RocksDB acts on a record (removes files, above all) once it is synced, in all durability modes.
  // Several may be written before one sync, and a power failure may take the first of them only.
  void CheckManifest() {
    const LogScan& scan = manifest_.scan;
    const bool same = manifest_.number == synced_.manifest_number;
    if (manifest_.number < synced_.manifest_number) {
      return Find(Kind::kBeyondRepair, db_path_ + "/CURRENT",
                  "names manifest " + std::to_string(manifest_.number) + ", and number " +
                      std::to_string(synced_.manifest_number) + " was in use");
    }
    if (scan.records == 0) {
      return Find(Kind::kBeyondRepair, manifest_.path, "has no record that can be read");
    }
    const std::string damage = scan.damage + At(scan.damage_at);
    if (same && scan.good_end < synced_.manifest_bytes) {
      return Find(Kind::kBeyondRepair, manifest_.path,
                  scan.damage.empty() ? "ends" + At(scan.size) + ", and was longer" : damage);
    }
    // SYNCED claims all but the records since the last new log. If they were acted upon, files that
    // the others name are missing.
    if (scan.later_record && !same) return Find(Kind::kBeyondRepair, manifest_.path, damage);
    if (!scan.damage.empty()) {
      FindCut(Kind::kUnsyncedTail, manifest_.path, damage, scan, scan.good_end);
    }
  }

  // Whether what the manifest has lost was needed.
  void JudgeManifest() {
    if (!manifest_.scan.later_record) return;
    const bool missed = std::any_of(findings_.begin(), findings_.end(),
                                    [](const LogFinding& found) { return !found.harmless(); });
    if (missed) findings_.front().kind = Kind::kBeyondRepair;  // of the manifest
  }

  Result<void> CheckWriteLogs() {
    auto numbers = NeededWriteLogs(db_path_, manifest_);
    if (!numbers) return Unexpected<Status>(std::move(numbers.error()));
    for (const SyncedLog& log : synced_.logs) {
      if (log.number >= manifest_.first_log) numbers->push_back(log.number);
    }
    std::sort(numbers->begin(), numbers->end());
    numbers->erase(std::unique(numbers->begin(), numbers->end()), numbers->end());
    for (const uint64_t number : *numbers) {
      if (auto checked = CheckWriteLog(number); !checked) return checked;
    }
    return {};
  }

  Result<void> CheckWriteLog(uint64_t number) {
    const std::string path = LogPath(db_path_, number);
    const uint64_t synced = synced_.BytesOf(number);
    std::error_code error;
    if (!fs::exists(path, error)) {
      Find(Kind::kLostWrites, path,
           "is missing; " + std::to_string(synced) + " bytes of acknowledged writes were in it");
      hole_ = Kind::kLostWrites;
      return {};
    }
    std::optional<uint64_t> first;
    const std::optional<uint64_t> before = last_group_;
    auto scanned = ScanLog(path, LogKind::kWrites, [&](std::string_view record) {
      last_group_ = FindGroupMark(record);
      if (!first) first = last_group_;
    });
    if (!scanned) return Unexpected<Status>(std::move(scanned.error()));
    const LogScan& scan = *scanned;
    if (hole_) {
      FollowHole(path, scan, synced);
    } else if (before && first && *first != *before + 1) {
      // The log before it, or one that is not there at all, ends too early, between two records.
      hole_ = synced_.relaxed && synced == 0 ? Kind::kUnsyncedTail : Kind::kLostWrites;
      hole_place_ = findings_.size();
      FindCut(*hole_, path,
              "begins with write " + std::to_string(*first) + ", and the log before it ends with " +
                  std::to_string(*before),
              scan, 0);
    } else if (scan.good_end < synced) {
      FindCut(Kind::kLostWrites, path,
              (scan.damage.empty() ? "the file ends" + At(scan.size)
                                   : scan.damage + At(scan.damage_at)) +
                  "; acknowledged writes go up to offset " + std::to_string(synced),
              scan, scan.good_end);
      hole_ = Kind::kLostWrites;
    } else if (!scan.damage.empty()) {
      // Under sync, a record is only written when the one before it was synced.
      const bool lost = scan.later_record && !synced_.relaxed;
      std::string what = scan.damage + At(scan.damage_at);
      if (lost) what += "; a record that was written after it begins" + At(*scan.later_record);
      hole_ = lost ? Kind::kLostWrites : Kind::kUnsyncedTail;
      hole_place_ = findings_.size();
      FindCut(*hole_, path, std::move(what), scan, scan.good_end);
    } else if (scan.room > 0) {
      FindCut(Kind::kRoom, path, "ends in room that was not used", scan, scan.good_end);
    }
    return {};
  }

  // A log that comes after one of which something has to go.
  void FollowHole(const std::string& path, const LogScan& scan, uint64_t synced) {
    if (scan.size == scan.room) return;
    const bool written = synced > 0 || (scan.records > 0 && !synced_.relaxed);
    if (written && *hole_ == Kind::kUnsyncedTail) {
      // So that was no tail.
      findings_[hole_place_].kind = Kind::kLostWrites;
      findings_[hole_place_].what += "; writes of a later log were acknowledged";
      hole_ = Kind::kLostWrites;
    }
    FindCut(*hole_, path, "follows what cannot be read", scan, 0);
  }

  const std::string db_path_;
  const SyncedState synced_;
  Manifest manifest_;
  std::vector<LogFinding> findings_;
  std::optional<uint64_t> last_group_;  // of the records so far
  // Something of the logs so far has to go, and is of this kind.
  std::optional<Kind> hole_;
  size_t hole_place_ = 0;  // in findings_, of a tail
};

}  // namespace

Result<std::vector<LogFinding>> CheckLogs(const std::string& db_path,
                                          const std::optional<SyncedState>& synced) {
  return Checker(db_path, synced).Run();
}

Result<std::vector<LogFinding>> CheckTables(const std::string& db_path) {
  const auto manifest = ReadManifest(db_path);
  if (!manifest) return Unexpected<Status>(manifest.error());
  std::vector<LogFinding> findings;
  const LogScan& scan = manifest->scan;
  if (scan.records == 0) {
    findings.push_back({Kind::kBeyondRepair, manifest->path, "has no record that can be read"});
  } else if (!scan.damage.empty()) {
    // What had been synced was acted upon: then tables are missing.
    findings.push_back({Kind::kUnsyncedTail, manifest->path, scan.damage + At(scan.damage_at),
                        scan.good_end, scan.size - scan.good_end});
  }
  FindTables(db_path, *manifest, &findings);
  return findings;
}

Result<void> Cut(const LogFinding& finding) {
  if (finding.cut_bytes == 0) return {};
  const int fd = ::open(finding.path.c_str(), O_WRONLY | O_CLOEXEC);
  int error = fd < 0 ? errno : 0;
  if (fd >= 0 && ::ftruncate(fd, static_cast<off_t>(finding.cut_from)) != 0) error = errno;
  if (fd >= 0 && error == 0 && ::fsync(fd) != 0) error = errno;
  if (fd >= 0) ::close(fd);
  if (error == 0) return {};
  return Fail(StatusCode::kIoError, "cannot cut " + finding.path + ": " + std::strerror(error));
}

}  // namespace stator
