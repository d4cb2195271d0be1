// Values that were read lately, by their keys, in the memory of the block cache: a look at one
// costs a fraction of what RocksDB's memtables, filters, indexes and blocks do on the way to it.
//
// What is found is what the store holds at that moment: a write takes its keys out before the store
// has it, and no value stays here that was read before the end of a write of its key. Thread-safe.
#ifndef STATOR_STORAGE_ROW_CACHE_H_
#define STATOR_STORAGE_ROW_CACHE_H_

#include <rocksdb/cache.h>
#include <rocksdb/slice.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>

#include "storage/kv_store.h"

namespace stator {

class RowCache {
 public:
  explicit RowCache(std::shared_ptr<rocksdb::Cache> cache);
  RowCache(const RowCache&) = delete;
  RowCache& operator=(const RowCache&) = delete;

  // Points `value` at what is there, which stays as long as it does not change. If nothing is, the
  // result is false, and `moment` is what Add() needs when the store has been asked.
  bool Find(std::string_view key, rocksdb::PinnableSlice* value, uint64_t* moment) const;
  // Keeps what the store answered, unless the key may have been written since that moment. Empty
  // values are not kept, nor what is of logs.
  void Add(std::string_view key, std::string_view value, uint64_t moment);

  // As long as one lives, what it is made of is being written: nothing of it is found or added.
  class Writing {
   public:
    Writing(RowCache* rows, std::span<const WriteOp> ops);
    explicit Writing(RowCache* rows);  // all keys
    ~Writing();
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

   private:
    RowCache* const rows_;
    const bool all_;
    const std::span<const WriteOp> ops_;
  };

 private:
  static constexpr size_t kStripes = 512;

  // Of the keys whose hashes end alike.
  struct alignas(64) Stripe {
    std::mutex mutex;
    std::atomic<uint64_t> moment{0};  // raised where a write begins, and where it ends
    std::atomic<bool> used{false};    // false: nothing of it is here
    size_t writing = 0;               // guarded by mutex
  };

  Stripe& StripeOf(std::string_view key) const;
  void Begin(Stripe* stripe);
  void End(Stripe* stripe);

  const std::shared_ptr<rocksdb::Cache> cache_;
  std::atomic<uint64_t> age_{0};  // part of all keys: raised to forget everything
  mutable std::array<Stripe, kStripes> stripes_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_ROW_CACHE_H_
