// What RocksDB says went wrong: as our own errors, and told to operators.
#ifndef STATOR_STORAGE_ROCKSDB_ERRORS_H_
#define STATOR_STORAGE_ROCKSDB_ERRORS_H_

#include <rocksdb/listener.h>
#include <rocksdb/status.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/result.h"
#include "storage/engine_options.h"

namespace stator {

Status ToStatus(const rocksdb::Status& status);

inline Unexpected<Status> Failure(const rocksdb::Status& status) {
  return Unexpected<Status>(ToStatus(status));
}

// Tells of each thing once. Thread-safe.
class Reporter {
 public:
  explicit Reporter(ReportEvent report) : report_(std::move(report)) {}

  void Tell(EventLevel level, const std::string& message) {
    if (report_) report_(level, message);
  }
  // That it failed, and whether no writes are taken for it.
  void TellBackgroundError(bool stops, const std::string& what) {
    TellOnce(EventLevel::kError,
             (stops ? "no writes are taken: " : "background work failed: ") + what);
  }
  // Not again if these were its words before: a damaged block may be read a thousand times a
  // second.
  void TellOnce(EventLevel level, const std::string& message);

 private:
  const ReportEvent report_;
  std::mutex mutex_;
  std::set<std::string> told_;
};

// Remembers errors of background work after which RocksDB takes no writes.
class ErrorListener final : public rocksdb::EventListener {
 public:
  // REQUIRES: `reporter` outlives the database.
  explicit ErrorListener(Reporter* reporter) : reporter_(reporter) {}

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override;
  void OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) override;

  std::optional<Status> stopped();
  void Clear();
  // Whether there ever was an error, also one that is over.
  bool has_failed() const { return has_failed_; }

 private:
  Reporter* const reporter_;
  std::mutex mutex_;
  std::optional<Status> stopped_;
  std::atomic<bool> has_failed_{false};
};

}  // namespace stator

#endif  // STATOR_STORAGE_ROCKSDB_ERRORS_H_
