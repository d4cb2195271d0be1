#include "storage/rocksdb_errors.h"

namespace stator {
namespace {

constexpr size_t kMaxTold = 1000;

}  // namespace

Status ToStatus(const rocksdb::Status& status) {
  StatusCode code = StatusCode::kIoError;
  if (status.IsNoSpace()) {
    code = StatusCode::kNoSpace;
  } else if (status.IsCorruption()) {
    code = StatusCode::kCorruption;
  } else if (status.IsInvalidArgument()) {
    code = StatusCode::kInvalidArgument;
  } else if (status.IsNotSupported()) {
    code = StatusCode::kUnsupported;
  } else if (status.IsBusy() || status.IsTryAgain() || status.IsTimedOut()) {
    code = StatusCode::kOverloaded;
  }
  return {code, status.ToString()};
}

void Reporter::TellOnce(EventLevel level, const std::string& message) {
  {
    std::lock_guard lock(mutex_);
    if (told_.size() >= kMaxTold || !told_.insert(message).second) return;
  }
  Tell(level, message);
}

void ErrorListener::OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) {
  has_failed_ = true;
  const bool stops = status->severity() >= rocksdb::Status::Severity::kHardError;
  reporter_->TellBackgroundError(stops, status->ToString());
  if (!stops) return;
  std::lock_guard lock(mutex_);
  stopped_ = ToStatus(*status);
}

void ErrorListener::OnErrorRecoveryEnd(const rocksdb::BackgroundErrorRecoveryInfo& info) {
  if (info.new_bg_error.ok()) Clear();
}

std::optional<Status> ErrorListener::stopped() {
  std::lock_guard lock(mutex_);
  return stopped_;
}

void ErrorListener::Clear() {
  std::lock_guard lock(mutex_);
  stopped_.reset();
}

}  // namespace stator
