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
#include <utility>

#include "storage/kv_store.h"

namespace stator {

class RowCache {
 public:
  // Larger values have a block of their own, which is found almost as fast.
  static constexpr size_t kLargestValue = size_t{8} << 10;

  // REQUIRES: `cache` takes keys of any length, as an LRUCache does, and has no other RowCache.
  explicit RowCache(std::shared_ptr<rocksdb::Cache> cache) : cache_(std::move(cache)) {}
  RowCache(const RowCache&) = delete;
  RowCache& operator=(const RowCache&) = delete;

  // Whether any key from `begin` to before `end` (empty: to the last) may be kept: those of the
  // engine's own (format.h) and of logs are not.
  static bool MayKeepAnyOf(std::string_view begin, std::string_view end);

  // Points `value` at what is there, which stays as long as it does not change. If nothing is, the
  // result is false, and `moment` is what Add() needs when the store has been asked; kNever if it
  // would not be kept.
  static constexpr uint64_t kNever = UINT64_MAX;
  bool Find(std::string_view key, rocksdb::PinnableSlice* value, uint64_t* moment) const;
  // Keeps what the store answered, unless the key, or one of the same stripe, is being written or
  // was since that moment. Empty and large values are not kept.
  void Add(std::string_view key, std::string_view value, uint64_t moment);

  // As long as one lives, its keys are being written: none is found or added.
  class Writing {
   public:
    Writing(RowCache* rows, std::span<const WriteOp> ops);
    ~Writing();
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;

   private:
    RowCache* const rows_;
    const std::span<const WriteOp> ops_;
  };
  class WritingAll {
   public:
    explicit WritingAll(RowCache* rows);
    ~WritingAll();
    WritingAll(const WritingAll&) = delete;
    WritingAll& operator=(const WritingAll&) = delete;

   private:
    RowCache* const rows_;
  };

 private:
  static constexpr size_t kStripes = 4096;

  // Of the keys whose hashes end alike. Changed under the mutex.
  struct alignas(64) Stripe {
    std::mutex mutex;
    std::atomic<uint64_t> moment{0};   // writes that have ended
    std::atomic<uint32_t> writing{0};  // writes that have not
    std::atomic<bool> used{false};     // false: nothing of it is here

    void EndWrite();
  };

  Stripe& StripeOf(std::string_view key) const;

  const std::shared_ptr<rocksdb::Cache> cache_;
  std::atomic<uint64_t> age_{0};  // part of all keys: raised to forget everything
  mutable std::array<Stripe, kStripes> stripes_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_ROW_CACHE_H_
