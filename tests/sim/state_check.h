// Whether what is in the store fits together, as `stator check` sees it (src/table/check_tables.h).
// Holds at every moment of a run, as each group of commits reaches the store as a whole.
#ifndef STATOR_SIM_STATE_CHECK_H_
#define STATOR_SIM_STATE_CHECK_H_

#include <map>
#include <optional>
#include <string>

namespace stator::sim {

using StoreContent = std::map<std::string, std::string>;

// What does not fit, in words.
std::optional<std::string> CheckState(const StoreContent& content);

}  // namespace stator::sim

#endif  // STATOR_SIM_STATE_CHECK_H_
