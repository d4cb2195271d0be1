#include "storage/point_reader.h"

#include <rocksdb/snapshot.h>

#include "storage/rocksdb_slice.h"

namespace stator {
namespace {

bool OfCacheOnly(const rocksdb::ReadOptions& read) {
  return read.read_tier == rocksdb::kBlockCacheTier;
}

// A read of the cache alone answers OK with an empty value, also for keys that are not there, where
// it would have had to open a table file (RocksDB takes the key for one that may exist).
bool MayNotHaveRead(const rocksdb::Status& status, const rocksdb::Slice& value) {
  return status.IsIncomplete() || (status.ok() && value.empty());
}

}  // namespace

bool PointReader::Read(std::span<const std::string_view> keys, const rocksdb::ReadOptions& read,
                       Found* found) {
  if (keys.size() == 1) {
    return read.snapshot ? Get(keys[0], read, &found->values[0], &found->statuses[0])
                         : GetRow(keys[0], read, &found->values[0], &found->statuses[0]);
  }
  if (OfCacheOnly(read)) return GetAtOneMoment(keys, read, found);
  MultiGet(keys, read, found);
  return true;
}

bool PointReader::ReadEach(std::span<const std::string_view> keys, const rocksdb::ReadOptions& read,
                           Found* found) {
  for (size_t i = 0; i < keys.size(); ++i) {
    uint64_t moment;
    if (rows_.Find(keys[i], &found->values[i], &moment)) continue;
    if (!Get(keys[i], read, &found->values[i], &found->statuses[i])) return false;
  }
  return true;
}

// The value is kept by its key. False if it would block.
bool PointReader::GetRow(std::string_view key, const rocksdb::ReadOptions& read,
                         rocksdb::PinnableSlice* value, rocksdb::Status* status) {
  *status = rocksdb::Status::OK();
  uint64_t moment;
  if (rows_.Find(key, value, &moment)) return true;
  if (!Get(key, read, value, status)) return false;
  if (status->ok()) rows_.Add(key, ToView(*value), moment);
  return true;
}

// A cached-only read asks the device too, as long as that is quick. False if it would block.
bool PointReader::Get(std::string_view key, const rocksdb::ReadOptions& read,
                      rocksdb::PinnableSlice* value, rocksdb::Status* status) {
  rocksdb::ColumnFamilyHandle* const family = db_->DefaultColumnFamily();
  value->Reset();
  *status = db_->Get(read, family, ToSlice(key), value);
  if (!OfCacheOnly(read) || !MayNotHaveRead(*status, *value)) return true;
  if (!gauge_->IsQuick()) return false;
  const DeviceGauge::Reading reading(gauge_);
  rocksdb::ReadOptions all = read;
  all.read_tier = rocksdb::kReadAllTier;
  value->Reset();
  *status = db_->Get(all, family, ToSlice(key), value);
  return true;
}

// MultiGet would read the device whatever it is told. Without a snapshot, which would take the
// database's mutex, what is read one by one is of one moment if nothing was written between the
// first read and the last; if something was, a snapshot is taken after all.
bool PointReader::GetAtOneMoment(std::span<const std::string_view> keys, rocksdb::ReadOptions read,
                                 Found* found) {
  const auto get_each = [&](auto get) {
    for (size_t i = 0; i < keys.size(); ++i) {
      if (!(this->*get)(keys[i], read, &found->values[i], &found->statuses[i])) return false;
    }
    return true;
  };
  if (read.snapshot) return get_each(&PointReader::Get);
  const rocksdb::SequenceNumber before = db_->GetLatestSequenceNumber();
  if (!get_each(&PointReader::GetRow)) return false;
  if (db_->GetLatestSequenceNumber() == before) return true;
  rocksdb::ManagedSnapshot snapshot(db_);
  read.snapshot = snapshot.snapshot();
  return get_each(&PointReader::Get);
}

// Of one column family: reads at one sequence number.
void PointReader::MultiGet(std::span<const std::string_view> keys, const rocksdb::ReadOptions& read,
                           Found* found) {
  if (keys.empty()) return;
  Few<rocksdb::Slice> slices(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) slices[i] = ToSlice(keys[i]);
  db_->MultiGet(read, db_->DefaultColumnFamily(), keys.size(), slices.data(), found->values.data(),
                found->statuses.data());
}

}  // namespace stator
