// What is asked of the server: a table of numbered items, ten to a partition, and the requests
// about them.
#ifndef STATOR_BENCH_WORKLOAD_H_
#define STATOR_BENCH_WORKLOAD_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "key_chooser.h"

namespace stator::bench {

inline constexpr uint64_t kItemsPerPartition = 10;
inline constexpr uint64_t kWriteBatch = 25;
inline constexpr uint64_t kReadBatch = 100;
inline constexpr uint64_t kTransactionItems = 4;

enum class Operation {
  kGet,         // an item
  kPut,         // over an existing item of the same size
  kUpdate,      // ADD 1 to the item's attribute "hits"
  kQuery,       // a partition: ten items
  kBatchGet,    // 100 items
  kBatchWrite,  // 25 puts
  kTransact,    // TransactWriteItems of 4 puts, with a new ClientRequestToken
  kScan,        // the next page
};
inline constexpr int kOperations = 8;

// "get", "put", "batch-write", ...: as on the command line.
std::string_view NameOf(Operation operation);
std::optional<Operation> OperationNamed(std::string_view name);
// "GetItem", ...: the API's name.
std::string_view ApiName(Operation operation);
// How many items a request writes or reads; 0: as many as a page has.
uint64_t ItemsOf(Operation operation);

struct TableShape {
  std::string name = "bench";
  uint64_t items = 100'000;
  size_t item_bytes = 1024;  // by DynamoDB's measure, "hits" not counted
  int indexes = 0;           // global ones, each on an attribute of its own
  bool project_all = true;   // else the indexes have the keys only
};

// Immutable, so thread-safe.
class Workload {
 public:
  explicit Workload(TableShape shape);

  const TableShape& shape() const { return shape_; }
  std::string CreateTable() const;
  std::string DescribeTable() const;

  // Items [first, first + count) as a BatchWriteItem. Indexed attributes are drawn anew with each
  // item written, so that every put moves its index entries.
  void AppendLoad(uint64_t first, uint64_t count, Random* random, std::string* out) const;
  // The request about item `number` (< shape().items): that item, its partition, or that and others
  // far away. `start_key` is the LastEvaluatedKey to scan from; "" is the start of the table.
  void AppendBody(Operation operation, uint64_t number, std::string_view start_key, Random* random,
                  std::string* out) const;
  // Whether `body` is what a 200 answer to it must contain.
  bool IsRight(Operation operation, std::string_view body) const;

 private:
  void AppendKey(uint64_t number, std::string* out) const;
  void AppendItem(uint64_t number, Random* random, std::string* out) const;
  uint64_t Distant(uint64_t number, uint64_t step, uint64_t steps) const {
    return (number + step * (shape_.items / steps)) % shape_.items;
  }

  static constexpr size_t kAttributes = 10;
  // Where in text_ an attribute's text may begin. Drawn anew with each item written: a server need
  // not write what is there already, and no disk holds ten thousand equal items.
  static constexpr size_t kTexts = 256 * 1024;

  TableShape shape_;
  std::array<size_t, kAttributes> lengths_;
  std::string text_;
};

// The value of the top-level member `name`, an object, as text; "" if there is none. For bodies
// whose strings hold neither braces nor this name, as all of this load are.
std::string_view ObjectMember(std::string_view body, std::string_view name);

}  // namespace stator::bench

#endif  // STATOR_BENCH_WORKLOAD_H_
