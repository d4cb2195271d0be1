// Where the records of logs are (log_store.h): in segments, each of which holds what was appended
// to all logs from one position to another. Values and no I/O.
//
// A log is what has one prefix. REQUIRES: no prefix begins with another.
#ifndef STATOR_STORAGE_LOG_INDEX_H_
#define STATOR_STORAGE_LOG_INDEX_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/kv_store.h"

namespace stator {

class LogIndex {
 public:
  // Records from `begin` to before `end` that are in one segment.
  struct Part {
    uint64_t segment = 0;
    std::string begin;
    std::string end;
  };

  // Notes a record. Those of one log have to come in order.
  void Add(std::string_view key, uint64_t segment);

  // What has to be read for a range, in its order: at most `limit` parts, the first ones.
  std::vector<Part> Find(const StoreRange& range, size_t limit) const;
  // What is above a position; what is in a segment.
  std::vector<Part> PartsAbove(uint64_t position) const;
  std::vector<Part> PartsIn(uint64_t segment) const;

  // Forgets a range, which begins and ends at a log or a position of one (not between the records
  // of a position), up to one. Returns the segments that it was in.
  std::set<uint64_t> Drop(std::string_view begin, std::string_view end, uint64_t last_position);
  // Forgets what is above a position; what is in a segment.
  void DropAbove(uint64_t position);
  void DropSegment(uint64_t segment);
  // What was in one segment is in another one now, with the same place in the order.
  void Move(uint64_t from, uint64_t to);

  // Of all records; 0 if there are none.
  uint64_t last_position() const;
  // Those that hold a record.
  std::set<uint64_t> Segments() const;

 private:
  // Positions of one log that are in one segment, ends included.
  struct Run {
    uint64_t segment = 0;
    uint64_t first = 0;
    uint64_t last = 0;
  };
  using Log = std::vector<Run>;
  using Logs = std::map<std::string, Log, std::less<>>;

  void RemoveEmpty();
  static void FindIn(const Logs::value_type& log, const StoreRange& range, size_t limit,
                     std::vector<Part>* parts);

  Logs logs_;
  Logs::iterator recent_ = logs_.end();  // of Add()
};

// The position in a key of a log; the greatest there is if it has none.
uint64_t PositionOf(std::string_view log_key);

}  // namespace stator

#endif  // STATOR_STORAGE_LOG_INDEX_H_
