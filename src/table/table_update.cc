// UpdateTable (facts 5.4, 14.1, 14.2): builds the next definition step by step from the current
// one.
#include <algorithm>
#include <string>
#include <utility>

#include "table/request_checks.h"
#include "table/table_changes.h"
#include "table/throughput_check.h"
#include "table/update_checks.h"

namespace stator {
namespace {

class Updater {
 public:
  Updater(const TableDefinition& current, const UpdateTableRequest& request,
          const PlanContext& context)
      : current_(current), request_(request), context_(context), next_(current) {}

  ApiResult<TablePlan> Run() {
    if (auto ok = Apply(); !ok) return Unexpected<ApiError>(ok.error());
    TablePlan plan{next_, next_};
    EchoOldValues(&plan.answer);
    return plan;
  }

 private:
  ApiResult<void> Apply() {
    if (auto ok = ApplyStream(); !ok) return ok;
    if (request_.sse) return InvalidParameter("Table is already encrypted by default");
    if (auto ok = ApplyBilling(); !ok) return ok;
    if (auto ok = ApplyIndexUpdates(); !ok) return ok;
    if (auto ok = ApplyOnDemand(); !ok) return ok;
    if (auto ok = ApplyWarm(); !ok) return ok;
    ApplyTableClass();
    if (request_.deletion_protection) next_.deletion_protection = *request_.deletion_protection;
    return {};
  }

  ApiResult<void> ApplyStream() {
    if (!request_.stream) return {};
    const bool enabled = current_.log.EnabledStream() != nullptr;
    if (request_.stream->enabled) {
      if (enabled) {
        return Invalid("Table already has an enabled stream: TableName: " + current_.name);
      }
      EnableStream(*request_.stream->view, context_.now_micros, context_.earliest_stream_micros,
                   &next_.log);
    } else {
      if (!enabled) return Invalid("Table has no stream to disable: TableName: " + current_.name);
      DisableStream(context_.now_micros, &next_.log);
    }
    next_.status = TableStatus::kUpdating;
    next_.pending = PendingChange::kStream;
    return {};
  }

  bool SwitchesTo(BillingMode mode) const {
    return request_.billing == mode && current_.billing != mode;
  }

  ApiResult<void> ApplyBilling() {
    const BillingMode billing = request_.billing.value_or(current_.billing);
    if (request_.provisioned && billing == BillingMode::kPayPerRequest) {
      return InvalidParameter(
          "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
          "PAY_PER_REQUEST");
    }
    if (SwitchesTo(BillingMode::kPayPerRequest)) SwitchToOnDemand();
    if (SwitchesTo(BillingMode::kProvisioned)) {
      if (auto ok = SwitchToProvisioned(); !ok) return ok;
    } else if (request_.provisioned) {
      if (auto ok = ChangeProvisioned(); !ok) return ok;
    }
    if (request_.billing || request_.provisioned) {
      next_.status = TableStatus::kUpdating;
      // (A stream may be switched in the same request: its change is the one that is named.)
      if (next_.pending == PendingChange::kNone) next_.pending = PendingChange::kThroughput;
    }
    return {};
  }

  void DropCeilings() {
    next_.on_demand.reset();
    for (IndexDefinition& index : next_.indexes) index.on_demand.reset();
  }

  void SwitchToOnDemand() {
    next_.billing = BillingMode::kPayPerRequest;
    next_.billing_was_set = true;
    next_.last_to_on_demand_micros = context_.now_micros;
    next_.provisioned.units = {};
    for (IndexDefinition& index : next_.indexes) index.provisioned.units = {};
    DropCeilings();
  }

  // Every global index must come with units of its own.
  ApiResult<void> SwitchToProvisioned() {
    std::string missing;
    for (const IndexDefinition& index : current_.indexes) {
      if (!index.global || HasProvisionedUpdate(index.name)) continue;
      missing += (missing.empty() ? "" : ",") + index.name;
    }
    if (!missing.empty())
      return InvalidParameter("ProvisionedThroughput must be specified for index: " + missing);
    if (auto ok = CheckQuota(*request_.provisioned); !ok) return ok;
    next_.billing = BillingMode::kProvisioned;
    next_.billing_was_set = true;
    next_.provisioned.units = {*request_.provisioned->read, *request_.provisioned->write};
    DropCeilings();
    return {};
  }

  bool HasProvisionedUpdate(const std::string& index) const {
    if (!request_.index_updates) return false;
    return std::any_of(request_.index_updates->begin(), request_.index_updates->end(),
                       [&](const IndexUpdateRequest& update) {
                         return update.update && update.update->name == index &&
                                update.update->provisioned;
                       });
  }

  ApiResult<void> CheckQuota(const ThroughputRequest& units) const {
    if (!context_.service_quotas) return {};
    return CheckCapacityQuota(units, context_.region);
  }

