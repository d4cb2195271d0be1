// What a change of a table looks like in the Kinesis stream that it goes to (facts 8.4).
#ifndef STATOR_KINESIS_DESTINATION_RECORD_H_
#define STATOR_KINESIS_DESTINATION_RECORD_H_

#include <string>

#include "base/result.h"
#include "table/kinesis_destination.h"
#include "table/log_reader.h"
#include "table/table_definition.h"

namespace stator::kinesis {

struct DestinationRecord {
  std::string partition_key;  // the same for all changes of an item, so that they keep their order
  std::string data;           // JSON
};

// The event id is the same whenever the same change is sent, so that consumers can tell
// repetitions. Errors: kCorruption.
Result<DestinationRecord> MakeDestinationRecord(const TableDefinition& table, const LogEntry& entry,
                                                TimePrecision precision);

}  // namespace stator::kinesis

#endif  // STATOR_KINESIS_DESTINATION_RECORD_H_
