// What the descriptions of backups and imports say of tables as they were or are asked for, without
// states and sizes.
#ifndef STATOR_API_TABLE_SUMMARY_H_
#define STATOR_API_TABLE_SUMMARY_H_

#include <optional>
#include <string>
#include <string_view>

#include "api/json_object.h"
#include "table/table_definition.h"

namespace stator {

// {"ReadCapacityUnits":...,"WriteCapacityUnits":...}
void AppendUnits(const Throughput& units, std::string* json);
// OnDemandThroughput, if there are ceilings.
void AddOnDemand(const std::optional<Throughput>& ceilings, JsonObject* parent);
// The global or the local indexes as `member`, if there are any.
void AddIndexInfos(const TableDefinition& table, std::string_view member, bool global,
                   JsonObject* object);

}  // namespace stator

#endif  // STATOR_API_TABLE_SUMMARY_H_
