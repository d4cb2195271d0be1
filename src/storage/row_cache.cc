#include "storage/row_cache.h"

#include <boost/container/small_vector.hpp>
#include <cstring>

#include "base/hash.h"
#include "storage/log_keys.h"
#include "storage/rocksdb_slice.h"

namespace stator {
namespace {

// A value, in memory of its own.
struct Row {
  size_t size;
  char bytes[];
};

void DeleteRow(const rocksdb::Slice&, void* row) { ::operator delete(row); }

// Cannot equal a key of RocksDB's own blocks, which has 16 bytes.
class RowKey {
 public:
  RowKey(uint64_t age, std::string_view key) : bytes_(kBlockKey + key.size()) {
    std::memcpy(bytes_.data(), &age, sizeof age);
    std::memcpy(bytes_.data() + kBlockKey, key.data(), key.size());
  }
  operator rocksdb::Slice() const { return {bytes_.data(), bytes_.size()}; }

 private:
  static constexpr size_t kBlockKey = 16;
  boost::container::small_vector<char, 256> bytes_;
};

constexpr std::string_view kAfterEnginesOwn = "\x01";

bool IsKept(std::string_view key) { return key >= kAfterEnginesOwn && !IsLogKey(key); }

}  // namespace

bool RowCache::MayKeepAnyOf(std::string_view begin, std::string_view end) {
  if (end.empty()) return true;
  return end > kAfterEnginesOwn && (begin < kLogsBegin || end > kLogsEnd);
}

RowCache::Stripe& RowCache::StripeOf(std::string_view key) const {
  return stripes_[StableHash64(key) % kStripes];
}

void RowCache::Stripe::EndWrite() {
  std::lock_guard lock(mutex);
  moment.fetch_add(1, std::memory_order_release);
  writing.fetch_sub(1, std::memory_order_relaxed);
}

bool RowCache::Find(std::string_view key, rocksdb::PinnableSlice* value, uint64_t* moment) const {
  *moment = kNever;
  if (!IsKept(key)) return false;
  const Stripe& stripe = StripeOf(key);
  if (stripe.writing.load(std::memory_order_relaxed) == 0) {
    *moment = stripe.moment.load(std::memory_order_acquire);
  }
  if (!stripe.used.load(std::memory_order_acquire)) return false;
  rocksdb::Cache::Handle* const handle = cache_->Lookup(RowKey(age_.load(), key));
  if (!handle) return false;
  const Row* const row = static_cast<const Row*>(cache_->Value(handle));
  const auto release = [](void* cache, void* held) {
    static_cast<rocksdb::Cache*>(cache)->Release(static_cast<rocksdb::Cache::Handle*>(held));
  };
  value->Reset();
  value->PinSlice({row->bytes, row->size}, release, cache_.get(), handle);
  return true;
}

void RowCache::Add(std::string_view key, std::string_view value, uint64_t moment) {
  if (moment == kNever || value.empty() || value.size() > kLargestValue) return;
  Stripe& stripe = StripeOf(key);
  if (stripe.moment.load(std::memory_order_relaxed) != moment) return;
  const size_t bytes = sizeof(Row) + value.size();
  Row* const row = static_cast<Row*>(::operator new(bytes));
  row->size = value.size();
  std::memcpy(row->bytes, value.data(), value.size());
  std::lock_guard lock(stripe.mutex);
  if (stripe.moment.load(std::memory_order_relaxed) != moment || stripe.writing > 0) {
    return DeleteRow({}, row);
  }
  stripe.used.store(true, std::memory_order_release);
  // What does not fit is not taken, but deleted.
  cache_->Insert(RowKey(age_.load(), key), row, bytes, DeleteRow).PermitUncheckedError();
}

RowCache::Writing::Writing(RowCache* rows, std::span<const WriteOp> ops) : rows_(rows), ops_(ops) {
  for (const WriteOp& op : ops_) {
    if (!IsKept(op.key)) continue;
    Stripe& stripe = rows_->StripeOf(op.key);
    std::lock_guard lock(stripe.mutex);
    stripe.writing.fetch_add(1);
    if (stripe.used.load()) rows_->cache_->Erase(RowKey(rows_->age_.load(), op.key));
  }
}

RowCache::Writing::~Writing() {
  for (const WriteOp& op : ops_) {
    if (IsKept(op.key)) rows_->StripeOf(op.key).EndWrite();
  }
}

RowCache::WritingAll::WritingAll(RowCache* rows) : rows_(rows) {
  for (Stripe& stripe : rows_->stripes_) {
    std::lock_guard lock(stripe.mutex);
    stripe.writing.fetch_add(1);
  }
  rows_->age_.fetch_add(1);
}

RowCache::WritingAll::~WritingAll() {
  for (Stripe& stripe : rows_->stripes_) stripe.EndWrite();
}

}  // namespace stator
