// One run: a server, its clients, and what befalls them, all decided by a seed.
#ifndef STATOR_SIM_WORLD_H_
#define STATOR_SIM_WORLD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/unique_function.h"
#include "sim_engine.h"
#include "storage/engine.h"

namespace stator::sim {

// Layers that break the server on purpose (canaries.h); null: none. Called each time it is opened.
struct Sabotage {
  SimEngine::WrapStore store;
  UniqueFunction<std::unique_ptr<Engine>(std::unique_ptr<Engine>)> engine;
};

struct RunReport {
  std::optional<std::string> violation;
  uint64_t trace_hash = 0;
  std::vector<std::string> trace;  // its last lines
  uint64_t operations = 0;         // in the history
  uint64_t unknown = 0;            // of these
  uint64_t refused = 0;
  uint64_t crashes = 0;
};

struct RunOptions {
  Sabotage sabotage;
  bool check_store = true;  // false: what the clients see must be enough to find what is wrong
};

RunReport RunSeed(uint64_t seed, RunOptions options = {});

}  // namespace stator::sim

#endif  // STATOR_SIM_WORLD_H_
