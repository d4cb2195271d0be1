// UpdateTimeToLive (facts 9.1, 14.3): builds the next definition from the current one.
#include <string>

#include "table/table_changes.h"

namespace stator {
namespace {

constexpr int64_t kCooldownMicros = int64_t{31} * 60 * 1'000'000;

ApiResult<void> CheckState(const TableDefinition& current) {
  if (current.status == TableStatus::kCreating)
    return StillInUse("Table " + current.name + " is being created");
  if (current.status == TableStatus::kDeleting)
    return StillInUse("Table " + current.name + " is being deleted");
  return {};
}

// Against what there is, before the cool-down is looked at.
ApiResult<void> CheckChange(const TableDefinition& current, const TimeToLiveRequest& request) {
  if (!current.ttl) {
    if (request.enabled) return {};
    return Invalid("TimeToLive is already disabled");
  }
  if (current.ttl->attribute != request.attribute) {
    return Invalid("TimeToLive is active on a different AttributeName: current AttributeName is " +
                   current.ttl->attribute);
  }
  const bool disabling = current.ttl->status == TimeToLiveStatus::kDisabling;
  if (request.enabled && !disabling) return Invalid("TimeToLive is already enabled");
  if (!request.enabled && disabling) return Invalid("TimeToLive is already disabled");
  return {};
}

bool IsCoolingDown(const TableDefinition& current, const PlanContext& context) {
  // Nothing can be done about one that is being disabled but wait.
  if (current.ttl && current.ttl->status == TimeToLiveStatus::kDisabling) return true;
  return context.service_quotas && current.ttl_changed_micros != 0 &&
         context.now_micros < current.ttl_changed_micros + kCooldownMicros;
}

}  // namespace

ApiResult<TableDefinition> PlanUpdateTimeToLive(const TableDefinition* current,
                                                const TimeToLiveRequest& request,
                                                const PlanContext& context) {
  if (current == nullptr) return TableNotFound(request.name);
  if (auto ok = CheckState(*current); !ok) return Unexpected<ApiError>(ok.error());
  if (auto ok = CheckChange(*current, request); !ok) return Unexpected<ApiError>(ok.error());
  if (IsCoolingDown(*current, context)) {
    return Invalid("Time to live has been modified multiple times within a fixed interval");
  }
  TableDefinition next = *current;
  next.ttl_changed_micros = context.now_micros;
  if (request.enabled) {
    TimeToLive& ttl = next.ttl.emplace();
    ttl.attribute = request.attribute;
    ttl.id = next.next_index_id++;
    ttl.status =
        context.control_plane_delays ? TimeToLiveStatus::kEnabling : TimeToLiveStatus::kEnabled;
    return next;
  }
  next.dropped_ttls.push_back(next.ttl->id);
  next.ttl->status = TimeToLiveStatus::kDisabling;
  if (!context.control_plane_delays) next.ttl.reset();
  return next;
}

}  // namespace stator
