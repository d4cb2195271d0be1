// From a key condition to the range of storage keys that a page reads. Pure.
//
// The key encoding keeps the order and is self-delimiting, so every key condition is one range
// exactly: there is nothing left to test on the entries in it.
#ifndef STATOR_TABLE_KEY_RANGE_H_
#define STATOR_TABLE_KEY_RANGE_H_

#include <string_view>
#include <vector>

#include "expr/key_condition_match.h"
#include "model/api_error.h"
#include "table/layout.h"
#include "table/table_definition.h"

namespace stator {

// (All functions: `index` null means the table itself.)

// MatchKeySchema, and then that no value is empty or too long for a key (facts 2.4).
ApiResult<MatchedKeyCondition> MatchCondition(const TableDefinition& table,
                                              const IndexDefinition* index,
                                              const KeyCondition& condition);

// The entries that meet `condition`. Possibly none: begin >= end. REQUIRES: it came from
// MatchCondition for the same table and index.
KeyRange MatchingEntries(const TableDefinition& table, const IndexDefinition* index,
                         const MatchedKeyCondition& condition);

// Whether at most one entry can meet it: a table's whole primary key is given.
bool IsSingleItem(const TableDefinition& table, const IndexDefinition* index,
                  const MatchedKeyCondition& condition);

// Cuts off what a page that ended at storage key `last` has already read. `last` need not exist. It
// may lie outside the range, which then stays as it is or becomes empty (begin >= end).
void StartAfter(KeyRange* range, std::string_view last, bool reverse);

// What a LastEvaluatedKey consists of: the key attributes of the table, then those of the index,
// each once. Points into the definitions.
std::vector<const KeyAttribute*> KeyAttributesOf(const TableDefinition& table,
                                                 const IndexDefinition* index);

}  // namespace stator

#endif  // STATOR_TABLE_KEY_RANGE_H_
