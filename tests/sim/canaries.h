// Known bugs, as layers around the real parts: the simulation must find each of them.
#ifndef STATOR_SIM_CANARIES_H_
#define STATOR_SIM_CANARIES_H_

#include <span>
#include <string_view>

#include "world.h"

namespace stator::sim {

struct Canary {
  std::string_view name;
  std::string_view what;
  Sabotage (*make)();
  // What clients see is enough to find it. (Otherwise one has to look into the store.)
  bool shows = true;
};

std::span<const Canary> Canaries();
// Null if there is none of that name.
const Canary* FindCanary(std::string_view name);

}  // namespace stator::sim

#endif  // STATOR_SIM_CANARIES_H_
