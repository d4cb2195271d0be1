// What the map held at one moment, for readers that take long: backups, exports, bases of
// point-in-time recovery.
//
// Writers are not held up. A snapshot holds back the reclaiming of space, and has to go before its
// engine does.
#ifndef STATOR_STORAGE_LONG_SNAPSHOT_H_
#define STATOR_STORAGE_LONG_SNAPSHOT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/engine.h"

namespace stator {

// The functions that return a Result block, and end in what the engine's reads end in. Can be
// copied: the moment lasts until the last copy is gone.
class LongSnapshot {
 public:
  // Of now. Has every commit that was reported, and none that a crash could take back (relaxed
  // durability waives that, as for all that the engine answers). Does not block. `engine` must
  // outlive the snapshot.
  explicit LongSnapshot(Engine* engine) : engine_(engine), snapshot_(engine->TakeSnapshot()) {}

  // The last position that was given to a commit of the snapshot (storage/engine.h, Append): the
  // records with greater ones are exactly those of the appending commits that it lacks. 0: there
  // was no such commit.
  Result<uint64_t> Position() const;

  Result<std::optional<std::string>> Get(std::string key) const;

  // Shows the entries of [begin, end) in order until `visit` says that it has enough; what it was
  // shown then counts as seen. Returns where the next page begins, nullopt if all were shown. What
  // is read does not stay in the cache.
  Result<std::optional<std::string>> Page(std::string begin, std::string end,
                                          ScanVisit visit) const;

 private:
  Engine* engine_;
  SnapshotPtr snapshot_;
};

// The last position that was given to a commit that was reported, or to a later one; `done` is
// called as that of Engine::Get.
void ReadLastPosition(Engine* engine, UniqueFunction<void(Result<uint64_t>)> done);

}  // namespace stator

#endif  // STATOR_STORAGE_LONG_SNAPSHOT_H_
