// How many changes were not sent because their records are larger than Kinesis takes, by table,
// since the server has started.
#ifndef STATOR_KINESIS_SKIPPED_RECORDS_H_
#define STATOR_KINESIS_SKIPPED_RECORDS_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace stator::kinesis {

// Thread-safe.
class SkippedRecords {
 public:
  // A table is counted from the first call on, also if that adds nothing.
  void Add(const std::string& table_arn, uint64_t count) {
    const std::lock_guard lock(mutex_);
    counts_[table_arn] += count;
  }

  std::map<std::string, uint64_t> Counts() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, uint64_t> counts_;
};

}  // namespace stator::kinesis

#endif  // STATOR_KINESIS_SKIPPED_RECORDS_H_
