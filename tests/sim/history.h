// What clients asked for and what they were told: all that the checker is given.
//
// Every write of an item leaves a number of its own in the item: an update appends it to the list
// that the item holds, a put starts a list anew or goes on with one that its client had read. So an
// item that is read tells which writes made it what it is, and in which order.
#ifndef STATOR_SIM_HISTORY_H_
#define STATOR_SIM_HISTORY_H_

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace stator::sim {

using WriteId = uint32_t;  // > 0

// An item as someone saw it: the writes in it, oldest first. Empty: there was no item.
using Seen = std::vector<WriteId>;

enum class AccessKind {
  kRead,
  kAppend,  // of an item, which it creates if there is none
  kPut,
  kDelete,
};

// What an operation did to one key. `before` is what it saw there or is sure of (its condition
// held); nullopt: it could not tell.
struct Access {
  std::string key;
  AccessKind kind = AccessKind::kRead;
  std::optional<Seen> before;
};

enum class Outcome {
  kUnknown,  // no answer, or a 5xx: it may have been applied, or may still be
  kDone,
  kRefused,  // a 4xx: it was not applied; what it told of the items is as good as a read
};

inline constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

// One operation, which is atomic: a request, or one item's part of a batch of writes.
struct Operation {
  WriteId id = 0;  // of all that it writes
  std::string name;
  int64_t begin = 0;     // when its client sent it
  int64_t end = kNever;  // when its client had the answer; kNever if the outcome is unknown
  Outcome outcome = Outcome::kUnknown;
  std::vector<Access> accesses;  // one a key; of a refused operation, reads only
};

using History = std::vector<Operation>;

}  // namespace stator::sim

#endif  // STATOR_SIM_HISTORY_H_
