// The event source mappings that exist, and how far each has come: durable through the storage
// seam. One process at a time has them, so changes are made one after the other here.
#ifndef STATOR_EVENTS_MAPPING_STORE_H_
#define STATOR_EVENTS_MAPPING_STORE_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/unique_function.h"
#include "events/mapping.h"
#include "storage/engine.h"

namespace stator {

// Thread-safe.
class MappingStore {
 public:
  // Reads all mappings; blocks. `engine` must outlive the store.
  static Result<std::shared_ptr<MappingStore>> Open(Engine* engine);

  MappingPtr Find(std::string_view uuid) const;  // nullptr: there is none
  std::vector<MappingPtr> All() const;           // by UUID

  // A change in the making: `change` sees the mappings as they are, no other change under way, and
  // returns the new form of one of them (with another UUID: one more), or nullopt if nothing is to
  // be changed. `done` is called when that is durable, or with what went wrong.
  using Mappings = std::map<std::string, MappingPtr, std::less<>>;
  void Put(UniqueFunction<std::optional<Mapping>(const Mappings&)> change,
           UniqueFunction<void(Result<void>)> done);
  // Its positions stay until DropProgress.
  void Remove(std::string uuid, UniqueFunction<void(Result<void>)> done);

  // Told whenever a mapping has changed, on any thread; set once, before any change.
  void OnChange(std::function<void()> tell) { tell_ = std::move(tell); }

  // Positions, by shard. Blocks.
  Result<std::map<std::string, ShardProgress>> ReadProgress(const std::string& uuid);
  void WriteProgress(const std::string& uuid, const std::string& shard,
                     const ShardProgress& progress, UniqueFunction<void(Result<void>)> done);
  void ForgetShard(const std::string& uuid, const std::string& shard);
  // Of a mapping that is gone. Blocks.
  Result<void> DropProgress(const std::string& uuid);
  // The mappings that positions are of. Blocks.
  Result<std::vector<std::string>> WithProgress();

 private:
  struct Change {
    UniqueFunction<std::optional<Mapping>(const Mappings&)> put;  // or:
    std::string remove;
    UniqueFunction<void(Result<void>)> done;
  };

  explicit MappingStore(Engine* engine) : engine_(engine) {}
  void Enqueue(Change change);
  void Next();  // begins the first of the queue

  Engine* const engine_;
  std::function<void()> tell_;
  std::weak_ptr<MappingStore> self_;
  mutable std::mutex mutex_;
  Mappings mappings_;         // guarded by mutex_
  std::deque<Change> queue_;  // guarded by mutex_; the first is under way
};

}  // namespace stator

#endif  // STATOR_EVENTS_MAPPING_STORE_H_
