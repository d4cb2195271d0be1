// What is asked of the server: one table of numbered items, ten to a partition, and three kinds of
// request.
#ifndef STATOR_BENCH_WORKLOAD_H_
#define STATOR_BENCH_WORKLOAD_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace stator::bench {

inline constexpr uint64_t kItemsPerPartition = 10;

enum class Operation { kGet, kPut, kQuery };

class Workload {
 public:
  // Items are about `item_bytes` large by DynamoDB's measure: ten attributes beside the key.
  Workload(std::string table, size_t item_bytes);

  std::string CreateTable() const;
  std::string DescribeTable() const;
  // Items [first, first + count) as a BatchWriteItem.
  std::string BatchWrite(uint64_t first, uint64_t count) const;

  std::string_view OperationName(Operation operation) const;
  // The request about item `number`: that item, or its partition for kQuery.
  std::string Body(Operation operation, uint64_t number) const;
  // Whether `body` is what a 200 answer to it must contain.
  bool IsRight(Operation operation, std::string_view body) const;

 private:
  std::string Key(uint64_t number) const;
  std::string Item(uint64_t number) const;

  std::string table_;
  std::string attributes_;
};

}  // namespace stator::bench

#endif  // STATOR_BENCH_WORKLOAD_H_
