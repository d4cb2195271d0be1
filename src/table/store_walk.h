// Reading through a store for a check: every entry of a range, with progress; look-ups in between.
//
// Blocks. Not thread-safe. REQUIRES: nothing writes meanwhile.
#ifndef STATOR_TABLE_STORE_WALK_H_
#define STATOR_TABLE_STORE_WALK_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "storage/kv_store.h"
#include "table/layout.h"

namespace stator {

class StoreWalk {
 public:
  // Told now and then which key is being looked at.
  using Progress = std::function<void(std::string_view key)>;
  using Visit = FunctionRef<void(std::string_view key, std::string_view value)>;

  // `store` must outlive the walk; `progress` may be null.
  StoreWalk(KvStore* store, Progress progress)
      : store_(store), snapshot_(store->TakeSnapshot()), progress_(std::move(progress)) {}

  // Errors: what the scan ended in; the entries before were visited.
  Result<void> Each(const KeyRange& range, Visit visit);
  // The same in pages: after each of them, the last included, `between` may read from the store.
  Result<void> EachPage(const KeyRange& range, Visit visit, FunctionRef<Result<void>()> between);

  // One by one, in the order of the keys: nullopt for those that are not there.
  Result<void> Get(const std::vector<std::string>& keys,
                   FunctionRef<void(size_t, std::optional<std::string_view>)> use);
  Result<bool> IsEmpty(const KeyRange& range);

 private:
  void Tell(std::string_view key);

  KvStore* const store_;
  const SnapshotPtr snapshot_;
  const Progress progress_;
  uint64_t visited_ = 0;
};

}  // namespace stator

#endif  // STATOR_TABLE_STORE_WALK_H_