  static std::string NoChangeText(std::string_view subject, std::string_view kind,
                                  const Throughput& units) {
    const std::string read = std::to_string(units.read);
    const std::string write = std::to_string(units.write);
    const std::string provisioned_for = " provisioned for the " + std::string(kind) + ": ";
    return "The provisioned throughput for the " + std::string(subject) +
           " will not change. The requested value equals the current value. Current "
           "ReadCapacityUnits" +
           provisioned_for + read + ". Requested ReadCapacityUnits: " + read +
           ". Current WriteCapacityUnits" + provisioned_for + write +
           ". Requested WriteCapacityUnits: " + write +
           ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request "
           "higher limits.";
  }

  ApiResult<void> ChangeUnits(const Throughput& units, const std::string& no_change,
                              ProvisionedState* state) {
    if (units == state->units) return Invalid(no_change);
    if (auto ok = CheckQuota({units.read, units.write}); !ok) return ok;
    if (context_.service_quotas) {
      if (auto ok = CheckDecreaseQuota(units, context_.now_micros, *state); !ok) return ok;
    }
    SetProvisioned(units, context_.now_micros, state);
    return {};
  }

  ApiResult<void> ChangeProvisioned() {
    const Throughput units{*request_.provisioned->read, *request_.provisioned->write};
    return ChangeUnits(units, NoChangeText("table", "table", units), &next_.provisioned);
  }

  ApiResult<void> ApplyIndexUpdates() {
    if (!request_.index_updates) return {};
    for (const IndexUpdateRequest& update : *request_.index_updates) {
      auto ok = update.create   ? CreateIndex(*update.create)
                : update.update ? UpdateIndex(*update.update)
                                : DeleteIndex(*update.remove);
      if (!ok) return ok;
    }
    return {};
  }

  // The global index that an action other than Create names.
  ApiResult<IndexDefinition*> FindGlobal(const std::string& name, std::string_view verb) {
    IndexDefinition* index = next_.FindIndex(name);
    if (index == nullptr) {
      return ApiFail(ErrorType::kResourceNotFound, "Requested resource not found: Index " + name +
                                                       " for table " + next_.name + " not found");
    }
    if (!index->global) {
      return Invalid("Cannot " + std::string(verb) +
                     " an index that is not a GlobalSecondaryIndex: " + name);
    }
    return index;
  }

  ApiResult<void> DeleteIndex(const std::string& name) {
    auto index = FindGlobal(name, "delete");
    if (!index) return Unexpected<ApiError>(index.error());
    (*index)->status = IndexStatus::kDeleting;
    (*index)->backfilling = false;
    next_.status = TableStatus::kUpdating;
    return {};
  }

  ApiResult<void> UpdateIndex(const IndexThroughputRequest& update) {
    auto found = FindGlobal(update.name, "update");
    if (!found) return Unexpected<ApiError>(found.error());
    IndexDefinition& index = **found;
    if (update.provisioned) {
      if (auto ok = UpdateIndexUnits(update, &index); !ok) return ok;
    }
    if (update.on_demand && !update.on_demand->empty()) {
      if (next_.billing == BillingMode::kProvisioned)
        return CeilingOnProvisioned(*update.on_demand);
      index.on_demand = MergeOnDemand(index.on_demand, *update.on_demand);
    }
    if (update.warm) {
      auto warm = ResolveWarm(*update.warm, "index " + index.name, next_.billing,
                              index.provisioned.units, &index.warm);
      if (!warm) return Unexpected<ApiError>(warm.error());
      index.warm = *warm;
    }
    return {};
  }

  ApiResult<void> UpdateIndexUnits(const IndexThroughputRequest& update, IndexDefinition* index) {
    if (next_.billing == BillingMode::kPayPerRequest) {
      return InvalidParameter(
          "The only Updates for index: " + index->name +
          " when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, "
          "WarmThroughput");
    }
    const Throughput units{*update.provisioned->read, *update.provisioned->write};
    if (SwitchesTo(BillingMode::kProvisioned)) {
      if (auto ok = CheckQuota(*update.provisioned); !ok) return ok;
      index->provisioned.units = units;
    } else {
      const std::string no_change = NoChangeText("index " + index->name, "index", units);
      if (auto ok = ChangeUnits(units, no_change, &index->provisioned); !ok) return ok;
    }
    // An index that is being created stays so: its units take effect with it.
    if (index->status == IndexStatus::kActive) index->status = IndexStatus::kUpdating;
    return {};
  }

