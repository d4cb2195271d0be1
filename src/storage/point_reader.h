// Reads of single keys of the map, from memory where that is possible. Internal to rocksdb_store.
#ifndef STATOR_STORAGE_POINT_READER_H_
#define STATOR_STORAGE_POINT_READER_H_

#include <rocksdb/db.h>

#include <boost/container/small_vector.hpp>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "storage/device_gauge.h"
#include "storage/row_cache.h"

namespace stator {

// Thread-safe. What `read` is of the cache only touches no device that is not known to be quick.
class PointReader {
 public:
  template <class T>
  using Few = boost::container::small_vector<T, 4>;

  // What was read of each key; a status is OK, NotFound, or says why it could not be read.
  struct Found {
    explicit Found(size_t n) : values(n), statuses(n) {}
    Few<rocksdb::PinnableSlice> values;
    Few<rocksdb::Status> statuses;
  };

  // REQUIRES: `db` and `gauge` outlive it.
  PointReader(rocksdb::DB* db, DeviceGauge* gauge, std::shared_ptr<rocksdb::Cache> cache)
      : db_(db), gauge_(gauge), rows_(std::move(cache)) {}

  // All keys as of one moment. False if it would block.
  bool Read(std::span<const std::string_view> keys, const rocksdb::ReadOptions& read, Found* found);
  // Each as of a moment of its own. They are about to be written, so none is kept by its key.
  bool ReadEach(std::span<const std::string_view> keys, const rocksdb::ReadOptions& read,
                Found* found);

  // For those who write.
  RowCache* rows() { return &rows_; }

 private:
  bool Get(std::string_view key, const rocksdb::ReadOptions& read, rocksdb::PinnableSlice* value,
           rocksdb::Status* status);
  bool GetRow(std::string_view key, const rocksdb::ReadOptions& read, rocksdb::PinnableSlice* value,
              rocksdb::Status* status);
  bool GetAtOneMoment(std::span<const std::string_view> keys, rocksdb::ReadOptions read,
                      Found* found);
  void MultiGet(std::span<const std::string_view> keys, const rocksdb::ReadOptions& read,
                Found* found);

  rocksdb::DB* const db_;
  DeviceGauge* const gauge_;
  RowCache rows_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_POINT_READER_H_
