// What CreateTable, UpdateTable and DeleteTable make of a table: pure functions from the current
// definition and a request to the next definition, or to the service's error
// (facts 5.1, 5.2, 5.4, 14.2 - 14.4).
//
// They are the `change` functions of Catalog::Change: `current` is null if there is no such table,
// and they may be called several times. What is left to be done afterwards follows from the next
// definition alone, see table/table_jobs.h.
#ifndef STATOR_TABLE_TABLE_CHANGES_H_
#define STATOR_TABLE_TABLE_CHANGES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "model/api_error.h"
#include "table/table_definition.h"
#include "table/table_request.h"

namespace stator {

struct PlanContext {
  int64_t now_micros = 0;
  std::string_view region;
  // Account and table quotas, limits on decreases per day and the like (facts 14.4); off by
  // default.
  bool service_quotas = false;
  // States like ENABLING last as long as the service's (facts 14.1): a job ends them.
  bool control_plane_delays = false;
  // Streams of tables of the same name that are gone have earlier labels than this.
  int64_t earliest_stream_micros = 0;
};

struct TablePlan {
  TableDefinition next;
  // What the answer describes: as `next`, but throughput and table class are still the old ones
  // (facts 14.1).
  TableDefinition answer;
};

// Everything but the existing name: the definition in state CREATING. Scope and uuid are the
// caller's to fill in.
ApiResult<TableDefinition> PlanCreateTable(const CreateTableRequest& request,
                                           const PlanContext& context);

ApiResult<TablePlan> PlanUpdateTable(const TableDefinition* current,
                                     const UpdateTableRequest& request, const PlanContext& context);

struct TimeToLiveRequest {
  std::string name;  // of the table
  bool enabled = false;
  std::string attribute;
};
ApiResult<TableDefinition> PlanUpdateTimeToLive(const TableDefinition* current, const TimeToLiveRequest& request,
                                                const PlanContext& context);
// The definition in state DELETING. Its log ends at `now_micros`.
ApiResult<TableDefinition> PlanDeleteTable(const TableDefinition* current, std::string_view name,
                                           int64_t now_micros);

// ResourceNotFoundException "Requested resource not found: Table: <name> not found", the text of
// the control plane (facts 1.9).
Unexpected<ApiError> TableNotFound(std::string_view name);
// ResourceInUseException "Attempt to change a resource which is still in use: " + text.
Unexpected<ApiError> StillInUse(std::string_view text);
// ResourceInUseException of CreateTable for a table that is there.
Unexpected<ApiError> NameIsTaken(const TableDefinition& table);

}  // namespace stator

#endif  // STATOR_TABLE_TABLE_CHANGES_H_
