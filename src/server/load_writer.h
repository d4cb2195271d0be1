// Writes items to a table by BatchWriteItem, as many at a time as it takes.
#ifndef STATOR_SERVER_LOAD_WRITER_H_
#define STATOR_SERVER_LOAD_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "server/api_client.h"
#include "server/load_reader.h"

namespace stator {

// Not thread-safe. Items are written in the order they came in: of several with one key the last
// stays.
class LoadWriter {
 public:
  // `client` must outlive this object.
  explicit LoadWriter(ApiClient* client) : client_(client) {}

  // Takes an item, and writes those that make a full batch. REQUIRES: item.table is set. Errors:
  // the message says which item, and why; nothing is written after it.
  Result<void> Add(LoadItem item);
  Result<void> Flush();

  uint64_t written() const { return written_; }

 private:
  Result<void> Write(const LoadItem* items, size_t count);

  ApiClient* client_;
  std::vector<LoadItem> batch_;
  size_t batch_bytes_ = 0;
  uint64_t written_ = 0;
};

}  // namespace stator

#endif  // STATOR_SERVER_LOAD_WRITER_H_
