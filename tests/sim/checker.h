// Whether a history can be that of a strictly serializable database.
//
// From what was seen follow, for each key, runs of writes of which each directly followed the one
// before it. Two writes that followed the same one, a write that was refused and seen, or that is
// seen twice, are violations by themselves. The rest are cycles of a graph over the operations: b
// must come after a if a's answer was there before b was sent, if b saw or directly followed what a
// wrote, or if a did not see what b wrote over it. Runs of a key do not mix, so that one edge
// between two runs orders them; and an item that was there and is gone needs a delete in between.
// This is repeated until nothing more follows.
//
// What is reported is a violation. The reverse does not hold: where outcomes are unknown or deletes
// of one key overlap, several orders may be possible, and the checker does not try them all.
#ifndef STATOR_SIM_CHECKER_H_
#define STATOR_SIM_CHECKER_H_

#include <optional>
#include <string>

#include "history.h"

namespace stator::sim {

// What is wrong, in words; nullopt: nothing was found. Every key is without an item at the
// beginning.
std::optional<std::string> CheckHistory(const History& history);

}  // namespace stator::sim

#endif  // STATOR_SIM_CHECKER_H_
