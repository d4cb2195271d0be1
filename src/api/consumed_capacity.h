// The ConsumedCapacity member of answers (facts 7.4).
#ifndef STATOR_API_CONSUMED_CAPACITY_H_
#define STATOR_API_CONSUMED_CAPACITY_H_

#include <map>
#include <string>
#include <string_view>

namespace stator {

enum class ReturnConsumedCapacity { kNone, kTotal, kIndexes };

// REQUIRES: `text` is one of the enum's values, or empty (absent).
ReturnConsumedCapacity ParseReturnConsumedCapacity(std::string_view text);

// Transactions give their units once more, under the name of their kind.
enum class UnitKind { kUnnamed, kRead, kWrite };

// What one request took from one table. An index is in a map if it was touched.
struct ConsumedCapacity {
  std::string table_name;  // the name or ARN as the request gave it
  double table = 0;
  std::map<std::string, double, std::less<>> local_indexes;
  std::map<std::string, double, std::less<>> global_indexes;
  UnitKind kind = UnitKind::kUnnamed;

  double Total() const;
};

// The ConsumedCapacity object. REQUIRES: `detail` is not kNone: then answers have no such member.
void AppendConsumedCapacity(const ConsumedCapacity& consumed, ReturnConsumedCapacity detail,
                            std::string* json);

}  // namespace stator

#endif  // STATOR_API_CONSUMED_CAPACITY_H_
