// How far a load has come, as it stands in a file.
#ifndef STATOR_SERVER_LOAD_STATE_H_
#define STATOR_SERVER_LOAD_STATE_H_

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/load_reader.h"

namespace stator {

struct LoadState {
  std::string endpoint;
  std::string table;  // empty: the files say
  std::vector<std::string> files;
  LoadPosition position;  // all before it is written

  bool operator==(const LoadState&) const = default;
};

std::string ToJson(const LoadState& state);
// Errors: kCorruption.
Result<LoadState> LoadStateFromJson(std::string_view text);

}  // namespace stator

#endif  // STATOR_SERVER_LOAD_STATE_H_
