#include "table/update_checks.h"

#include <algorithm>
#include <set>
#include <string>

#include "table/request_checks.h"
#include "table/table_changes.h"
#include "table/throughput_check.h"

namespace stator {
namespace {

// What an update asks for, as the rules of combination see it.
struct Kinds {
  explicit Kinds(const UpdateTableRequest& request)
      : billing(request.billing.has_value()),
        provisioned(request.provisioned.has_value()),
        on_demand(request.on_demand && !request.on_demand->empty()),
        warm(request.warm.has_value()),
        indexes(request.index_updates.has_value()),
        stream(request.stream.has_value()),
        sse(request.sse.has_value()),
        table_class(request.table_class.has_value()),
        protection(request.deletion_protection.has_value()) {
    if (!request.index_updates) return;
    for (const IndexUpdateRequest& update : *request.index_updates) {
      index_create = index_create || update.create.has_value();
      index_update = index_update || update.update.has_value();
      index_delete = index_delete || update.remove.has_value();
    }
  }
  int Count() const {
    return billing + provisioned + on_demand + warm + indexes + stream + sse + table_class +
           protection;
  }

  bool billing, provisioned, on_demand, warm, indexes, stream, sse, table_class, protection;
  bool index_create = false;
  bool index_update = false;
  bool index_delete = false;
};

// Changes that stand alone, in the order in which they are named when several clash.
ApiResult<void> CheckSoleOperations(const Kinds& kinds) {
  if (kinds.Count() <= 1) return {};
  if (kinds.sse) {
    return InvalidParameter(
        "Server-Side Encryption modification must be the only operation in the request");
  }
  if (kinds.table_class)
    return InvalidParameter("TableClass modification must be the only operation in the request");
  if (kinds.protection) {
    return InvalidParameter(
        "DeletionProtection modification must be the only operation in the request");
  }
  if (kinds.warm) {
    return InvalidParameter(
        kinds.index_create
            ? "Create global secondary index cannot be specified when updating WarmThroughput"
            : "WarmThroughput must be the only operation in the request");
  }
  return {};
}

ApiResult<void> CheckCombination(const Kinds& kinds, const UpdateTableRequest& request) {
  if (auto ok = CheckSoleOperations(kinds); !ok) return ok;
  if (kinds.on_demand && kinds.Count() > (kinds.billing ? 2 : 1)) {
    return InvalidParameter(
        "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  }
  const bool to_provisioned = request.billing == BillingMode::kProvisioned;
  if (kinds.stream && (kinds.provisioned || to_provisioned || kinds.index_update)) {
    return InvalidParameter("You cannot modify stream status while updating table IOPS");
  }
  if ((kinds.index_create && kinds.provisioned) ||
      (kinds.index_delete && (kinds.provisioned || kinds.billing || kinds.index_update))) {
    return InvalidParameter("You cannot create or delete index while updating table IOPS");
  }
  if (kinds.stream && (kinds.index_create || kinds.index_delete)) {
    return InvalidParameter("You cannot create or delete index while changing stream status");
  }
  return {};
}

ApiResult<void> CheckThroughput(const UpdateTableRequest& request) {
  const bool has_provisioned =
      request.provisioned && request.provisioned->read && request.provisioned->write;
  if (request.billing == BillingMode::kPayPerRequest && request.provisioned) {
    return InvalidParameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  if ((request.billing == BillingMode::kProvisioned || request.provisioned) && !has_provisioned) {
    return InvalidParameter(
        "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  if (request.provisioned) {
    if (auto ok = CheckCapacityBounds(*request.provisioned); !ok) return ok;
  }
  if (request.on_demand) return CheckOnDemandRange(*request.on_demand, "table", true);
  return {};
}

// REQUIRES: exactly one action is set.
const std::string& NameIn(const IndexUpdateRequest& update) {
  if (update.create) return update.create->name;
  return update.update ? update.update->name : *update.remove;
}

ApiResult<void> CheckIndexThroughput(const IndexThroughputRequest& update) {
  const bool whole = update.provisioned && update.provisioned->read && update.provisioned->write;
  const bool nothing = !update.provisioned && !update.on_demand && !update.warm;
  if (nothing || (update.provisioned && !whole)) {
    return InvalidParameter(
        "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: " +
        update.name);
  }
  if (update.provisioned) {
    if (auto ok = CheckCapacityBounds(*update.provisioned); !ok) return ok;
  }
  if (update.on_demand) return CheckOnDemandRange(*update.on_demand, "index " + update.name, true);
  return {};
}

ApiResult<void> CheckIndexUpdate(const IndexUpdateRequest& update,
                                 const UpdateTableRequest& request) {
  const int actions =
      update.create.has_value() + update.update.has_value() + update.remove.has_value();
  if (actions == 0) {
    return InvalidParameter(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
        "GlobalSecondaryIndexUpdate.Delete must not be null");
  }
  if (actions > 1) {
    return InvalidParameter(
        "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object");
  }
  if (update.update) return CheckIndexThroughput(*update.update);
  if (update.create && !request.attributes) {
    return InvalidParameter("AttributeDefinitions is not specified for index: " +
                            update.create->name);
  }
  return {};
}

constexpr std::string_view kOneOnlineIndex =
    "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per "
    "table";

ApiResult<void> CheckIndexUpdates(const UpdateTableRequest& request) {
  if (!request.index_updates) return {};
  if (request.index_updates->empty())
    return InvalidParameter("List of GlobalSecondaryIndexUpdates is empty");
  std::set<std::string_view> seen;
  int online = 0;
  for (const IndexUpdateRequest& update : *request.index_updates) {
    if (auto ok = CheckIndexUpdate(update, request); !ok) return ok;
    if (!seen.insert(NameIn(update)).second) {
      return InvalidParameter(
          "Only one global secondary index update per index is allowed simultaneously. Index: " +
          NameIn(update));
    }
    online += update.create || update.remove;
  }
  if (online > 1) return ApiFail(ErrorType::kLimitExceeded, std::string(kOneOnlineIndex));
  return {};
}

ApiResult<void> CheckStreamAndSse(const UpdateTableRequest& request) {
  if (request.stream) {
    if (request.stream->enabled && !request.stream->view) {
      return InvalidParameter("If stream is being enabled then UpdateViewType is required");
    }
    if (!request.stream->enabled && request.stream->view) {
      return InvalidParameter(
          "If stream is being disabled, then UpdateViewType must not be specified");
    }
  }
  if (request.sse) return CheckSse(*request.sse);
  return {};
}

std::string TableAndIndex(const TableDefinition& table, const std::string& index) {
  return " Table: " + table.name + " Index: " + index;
}

// While the throughput, billing mode or class of the table is being changed.
ApiResult<void> CheckAgainstPending(const TableDefinition& current, const Kinds& kinds) {
  if (current.status != TableStatus::kUpdating || current.pending == PendingChange::kNone)
    return {};
  const bool iops = kinds.billing || kinds.provisioned || kinds.on_demand || kinds.index_update;
  const bool online_index = kinds.index_create || kinds.index_delete;
  if (current.pending == PendingChange::kThroughput) {
    if (kinds.stream) {
      return StillInUse(
          "Can't enable or disable stream while table IOPS are being updated. Table: " +
          current.name);
    }
    if (iops || online_index)
      return StillInUse("Table IOPS are currently being updated. Table: " + current.name);
    if (kinds.table_class) return StillInUse("Table is being updated: " + current.name);
    return {};
  }
  if (current.pending == PendingChange::kStream) {
    const StreamDefinition& stream = current.log.streams.back();
    const std::string which = " Table: " + current.name + " Stream: " + stream.label +
                              " Operation: " + (stream.enabled() ? "ENABLE" : "DISABLE");
    if (kinds.stream) return StillInUse("A stream status change is currently in progress." + which);
    const std::string tail = " when stream status is being updated." + which;
    if (kinds.table_class) return StillInUse("Can't update table class" + tail);
    if (iops) return StillInUse("Can't change table IOPS" + tail);
    if (online_index) return StillInUse("Can't create or delete index" + tail);
    return {};
  }
  const std::string tail = " when a table class update is in progress. Table: " + current.name +
                           " TableClassUpdateInProgress: " +
                           std::string(NameOf(current.table_class.value_or(TableClass::kStandard)));
  if (kinds.table_class) return StillInUse("Can't update table class" + tail);
  if (kinds.stream) return StillInUse("Can't enable or disable stream" + tail);
  if (iops) return StillInUse("Can't change table IOPS" + tail);
  if (online_index) return StillInUse("Can't create or delete index" + tail);
  return {};
}

// One action on `index`, which is busy.
ApiResult<void> CheckActionOnBusyIndex(const TableDefinition& current, const IndexDefinition& index,
                                       bool remove) {
  switch (index.status) {
    case IndexStatus::kActive:
      return {};
    case IndexStatus::kUpdating:
      return StillInUse("Index is being updated." + TableAndIndex(current, index.name));
    case IndexStatus::kDeleting:
      return StillInUse("Index is being deleted." + TableAndIndex(current, index.name));
    case IndexStatus::kCreating:
      break;
  }
  if (index.backfilling) return {};
  if (remove) {
    return StillInUse(
        "Index creation is in resource allocation phase. Retry deletion during backfilling phase "
        "or when the index "
        "is active." +
        TableAndIndex(current, index.name));
  }
  return StillInUse("Index is being created but is not backfilling yet. " +
                    TableAndIndex(current, index.name));
}

ApiResult<void> CheckIndexActions(const TableDefinition& current,
                                  const UpdateTableRequest& request) {
  if (!request.index_updates) return {};
  for (const IndexUpdateRequest& update : *request.index_updates) {
    if (update.create) continue;
    const IndexDefinition* index = current.FindIndex(NameIn(update));
    if (index == nullptr) continue;
    if (auto ok = CheckActionOnBusyIndex(current, *index, update.remove.has_value()); !ok)
      return ok;
  }
  return {};
}

// While indexes of the table are being created, updated or deleted.
ApiResult<void> CheckAgainstIndexes(const TableDefinition& current,
                                    const UpdateTableRequest& request, const Kinds& kinds) {
  if (auto ok = CheckIndexActions(current, request); !ok) return ok;
  const bool iops = kinds.billing || kinds.provisioned;
  for (const IndexDefinition& index : current.indexes) {
    if (index.status == IndexStatus::kActive) continue;
    if (iops && index.status == IndexStatus::kCreating) {
      return StillInUse("Can't change table IOPS when an index is being created. Table: " +
                        current.name + " Indexes: [" + index.name + "]");
    }
    if (iops) return StillInUse("Table is being updated: " + current.name);
    if (index.status == IndexStatus::kUpdating) continue;
    const bool deletes_this =
        kinds.index_delete &&
        std::any_of(request.index_updates->begin(), request.index_updates->end(),
                    [&](const IndexUpdateRequest& u) { return u.remove == index.name; });
    if (kinds.index_create || (kinds.index_delete && !deletes_this)) {
      return ApiFail(ErrorType::kLimitExceeded, std::string(kOneOnlineIndex));
    }
    if (kinds.table_class) return StillInUse("Table is being updated: " + current.name);
  }
  return {};
}

}  // namespace

ApiResult<void> CheckUpdateRequest(const UpdateTableRequest& request) {
  const Kinds kinds(request);
  // The service fails on an empty OnDemandThroughput, unless something else is asked for
  // (facts 14.2).
  if (kinds.Count() == 0 && request.on_demand) return ApiFail(ErrorType::kInternalFailure, "");
  if (kinds.Count() == 0) {
    return Invalid(
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
        "GlobalSecondaryIndexUpdates, "
        "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
        "MultiRegionConsistency, "
        "DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required");
  }
  if (auto ok = CheckIndexUpdates(request); !ok) return ok;
  if (auto ok = CheckCombination(kinds, request); !ok) return ok;
  if (auto ok = CheckThroughput(request); !ok) return ok;
  if (auto ok = CheckStreamAndSse(request); !ok) return ok;
  if (!request.table_class) return {};
  auto table_class = ParseTableClass(*request.table_class);
  if (!table_class) return Unexpected<ApiError>(table_class.error());
  return {};
}

ApiResult<void> CheckAdmission(const TableDefinition& current, const UpdateTableRequest& request) {
  if (current.status == TableStatus::kCreating)
    return StillInUse("Table is being created: " + current.name);
  if (current.status == TableStatus::kDeleting)
    return StillInUse("Table is being deleted: " + current.name);
  const Kinds kinds(request);
  if (kinds.protection && current.status != TableStatus::kActive) {
    return ApiFail(ErrorType::kResourceInUse,
                   "Table needs to be in ACTIVE status to modify deletion protection setting.");
  }
  if (auto ok = CheckAgainstPending(current, kinds); !ok) return ok;
  return CheckAgainstIndexes(current, request, kinds);
}

}  // namespace stator
