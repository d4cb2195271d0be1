// How far a dump has come, as it stands in the file beside the output.
#ifndef STATOR_SERVER_DUMP_STATE_H_
#define STATOR_SERVER_DUMP_STATE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stator {

struct DumpState {
  // Of a parallel scan.
  struct Segment {
    bool done = false;
    std::string after;  // the LastEvaluatedKey, in JSON; empty: the segment has not begun

    bool operator==(const Segment&) const = default;
  };

  std::string table;
  std::string table_id;  // another table of the same name has another one
  uint64_t length = 0;   // of the output, with all items before the segments' positions
  uint64_t items = 0;    // in it
  std::vector<Segment> segments;

  bool operator==(const DumpState&) const = default;
};

std::string ToJson(const DumpState& state);
// Errors: kCorruption.
Result<DumpState> DumpStateFromJson(std::string_view text);

}  // namespace stator

#endif  // STATOR_SERVER_DUMP_STATE_H_
