// The change log of a table, as its definition knows it: in which shards records are kept, and who
// reads them (facts 8.1). A value, changed by pure functions within a change of the definition: so
// every commit knows the shards that were open at its place in the order, and a shard is closed
// exactly when its definition says so.
//
// Records themselves: table/change_record.h; reading them: table/log_reader.h.
#ifndef STATOR_TABLE_CHANGE_LOG_H_
#define STATOR_TABLE_CHANGE_LOG_H_

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace stator {

// Where a record stands: the position of its commit (storage/engine.h, Append), and its place among
// the records of that commit.
struct LogPosition {
  uint64_t micros = 0;
  uint16_t place = 0;
  auto operator<=>(const LogPosition&) const = default;
  // The first one after this.
  LogPosition Next() const;
};

// 10 bytes, in the order of positions: what the engine adds to the keys of a log.
void AppendPosition(const LogPosition& position, std::string* out);
[[nodiscard]] bool ReadPosition(ByteReader* in, LogPosition* out);

// Sequence numbers on the wire: at least 21 digits, in the order of positions.
std::string SequenceNumberOf(const LogPosition& position);
// nullopt if it is not one that SequenceNumberOf writes.
std::optional<LogPosition> ParseSequenceNumber(std::string_view text);

// A part of the log: the changes of the items whose partition hash lies in [hash_begin, hash_end]
// (both inclusive), between two changes of the definition. Records of an item stay in one line of
// shards: each follows its parent.
struct LogShard {
  uint64_t id =
      0;  // microseconds since the epoch when it was opened, made unique within the table; > 0
  uint64_t parent = 0;  // 0: none
  uint64_t hash_begin = 0;
  uint64_t hash_end = UINT64_MAX;
  int64_t closed_micros = 0;  // 0: open
  bool operator==(const LogShard&) const = default;

  bool open() const { return closed_micros == 0; }
  bool Holds(uint64_t hash) const { return hash_begin <= hash && hash <= hash_end; }
  // As its starting sequence number shows. Records may stand before it where ids ran ahead of the
  // clock: read from {}.
  LogPosition Start() const { return {id, 0}; }
  // "shardId-00000001414576573621-f55eea83": 20 digits of milliseconds, 8 hexadecimal ones. Ascends
  // with the id.
  std::string Name() const;
};

enum class StreamViewType { kKeysOnly, kNewImage, kOldImage, kNewAndOldImages };
std::string_view NameOf(StreamViewType view);  // "NEW_IMAGE"
std::optional<StreamViewType> ParseStreamViewType(std::string_view text);
bool ShowsNew(StreamViewType view);
bool ShowsOld(StreamViewType view);

// A stream: the shards from `first_shard` on, up to but without `end_shard`. One that was disabled
// stays readable.
struct StreamDefinition {
  std::string label;  // "2015-05-11T21:21:33.291"; unique within the table
  StreamViewType view = StreamViewType::kKeysOnly;
  int64_t created_micros = 0;
  int64_t disabled_micros = 0;  // 0: enabled
  uint64_t first_shard = 0;
  uint64_t end_shard = UINT64_MAX;
  bool operator==(const StreamDefinition&) const = default;

  bool enabled() const { return disabled_micros == 0; }
  bool Has(const LogShard& shard) const { return first_shard <= shard.id && shard.id < end_shard; }
};

// A reader other than a stream: it is shown both images, from `first_shard` on.
struct LogReaderEntry {
  std::string name;  // no NUL
  uint64_t first_shard = 0;
  bool operator==(const LogReaderEntry&) const = default;
};

struct ChangeLog {
  std::vector<LogShard> shards;           // by id
  std::vector<StreamDefinition> streams;  // oldest first; at most one is enabled, the last
  std::vector<LogReaderEntry> readers;
  bool operator==(const ChangeLog&) const = default;

  bool empty() const { return shards.empty() && streams.empty() && readers.empty(); }
  // Whether changes are recorded.
  bool active() const { return open_shards() != 0; }
  size_t open_shards() const;
  // nullptr if changes are not recorded.
  const LogShard* OpenShard(uint64_t hash) const;
  const LogShard* FindShard(uint64_t id) const;
  const StreamDefinition* EnabledStream() const;
  const StreamDefinition* FindStream(std::string_view label) const;
  const LogReaderEntry* FindReader(std::string_view name) const;
  // Whether a stream, or a reader other than point-in-time recovery's, may read that shard.
  bool IsForOthers(const LogShard& shard) const;
  // What records must hold for those who read them now.
  bool KeepsNew() const;
  bool KeepsOld() const;
};

// All of these: `now` is microseconds since the epoch. Every open shard is closed and, if someone
// still reads, has one child that goes on, so that what they change begins and ends with shards.

// The stream's label is of `earliest` or later, and like no other of the log. REQUIRES: no stream is
// enabled.
void EnableStream(StreamViewType view, int64_t now, int64_t earliest, ChangeLog* log);
// REQUIRES: one is.
void DisableStream(int64_t now, ChangeLog* log);
// REQUIRES: there is no reader of that name.
void AddReader(std::string name, int64_t now, ChangeLog* log);
void RemoveReader(std::string_view name, int64_t now, ChangeLog* log);
// Gives every open shard a child. REQUIRES: active().
void RollShards(int64_t now, ChangeLog* log);
// Gives every open shard two children, of half its hashes each, as far as that makes at most `most`
// open ones.
void SplitShards(size_t most, int64_t now, ChangeLog* log);
// Ends everything: the table is being deleted.
void CloseLog(int64_t now, ChangeLog* log);

// Readers of point-in-time recovery are called so; what they need is known elsewhere
// (table/recovery.h).
inline constexpr std::string_view kRecoveryReaders = "recovery-";

// Streams that were disabled before `horizon` go. Shards that were closed before it are no part of
// streams any more; those with ids below `kept_from` that are so old, or that no one else may read,
// are gone: the records of `*dropped` shards must be dropped first. False: nothing is to go.
bool ExpireLog(int64_t horizon, uint64_t kept_from, ChangeLog* log, std::vector<uint64_t>* dropped);

// As a definition stores it (docs/format.md, "The change log").
std::string EncodeChangeLog(const ChangeLog& log);
std::optional<ChangeLog> DecodeChangeLog(std::string_view bytes);

}  // namespace stator

#endif  // STATOR_TABLE_CHANGE_LOG_H_
