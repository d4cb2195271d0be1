// Where the records of a stream come from, as the runner of mappings sees it.
#ifndef STATOR_EVENTS_SHARD_SOURCE_H_
#define STATOR_EVENTS_SHARD_SOURCE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_function.h"

namespace stator {

struct StreamRecord {
  std::string sequence_number;
  std::string item_key;  // the same bytes for each change of an item
  int64_t created_micros = 0;
  std::string event;  // as Lambda's events have it: a JSON object
};

struct StreamShard {
  std::string id;
  std::string parent;  // empty: none, or it is gone
};

struct ShardPage {
  std::vector<StreamRecord> records;
  // What to read after next time: at least that of the last record, and past what was looked at.
  std::string next_after;
  bool exhausted = false;  // a closed shard, and this was the rest of it
};

// Thread-safe. But for Latest(), calls may read from disk, and block.
class ShardSource {
 public:
  virtual ~ShardSource() = default;

  // kNotFound: there is no such stream, or no more.
  virtual Result<std::vector<StreamShard>> Shards(const std::string& stream_arn) = 0;
  // A sequence number that no record of the stream has yet, and that every later one is above.
  // kNotFound: there is no such stream. `done` is called once, inside the call or later on another
  // thread.
  virtual void Latest(const std::string& stream_arn,
                      UniqueFunction<void(Result<std::string>)> done) = 0;
  // Records after that sequence number (empty: from the oldest on), about `limit` of them, and not
  // many more bytes than `max_bytes`. kNotFound: the stream or the shard is gone, with its records.
  virtual Result<ShardPage> Read(const std::string& stream_arn, const std::string& shard_id,
                                 const std::string& after, size_t limit, size_t max_bytes) = 0;
  // `ring` is called, on any thread, when there may be something new. nullptr ends that: when
  // SetBell has returned, the one before is called no more.
  virtual void SetBell(std::function<void()> ring) = 0;
};

}  // namespace stator

#endif  // STATOR_EVENTS_SHARD_SOURCE_H_
