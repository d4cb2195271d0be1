#include "api/read_plan.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "api/start_key.h"
#include "table/index_maintenance.h"
#include "table/key_check.h"
#include "table/key_range.h"

namespace stator {
namespace {

using Checked = ApiResult<void>;

template <class T>
Unexpected<ApiError> FailAs(ApiResult<T> failed) {
  return Unexpected<ApiError>(std::move(failed).error());
}

// The table, what of it is read, and the request.
struct Target {
  const TableDefinition& table;
  const IndexDefinition* index;  // null: the table itself
  const ReadRequest& request;

  const KeySchema& keys() const { return index == nullptr ? table.keys : index->keys; }
  bool is_query() const { return request.key_condition.has_value(); }
};

ApiResult<const IndexDefinition*> FindIndex(const TableDefinition& table,
                                            const ReadRequest& request) {
  if (!request.index_name) return static_cast<const IndexDefinition*>(nullptr);
  const IndexDefinition* index = table.FindIndex(*request.index_name);
  if (index == nullptr || (!index->IsReadable() && index->status != IndexStatus::kCreating)) {
    return Invalid("The table does not have the specified index: " + *request.index_name);
  }
  if (!index->IsReadable())
    return Invalid("Cannot read from backfilling global secondary index: " + index->name);
  return index;
}

// The entries that the query's key conditions ask for.
Checked PlanQueryRange(const Target& target, ReadPlan* plan) {
  const auto& [table, index, request] = target;
  if (request.start_key) {
    if (auto ok = CheckQueryStartKey(table, index, *request.start_key); !ok) return ok;
  }
  auto condition = MatchCondition(table, index, *request.key_condition);
  if (!condition) return FailAs(std::move(condition));
  if (request.start_key) {
    if (auto ok = CheckStartKeyInQuery(table, index, *condition, *request.start_key); !ok)
      return ok;
  }
  plan->page.range = MatchingEntries(table, index, *condition);
  plan->single_item = IsSingleItem(table, index, *condition);
  return {};
}

Checked PlanScanRange(const Target& target, ReadPlan* plan) {
  const auto& [table, index, request] = target;
  if (request.start_key) {
    if (auto ok = CheckScanStartKey(table, index, *request.start_key); !ok) return ok;
    auto ok = CheckStartKeyInSegment(table, index, request.segment, request.total_segments,
                                     *request.start_key);
    if (!ok) return ok;
  }
  plan->page.range = SegmentEntries(table, index, request.segment, request.total_segments);
  return {};
}

// No path leads into a key attribute of the table or of one of its indexes, read or not (facts 2.4, 4.6).
template <class Expression>
Checked CheckNoneIntoKey(const Target& target, const Expression& expression) {
  KeyCheck result;
  VisitPaths(expression, [&](const DocumentPath& path) {
    if (result) result = CheckKeyPath(target.table, path);
  });
  if (!result) return Invalid(std::move(result).error().message);
  return {};
}

// Queries find items by their keys, and do not filter by them (facts 4.6).
Checked CheckFilterWithoutKeys(const Target& target) {
  if (!target.is_query() || !target.request.filter) return {};
  Checked result;
  VisitPaths(*target.request.filter, [&](const DocumentPath& path) {
    if (!result || !target.keys().Contains(path.attribute())) return;
    result = Invalid(
        std::string(target.request.legacy_filter ? "QueryFilter" : "Filter Expression") +
        " can only contain non-primary key attributes: Primary key attribute: " + path.attribute());
  });
  return result;
}

// The attributes that the request names and the index does not hold, each once, in the order of the
// request.
std::vector<std::string> UnprojectedAttributes(const Target& target) {
  std::vector<std::string> names;
  const auto visit = [&](const DocumentPath& path) {
    const std::string& name = path.attribute();
    if (IsProjected(target.table, *target.index, name)) return;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  if (target.request.projection) VisitPaths(*target.request.projection, visit);
  if (target.request.filter) VisitPaths(*target.request.filter, visit);
  return names;
}

// A global index answers from what it holds.
Checked CheckGlobalIndexHoldsAll(const Target& target) {
  const std::vector<std::string> missing = UnprojectedAttributes(target);
  if (missing.empty()) return {};
  std::string list;
  for (const std::string& name : missing) list += (list.empty() ? "" : ", ") + name;
  return InvalidParameter("Global secondary index " + target.index->name + " does not project [" +
                          list + "]");
}

Checked CheckAttributes(const Target& target) {
  const auto& [table, index, request] = target;
  const bool global = index != nullptr && index->global;
  if (request.projection) {
    if (auto ok = CheckNoneIntoKey(target, *request.projection); !ok) return ok;
  }
  if (auto ok = CheckFilterWithoutKeys(target); !ok) return ok;
  if (global && request.select == Select::kAllAttributes &&
      index->projection.type != IndexProjection::Type::kAll) {
    return InvalidParameter(
        "Select type ALL_ATTRIBUTES is not supported for global secondary index " + index->name +
        " because its projection type is not ALL");
  }
  if (request.filter) {
    if (auto ok = CheckNoneIntoKey(target, *request.filter); !ok) return ok;
  }
  return global ? CheckGlobalIndexHoldsAll(target) : Checked();
}

void PlanShown(const Target& target, ReadPlan* plan) {
  using Shown = ReadPlan::Shown;
  const auto& [table, index, request] = target;
  const bool all = request.select == Select::kAllAttributes;
  plan->shown = request.select == Select::kCount ? Shown::kNothing
                : request.projection             ? Shown::kProjection
                                                 : Shown::kItem;
  if (index == nullptr || index->global || index->projection.type == IndexProjection::Type::kAll)
    return;
  const bool unprojected_named = !UnprojectedAttributes(target).empty();
  plan->page.whole_items = all || unprojected_named;
  if (unprojected_named && !all && plan->shown == Shown::kItem)
    plan->shown = Shown::kIndexAttributes;
}

}  // namespace

ApiResult<ReadPlan> PlanRead(TablePtr table, const ReadRequest& request) {
  auto index = FindIndex(*table, request);
  if (!index) return FailAs(std::move(index));
  if (*index != nullptr && (*index)->global && request.consistent) {
    return Invalid("Consistent reads are not supported on global secondary indexes");
  }
  const Target target{*table, *index, request};
  ReadPlan plan;
  auto ranged = target.is_query() ? PlanQueryRange(target, &plan) : PlanScanRange(target, &plan);
  if (!ranged) return FailAs(std::move(ranged));
  if (auto ok = CheckAttributes(target); !ok) return FailAs(std::move(ok));

  plan.page.index = *index;
  plan.page.reverse = request.reverse;
  plan.page.limit = request.limit;
  if (request.start_key) {
    StartAfter(&plan.page.range, CursorKey(*table, *index, *request.start_key), request.reverse);
  }
  PlanShown(target, &plan);
  plan.page.table = std::move(table);
  return plan;
}

}  // namespace stator
