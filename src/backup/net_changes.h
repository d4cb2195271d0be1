// What became of a table's items between two positions of its log: of each that was changed, what
// it was before and what it is after, however often it was changed in between. What was not there
// before and is not after does not count. That is what an incremental export shows (facts 9.4).
#ifndef STATOR_BACKUP_NET_CHANGES_H_
#define STATOR_BACKUP_NET_CHANGES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "backup/log_changes.h"
#include "backup/log_walk.h"
#include "base/result.h"
#include "storage/entry_sorter.h"
#include "storage/file_space.h"
#include "table/table_definition.h"

namespace stator {

// Views that stay until the next one. Not both images are absent.
struct NetChange {
  std::string_view item_key;  // as ChangeRecord's
  std::optional<std::string_view> old_image;
  std::optional<std::string_view> new_image;
  uint64_t micros = 0;  // the position of the last change
};

// Not thread-safe. Functions block; errors are kCorruption, kIoError and kNoSpace.
class NetChanges {
 public:
  // Of the records with positions in (after, last], in shards from `first_shard` on, all of which
  // have the images. `folder` is there, and for this object alone. `engine` and `space` outlive it.
  NetChanges(Engine* engine, FileSpace* space, std::string folder, const TableDefinition& table,
             uint64_t after, uint64_t last, uint64_t first_shard,
             const LogChangesOptions& options = {});

  // The next part of the work; true once it is done.
  Result<bool> Step();

  // The next one, by item keys. False at the end, and after an error. REQUIRES: Step() was true.
  bool Next(NetChange* change);
  // Of Next.
  const Result<void>& error() const { return error_; }

 private:
  bool Advance();
  // Adds the record in value_ to the change that is being put together.
  bool AddRecord(bool first);

  LogWalk walk_;
  EntrySorter sorter_;
  bool begun_ = false;
  bool has_next_ = false;
  std::string key_;  // of the record that comes next: that of its item, and its position
  std::string value_;
  std::string item_key_;
  std::optional<std::string> old_image_;
  std::optional<std::string> new_image_;
  uint64_t micros_ = 0;
  Result<void> error_;
};

}  // namespace stator

#endif  // STATOR_BACKUP_NET_CHANGES_H_