  ApiResult<void> CreateIndex(const IndexRequest& create) {
    if (next_.FindIndex(create.name) != nullptr) {
      return Invalid("Attempting to create an index which already exists");
    }
    auto index = ResolveNewGlobalIndex(create, *request_.attributes);
    if (!index) return Unexpected<ApiError>(index.error());
    if (auto ok = TakeDefinitions(*index); !ok) return ok;
    if (next_.billing == BillingMode::kProvisioned &&
        (!create.provisioned || !create.provisioned->read || !create.provisioned->write)) {
      return InvalidParameter("ProvisionedThroughput must be specified for index: " + create.name);
    }
    if (auto ok = SetNewIndexThroughput(create, next_.billing, &*index); !ok) return ok;
    const auto global_count =
        std::count_if(next_.indexes.begin(), next_.indexes.end(),
                      [](const IndexDefinition& other) { return other.global; });
    if (static_cast<size_t>(global_count) >= kMaxGlobalIndexes) {
      return ApiFail(ErrorType::kLimitExceeded,
                     "Subscriber limit exceeded: Number of global secondary indexes exceeds "
                     "per-table limit of 20");
    }
    index->id = next_.next_index_id++;
    next_.indexes.push_back(std::move(*index));
    next_.status = TableStatus::kUpdating;
    return CheckProjectedCount(next_.indexes);
  }

  static std::string SchemaText(const KeyAttribute& attribute, bool is_hash) {
    return "Schema:[SchemaElement: key{" + attribute.name + ":" +
           std::string(TypeName(attribute.type)) + ":" + (is_hash ? "HASH" : "RANGE") + "}]";
  }

  // Adds the new index's key attributes to the table's; those it has must keep their type.
  ApiResult<void> TakeDefinitions(const IndexDefinition& index) {
    auto take = [&](const KeyAttribute& key, bool is_hash) -> ApiResult<void> {
      for (const KeyAttribute& existing : next_.attributes) {
        if (existing.name != key.name) continue;
        if (existing.type == key.type) return {};
        return InvalidParameter(
            "Attributes cannot be redefined. Please check that your attribute has the same type as "
            "previously "
            "defined. Existing schema: " +
            SchemaText(existing, is_hash) + " New schema: " + SchemaText(key, is_hash));
      }
      next_.attributes.push_back(key);
      return {};
    };
    for (const KeyAttribute& key : index.keys.hash) {
      if (auto ok = take(key, true); !ok) return ok;
    }
    for (const KeyAttribute& key : index.keys.range) {
      if (auto ok = take(key, false); !ok) return ok;
    }
    return {};
  }

  static Unexpected<ApiError> CeilingOnProvisioned(const ThroughputRequest& on_demand) {
    return InvalidParameter(
        std::string(FirstOnDemandMember(on_demand)) +
        " for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED");
  }

  ApiResult<void> ApplyOnDemand() {
    if (!request_.on_demand || request_.on_demand->empty()) return {};
    if (next_.billing == BillingMode::kProvisioned)
      return CeilingOnProvisioned(*request_.on_demand);
    next_.on_demand = MergeOnDemand(next_.on_demand, *request_.on_demand);
    return {};
  }

  ApiResult<void> ApplyWarm() {
    if (!request_.warm) return {};
    auto warm =
        ResolveWarm(*request_.warm, "table", next_.billing, next_.provisioned.units, &next_.warm);
    if (!warm) return Unexpected<ApiError>(warm.error());
    next_.warm = *warm;
    return {};
  }

  void ApplyTableClass() {
    if (!request_.table_class) return;
    const TableClass wanted = *ParseTableClass(*request_.table_class);
    if (next_.table_class.value_or(TableClass::kStandard) != wanted)
      next_.table_class_micros = context_.now_micros;
    next_.table_class = wanted;
    next_.status = TableStatus::kUpdating;
    next_.pending = PendingChange::kTableClass;
  }

  // The answer shows throughput, mode and class as they were; a removed ceiling is echoed as -1,
  // one that never was is not shown (0).
  void EchoOldValues(TableDefinition* answer) const {
    answer->billing = current_.billing;
    answer->billing_was_set = current_.billing_was_set;
    answer->last_to_on_demand_micros = current_.last_to_on_demand_micros;
    answer->provisioned = current_.provisioned;
    answer->table_class = current_.table_class;
    answer->table_class_micros = current_.table_class_micros;
    for (const IndexDefinition& old : current_.indexes)
      answer->FindIndex(old.name)->provisioned = old.provisioned;
    const ThroughputRequest asked = request_.on_demand.value_or(ThroughputRequest{});
    if (!next_.on_demand && asked.empty()) return;
    const Throughput set = next_.on_demand.value_or(Throughput{-1, -1});
    answer->on_demand = Throughput{set.read == -1 && !asked.read ? 0 : set.read,
                                   set.write == -1 && !asked.write ? 0 : set.write};
  }

  const TableDefinition& current_;
  const UpdateTableRequest& request_;
  const PlanContext& context_;
  TableDefinition next_;
};

}  // namespace

ApiResult<TablePlan> PlanUpdateTable(const TableDefinition* current,
                                     const UpdateTableRequest& request,
                                     const PlanContext& context) {
  if (auto ok = CheckUpdateRequest(request); !ok) return Unexpected<ApiError>(ok.error());
  if (current == nullptr) return TableNotFound(request.name);
  if (auto ok = CheckAdmission(*current, request); !ok) return Unexpected<ApiError>(ok.error());
  return Updater(*current, request, context).Run();
}

}  // namespace stator
