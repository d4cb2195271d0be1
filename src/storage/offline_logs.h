// The store of logs (log_store.h) of a data directory that no server uses, read only: what is in
// its tables, and what the map's write-ahead log has for it. Internal to offline_store.
#ifndef STATOR_STORAGE_OFFLINE_LOGS_H_
#define STATOR_STORAGE_OFFLINE_LOGS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "storage/kv_store.h"
#include "storage/log_index.h"
#include "storage/offline_db.h"

namespace stator {

class OfflineLogs {
 public:
  // `tables`: null if there are none, or they cannot be read. What is damaged in them, or in the
  // map, is what every Scan() ends in.
  OfflineLogs(std::unique_ptr<OfflineDb> tables, const OfflineDb& map, const std::string& map_path);

  const OfflineDb* tables() const { return tables_.get(); }

  Result<ScanEnd> Scan(const StoreRange& range, KvStore::ScanVisit visit) const;
  // As OfflineStore's.
  std::string FileWith(std::string_view key) const;

 private:
  Result<void> Load(const OfflineDb& map, const std::string& map_path);
  Result<void> ApplyMap(const OfflineDb& map);

  const std::unique_ptr<OfflineDb> tables_;
  std::optional<Status> fault_;
  uint64_t position_ = 0;  // the last one of a commit
  LogIndex index_;
  std::map<std::string, std::string, std::less<>> logged_;  // what only the write-ahead log has
};

}  // namespace stator

#endif  // STATOR_STORAGE_OFFLINE_LOGS_H_
