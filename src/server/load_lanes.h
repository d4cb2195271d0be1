// Which items `stator load` must write one after the other.
#ifndef STATOR_SERVER_LOAD_LANES_H_
#define STATOR_SERVER_LOAD_LANES_H_

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/api_client.h"
#include "server/load_reader.h"

namespace stator {

// Divides items among lanes such that those with one key are in one lane, in their order: of these
// the last must stay. Asks for the key of each table when it first sees the table; all items of a
// table that it is not told of are in one lane. Not thread-safe.
class LoadLanes {
 public:
  // REQUIRES: lanes > 0. With one lane nothing is asked.
  LoadLanes(ApiClientOptions client, size_t lanes) : client_(std::move(client)), lanes_(lanes) {}

  // From 0. Errors: kIoError, kInvalidArgument as ApiClient::Call.
  Result<size_t> LaneOf(const LoadItem& item);

 private:
  Result<std::vector<std::string>> KeyOf(const std::string& table);

  ApiClient client_;
  const size_t lanes_;
  std::map<std::string, std::vector<std::string>> keys_;  // attribute names
};

}  // namespace stator

#endif  // STATOR_SERVER_LOAD_LANES_H_
