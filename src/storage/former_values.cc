#include "storage/former_values.h"

#include <utility>

#include "storage/offline_db.h"
#include "storage/rocksdb_slice.h"

namespace stator {

Result<void> FormerValues::Load(const std::string& db_path) {
  if (values_.empty()) return {};
  const auto tables = OpenTablesToRead(db_path);
  if (!tables) return Unexpected<Status>(tables.error());
  rocksdb::ReadOptions read = OfflineReadOptions();
  read.fill_cache = false;
  for (auto& [key, value] : values_) {
    std::string found;
    const rocksdb::Status status = (*tables)->Get(read, ToSlice(key), &found);
    if (status.ok()) value = std::move(found);
    if (status.ok() || status.IsNotFound()) continue;
    if (!damage_) damage_ = OfflineFailure(status).error();
  }
  return {};
}

void FormerValues::Put(std::string_view key, std::optional<std::string_view> value) {
  if (const auto wanted = values_.find(key); wanted != values_.end()) wanted->second = value;
}

void FormerValues::DeleteRange(std::string_view begin, std::string_view end) {
  if (begin >= end) return;
  const auto last = values_.lower_bound(end);
  for (auto it = values_.lower_bound(begin); it != last; ++it) it->second.reset();
}

}  // namespace stator
