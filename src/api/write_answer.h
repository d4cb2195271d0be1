// The parts of answers that all writes share: ConsumedCapacity and ItemCollectionMetrics (facts 7.3 to 7.5).
#ifndef STATOR_API_WRITE_ANSWER_H_
#define STATOR_API_WRITE_ANSWER_H_

#include <string>
#include <string_view>
#include <vector>

#include "api/consumed_capacity.h"
#include "model/attribute_value.h"
#include "table/item_write.h"
#include "table/table_definition.h"

namespace stator {

// What one write took. `factor` multiplies the table's part: 2 in a transaction.
ConsumedCapacity ConsumedBy(std::string table_name, const WriteEffect& effect, double factor);

// Adds `more` to the entry of its table, or a new one at the end.
void AddConsumed(const ConsumedCapacity& more, std::vector<ConsumedCapacity>* all);

// "ConsumedCapacity":[...] with a leading comma, or nothing for kNone.
void AppendConsumedCapacities(const std::vector<ConsumedCapacity>& all, ReturnConsumedCapacity detail,
                              std::string* json);

// The ItemCollectionMetrics object of one write. REQUIRES: the table has a local index.
void AppendItemCollectionMetrics(const TableDefinition& table, const AttributeMap& item_or_key,
                                 const WriteEffect& effect, std::string* json);

// Those of many writes: "ItemCollectionMetrics":{table:[...]} with a leading comma, each collection once;
// nothing if no table has a local index. The vectors are parallel; a null table is passed over.
struct CollectionOfWrite {
  std::string table_name;
  TablePtr table;
  const AttributeMap* item_or_key = nullptr;
  const WriteEffect* effect = nullptr;
};
void AppendItemCollectionMetrics(const std::vector<CollectionOfWrite>& writes, std::string* json);

}  // namespace stator

#endif  // STATOR_API_WRITE_ANSWER_H_
