// What EnableKinesisStreamingDestination and its relatives make of a table: pure functions, the
// `change` functions of Catalog::Change (facts 8.4, 14.5).
#ifndef STATOR_TABLE_DESTINATION_CHANGES_H_
#define STATOR_TABLE_DESTINATION_CHANGES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "model/api_error.h"
#include "table/kinesis_destination.h"
#include "table/table_definition.h"

namespace stator {

// nullptr: none.
const KinesisDestination* FindDestination(const TableDefinition& table,
                                          std::string_view stream_arn);
const KinesisDestination* FindReadingDestination(const TableDefinition& table,
                                                 std::string_view reader);

// The next definition. REQUIRES (all): the table is there. Errors: those of facts 8.4 and 14.5.
ApiResult<TableDefinition> EnableDestination(const TableDefinition& table,
                                             std::string_view stream_arn, TimePrecision precision,
                                             int64_t now);
ApiResult<TableDefinition> DisableDestination(const TableDefinition& table,
                                              std::string_view stream_arn, int64_t now);
ApiResult<TableDefinition> UpdateDestination(const TableDefinition& table,
                                             std::string_view stream_arn, TimePrecision precision);
// What whoever delivers has found out: the stream is there, or nothing can be delivered any more.
// REQUIRES: there is a live destination with this reader.
TableDefinition ActivateDestination(const TableDefinition& table, std::string_view reader,
                                    int64_t now);
TableDefinition FailDestination(const TableDefinition& table, std::string_view reader,
                                std::string description, int64_t now);

}  // namespace stator

#endif  // STATOR_TABLE_DESTINATION_CHANGES_H_
