#include "table/destination_changes.h"

#include <algorithm>
#include <utility>

#include "table/change_log.h"

namespace stator {
namespace {

constexpr std::string_view kNotInState =
    "Table is not in a valid state to enable Kinesis Streaming Destination: ";

KinesisDestination* Find(TableDefinition* table, std::string_view reader) {
  return const_cast<KinesisDestination*>(FindReadingDestination(*table, reader));
}

Unexpected<ApiError> NoDestination(const TableDefinition& table, std::string_view stream_arn) {
  std::string message(kNotInState);
  message.append("No streaming destination with streamArn: ").append(stream_arn);
  return Invalid(message.append(" found for table with tableName: ").append(table.name));
}

}  // namespace

const KinesisDestination* FindDestination(const TableDefinition& table,
                                          std::string_view stream_arn) {
  for (const KinesisDestination& destination : table.destinations) {
    if (destination.stream_arn == stream_arn) return &destination;
  }
  return nullptr;
}

const KinesisDestination* FindReadingDestination(const TableDefinition& table,
                                                 std::string_view reader) {
  for (const KinesisDestination& destination : table.destinations) {
    if (destination.reader == reader) return &destination;
  }
  return nullptr;
}

ApiResult<TableDefinition> EnableDestination(const TableDefinition& table,
                                             std::string_view stream_arn, TimePrecision precision,
                                             int64_t now) {
  TableDefinition next = table;
  for (const KinesisDestination& destination : table.destinations) {
    if (!destination.live()) continue;
    return Invalid(std::string(kNotInState) +
                   "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform "
                   "ENABLE operation.");
  }
  // One entry for each stream that was used, so that a name is unique in spite of a clock that was
  // set.
  std::string reader = "kinesis-" + std::to_string(now);
  while (FindReadingDestination(table, reader) != nullptr) reader += '+';
  std::erase_if(next.destinations, [&](const KinesisDestination& destination) {
    return destination.stream_arn == stream_arn;
  });
  next.destinations.push_back({.stream_arn = std::string(stream_arn),
                               .reader = reader,
                               .precision = precision,
                               .changed_micros = now});
  AddReader(std::move(reader), now, &next.log);
  return next;
}

ApiResult<TableDefinition> DisableDestination(const TableDefinition& table,
                                              std::string_view stream_arn, int64_t now) {
  const KinesisDestination* destination = FindDestination(table, stream_arn);
  if (destination == nullptr || !destination->live()) {
    return Invalid(std::string(kNotInState) +
                   "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.");
  }
  TableDefinition next = table;
  KinesisDestination* changed = Find(&next, destination->reader);
  changed->status = DestinationStatus::kDisabled;
  changed->changed_micros = now;
  RemoveReader(changed->reader, now, &next.log);
  return next;
}

ApiResult<TableDefinition> UpdateDestination(const TableDefinition& table,
                                             std::string_view stream_arn, TimePrecision precision) {
  const KinesisDestination* destination = FindDestination(table, stream_arn);
  if (destination == nullptr || !destination->live()) return NoDestination(table, stream_arn);
  if (destination->precision == precision) {
    return Invalid("Invalid Request: Precision is already set to the desired value of " +
                   std::string(NameOf(precision)) + " for tableId: " + table.uuid +
                   ", kdsArn: " + std::string(stream_arn));
  }
  TableDefinition next = table;
  Find(&next, destination->reader)->precision = precision;
  return next;
}

TableDefinition ActivateDestination(const TableDefinition& table, std::string_view reader,
                                    int64_t now) {
  TableDefinition next = table;
  KinesisDestination* changed = Find(&next, reader);
  changed->status = DestinationStatus::kActive;
  changed->changed_micros = now;
  return next;
}

TableDefinition FailDestination(const TableDefinition& table, std::string_view reader,
                                std::string description, int64_t now) {
  TableDefinition next = table;
  KinesisDestination* changed = Find(&next, reader);
  changed->status = DestinationStatus::kEnableFailed;
  changed->description = std::move(description);
  changed->changed_micros = now;
  RemoveReader(reader, now, &next.log);
  return next;
}

}  // namespace stator
