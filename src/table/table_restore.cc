#include "table/table_restore.h"

#include <algorithm>
#include <utility>

#include "table/request_checks.h"
#include "table/schema_check.h"
#include "table/throughput_check.h"

namespace stator {
namespace {

bool SameKeys(const std::vector<KeySchemaEntry>& wanted, const KeySchema& keys) {
  std::vector<std::pair<std::string, bool>> a, b;
  for (const KeySchemaEntry& entry : wanted) a.emplace_back(entry.attribute, entry.is_hash);
  for (const KeyAttribute& key : keys.hash) b.emplace_back(key.name, true);
  for (const KeyAttribute& key : keys.range) b.emplace_back(key.name, false);
  return a == b;
}

bool SameProjection(const IndexProjection& wanted, const IndexProjection& projection) {
  auto sorted = [](std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    return names;
  };
  return wanted.type == projection.type &&
         sorted(wanted.non_key_attributes) == sorted(projection.non_key_attributes);
}

class Planner {
 public:
  Planner(const TableDefinition& source, const RestoreOverrides& overrides,
          const PlanContext& context)
      : source_(source), overrides_(overrides), context_(context) {}

  ApiResult<TableDefinition> Run() {
    table_.attributes = source_.attributes;
    table_.keys = source_.keys;
    table_.created_micros = context_.now_micros;
    if (auto ok = SetBilling(); !ok) return Unexpected<ApiError>(ok.error());
    if (auto ok = AddIndexes(false, overrides_.local_indexes); !ok) {
      return Unexpected<ApiError>(ok.error());
    }
    if (auto ok = AddIndexes(true, overrides_.global_indexes); !ok) {
      return Unexpected<ApiError>(ok.error());
    }
    if (overrides_.sse) {
      if (auto ok = CheckSse(*overrides_.sse); !ok) return Unexpected<ApiError>(ok.error());
    }
    PruneAttributes(&table_);
    return std::move(table_);
  }

 private:
  ApiResult<void> SetBilling() {
    const auto& provisioned = overrides_.provisioned;
    table_.billing = overrides_.billing.value_or(source_.billing);
    table_.billing_was_set = source_.billing_was_set || overrides_.billing.has_value();
    if (table_.billing == BillingMode::kPayPerRequest) {
      if (provisioned) {
        return InvalidParameter(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
            "PAY_PER_REQUEST");
      }
      table_.billing_was_set = true;
      table_.last_to_on_demand_micros = context_.now_micros;
    } else if (provisioned) {
      if (auto ok = CheckCapacityBounds(*provisioned); !ok) return ok;
      if (context_.service_quotas) {
        if (auto ok = CheckCapacityQuota(*provisioned, context_.region); !ok) return ok;
      }
      table_.provisioned.units = {*provisioned->read, *provisioned->write};
    } else if (source_.billing == BillingMode::kProvisioned) {
      table_.provisioned.units = source_.provisioned.units;
    } else {
      return InvalidParameter(
          "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
          "PROVISIONED");
    }
    return SetCeilings();
  }

  ApiResult<void> SetCeilings() {
    const auto& on_demand = overrides_.on_demand;
    const bool provisioned = table_.billing == BillingMode::kProvisioned;
    if (!on_demand || on_demand->empty()) {
      if (!provisioned) table_.on_demand = source_.on_demand;
      return {};
    }
    if (provisioned) {
      return InvalidParameter(
          std::string(FirstOnDemandMember(*on_demand)) +
          " for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.");
    }
    if (auto ok = CheckOnDemandRange(*on_demand, "table", false); !ok) return ok;
    table_.on_demand = MergeOnDemand(std::nullopt, *on_demand);
    return {};
  }

  ApiResult<void> AddIndexes(bool global, const std::optional<std::vector<IndexRequest>>& wanted) {
    if (!wanted) {
      for (const IndexDefinition& index : source_.indexes) {
        if (index.global != global || index.status == IndexStatus::kDeleting) continue;
        if (auto ok = AddIndex(index, nullptr); !ok) return ok;
      }
      return {};
    }
    for (const IndexRequest& request : *wanted) {
      auto index = FindWanted(global, request);
      if (!index) return Unexpected<ApiError>(index.error());
      if (table_.FindIndex(request.name) != nullptr) {
        return InvalidParameter("Duplicate index name: " + request.name);
      }
      if (auto ok = AddIndex(**index, &request); !ok) return ok;
    }
    return {};
  }

  ApiResult<const IndexDefinition*> FindWanted(bool global, const IndexRequest& request) const {
    const IndexDefinition* index = source_.FindIndex(request.name);
    auto projection = ResolveProjection(request.projection);
    if (!projection) return Unexpected<ApiError>(projection.error());
    if (index == nullptr || index->global != global || index->status == IndexStatus::kDeleting ||
        !SameKeys(request.keys, index->keys) || !SameProjection(*projection, index->projection)) {
      return Invalid(
          "Invalid Request: Index " + request.name +
          " does not match a secondary index that existed in the source table and cannot "
          "be created during the restore operation");
    }
    return index;
  }

  // `request`: null if the index comes along as it is.
  ApiResult<void> AddIndex(const IndexDefinition& from, const IndexRequest* request) {
    IndexDefinition index;
    index.name = from.name;
    index.id = table_.next_index_id++;
    index.global = from.global;
    index.keys = from.keys;
    index.projection = from.projection;
    if (from.global) {
      index.status = IndexStatus::kCreating;
      if (auto ok = SetThroughput(from, request, &index); !ok) return ok;
    }
    table_.indexes.push_back(std::move(index));
    return {};
  }

  ApiResult<void> SetThroughput(const IndexDefinition& from, const IndexRequest* request,
                                IndexDefinition* index) {
    const bool provisioned = table_.billing == BillingMode::kProvisioned;
    if (provisioned) {
      index->provisioned.units = from.provisioned.units;
    } else {
      index->on_demand = from.on_demand;
    }
    if (request != nullptr) {
      if (auto ok = SetNewIndexThroughput(*request, table_.billing, index); !ok) return ok;
    }
    if (provisioned && index->provisioned.units == Throughput{}) {
      return InvalidParameter("ProvisionedThroughput is not specified for index: " + from.name);
    }
    return {};
  }

  const TableDefinition& source_;
  const RestoreOverrides& overrides_;
  const PlanContext& context_;
  TableDefinition table_;
};

}  // namespace

ApiResult<TableDefinition> PlanRestoreTable(const TableDefinition& source,
                                            const RestoreOverrides& overrides,
                                            const PlanContext& context) {
  return Planner(source, overrides, context).Run();
}

}  // namespace stator
