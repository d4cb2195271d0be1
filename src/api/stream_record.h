// Change records as the Streams API and the events made of it show them (facts 8.3).
#ifndef STATOR_API_STREAM_RECORD_H_
#define STATOR_API_STREAM_RECORD_H_

#include <string>

#include "base/result.h"
#include "table/change_record.h"
#include "table/log_reader.h"
#include "table/table_definition.h"

namespace stator {

// How the same record is written for different readers.
enum class RecordForm {
  kStreams,  // GetRecords: userIdentity with capital letters
  kEvent,    // what Lambda hands to a function: with small ones, and the ARN of the stream
};

// Appends {"eventID":...,"dynamodb":{...}} of one record of that stream. The event id follows from
// stream and position: a record that is delivered twice has the same one. Errors: kCorruption.
Result<void> AppendStreamRecord(const TableDefinition& table, const StreamDefinition& stream,
                                const LogEntry& entry, RecordForm form, std::string* json);

}  // namespace stator

#endif  // STATOR_API_STREAM_RECORD_H_
