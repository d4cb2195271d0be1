// What the operations on Kinesis destinations have in common.
#ifndef STATOR_API_KINESIS_DESTINATION_ANSWER_H_
#define STATOR_API_KINESIS_DESTINATION_ANSWER_H_

#include <optional>
#include <string>
#include <string_view>

#include "api/operations.h"
#include "base/unique_function.h"
#include "table/kinesis_destination.h"
#include "table/table_definition.h"

namespace stator {

// ApproximateCreationDateTimePrecision in the structure `config` of the request.
std::optional<TimePrecision> PrecisionOf(const Members& in, std::string_view config);

// What an operation makes of a table's definition.
using DestinationChange = UniqueFunction<ApiResult<TableDefinition>(const TableDefinition& table)>;

// Makes the change and answers {TableName, StreamArn, DestinationStatus}, and `config` with the
// precision if it is not empty.
struct DestinationAnswer {
  std::string_view status;
  std::string_view config;
  std::optional<TimePrecision> precision;
};
void ChangeDestination(const OperationContext& context, const Members& in, DestinationChange change,
                       DestinationAnswer answer, Respond done);

}  // namespace stator

#endif  // STATOR_API_KINESIS_DESTINATION_ANSWER_H_
