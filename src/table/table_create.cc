// CreateTable (facts 5.1 B and C, in its order).
#include <algorithm>
#include <string>

#include "table/request_checks.h"
#include "table/schema_check.h"
#include "table/table_changes.h"
#include "table/tags.h"
#include "table/throughput_check.h"

namespace stator {
namespace {

// B1 - B4.
ApiResult<void> CheckBilling(const CreateTableRequest& request, BillingMode billing) {
  if (billing == BillingMode::kPayPerRequest && request.provisioned) {
    return InvalidParameter(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  if (billing == BillingMode::kProvisioned &&
      (!request.provisioned || !request.provisioned->read || !request.provisioned->write)) {
    return InvalidParameter(
        "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
        "PROVISIONED");
  }
  if (request.provisioned) {
    if (auto ok = CheckCapacityBounds(*request.provisioned); !ok) return ok;
  }
  if (request.local_indexes && request.local_indexes->empty()) {
    return InvalidParameter("List of LocalSecondaryIndexes is empty");
  }
  if (request.global_indexes && request.global_indexes->empty()) {
    return InvalidParameter("List of GlobalSecondaryIndexes is empty");
  }
  return {};
}

// Every attribute that any key schema of the request names, each once.
std::vector<std::string> KeysUsed(const CreateTableRequest& request) {
  std::vector<std::string> used;
  auto add = [&](const std::vector<KeySchemaEntry>& keys) {
    for (const KeySchemaEntry& key : keys) {
      if (std::find(used.begin(), used.end(), key.attribute) == used.end())
        used.push_back(key.attribute);
    }
  };
  add(request.keys);
  for (const auto* list : {&request.local_indexes, &request.global_indexes}) {
    if (!*list) continue;
    for (const IndexRequest& index : **list) add(index.keys);
  }
  return used;
}

// B9: definitions are unique, and all are used.
ApiResult<void> CheckDefinitionsUsed(const CreateTableRequest& request) {
  std::vector<std::string> defined;
  for (const KeyAttribute& attribute : request.attributes) {
    if (std::find(defined.begin(), defined.end(), attribute.name) != defined.end()) {
      return Invalid("Attribute Name is duplicated: " + attribute.name);
    }
    defined.push_back(attribute.name);
  }
  const std::vector<std::string> used = KeysUsed(request);
  const bool all_used = std::all_of(defined.begin(), defined.end(), [&](const std::string& name) {
    return std::find(used.begin(), used.end(), name) != used.end();
  });
  if (all_used) return {};
  if (!request.local_indexes && !request.global_indexes) {
    return InvalidParameter(
        "Number of attributes in KeySchema does not exactly match number of attributes defined in "
        "AttributeDefinitions");
  }
  return InvalidParameter("Some AttributeDefinitions are not used. AttributeDefinitions: " +
                          ListText(defined) + ", keys used: " + ListText(used));
}

// B5 - B9.
ApiResult<KeySchema> CheckTableKeys(const CreateTableRequest& request) {
  if (request.keys.size() > request.attributes.size()) {
    return Invalid("Invalid KeySchema: Some index key attribute have no definition");
  }
  auto keys = ResolveKeySchema(request.keys, request.attributes);
  if (!keys) return keys;
  if (auto ok = CheckDefinitionsUsed(request); !ok) return Unexpected<ApiError>(ok.error());
  return keys;
}

ApiResult<void> CheckNewName(const TableDefinition& table, const std::string& name) {
  if (table.FindIndex(name) == nullptr) return {};
  return InvalidParameter("Duplicate index name: " + name);
}

// B10, of one index.
ApiResult<IndexDefinition> ResolveLocalIndex(const TableDefinition& table,
                                             const IndexRequest& request) {
  IndexDefinition index;
  index.name = request.name;
  auto keys = ResolveKeySchema(request.keys, table.attributes);
  if (!keys) return Unexpected<ApiError>(keys.error());
  index.keys = std::move(*keys);
  if (index.keys.range.empty()) {
    return InvalidParameter("Index KeySchema does not have a range key for index: " + index.name);
  }
  const std::string& index_hash = index.keys.hash[0].name;
  const std::string& table_hash = table.keys.hash[0].name;
  if (index_hash != table_hash) {
    return InvalidParameter(
        "Index KeySchema does not have the same leading hash key as table KeySchema for index: " +
        index.name + ". index hash key: " + index_hash + ", table hash key: " + table_hash);
  }
  auto projection = ResolveProjection(request.projection);
  if (!projection) return Unexpected<ApiError>(projection.error());
  index.projection = std::move(*projection);
  if (auto ok = CheckNewName(table, index.name); !ok) return Unexpected<ApiError>(ok.error());
  return index;
}

ApiResult<void> AddLocalIndexes(const CreateTableRequest& request, TableDefinition* table) {
  if (!request.local_indexes) return {};
  if (table->keys.range.empty()) {
    return InvalidParameter(
        "Table KeySchema does not have a range key, which is required when specifying a "
        "LocalSecondaryIndex");
  }
  for (const IndexRequest& index_request : *request.local_indexes) {
    auto index = ResolveLocalIndex(*table, index_request);
    if (!index) return Unexpected<ApiError>(index.error());
    index->id = table->next_index_id++;
    table->indexes.push_back(std::move(*index));
  }
  if (request.local_indexes->size() > kMaxLocalIndexes) {
    return InvalidParameter("Number of LocalSecondaryIndexes exceeds per-table limit of 5");
  }
  return {};
}

// B11, of one index.
ApiResult<IndexDefinition> ResolveGlobalIndex(const TableDefinition& table,
                                              const IndexRequest& request) {
  auto index = ResolveNewGlobalIndex(request, table.attributes);
  if (!index) return index;
  if (auto ok = CheckNewName(table, index->name); !ok) return Unexpected<ApiError>(ok.error());
  if (table.billing == BillingMode::kProvisioned &&
      (!request.provisioned || !request.provisioned->read || !request.provisioned->write)) {
    return InvalidParameter("ProvisionedThroughput is not specified for index: " + request.name);
  }
  if (auto ok = SetNewIndexThroughput(request, table.billing, &*index); !ok) {
    return Unexpected<ApiError>(ok.error());
  }
  return index;
}

ApiResult<void> AddGlobalIndexes(const CreateTableRequest& request, TableDefinition* table) {
  if (!request.global_indexes) return {};
  for (const IndexRequest& index_request : *request.global_indexes) {
    auto index = ResolveGlobalIndex(*table, index_request);
    if (!index) return Unexpected<ApiError>(index.error());
    index->id = table->next_index_id++;
    table->indexes.push_back(std::move(*index));
  }
  if (request.global_indexes->size() > kMaxGlobalIndexes) {
    return InvalidParameter("GlobalSecondaryIndex count exceeds the per-table limit of 20");
  }
  return {};
}

// B13.
ApiResult<void> CheckStream(const std::optional<StreamRequest>& stream) {
  if (!stream) return {};
  if (!stream->enabled && stream->view) {
    return InvalidParameter(
        "Table is being created with a stream disabled, UpdateViewType should not be specified");
  }
  if (stream->enabled && !stream->view) {
    return InvalidParameter(
        "Table is being created with a stream enabled, UpdateViewType is required");
  }
  return {};
}

// B14.
ApiResult<void> SetCeilingsAndWarm(const CreateTableRequest& request, TableDefinition* table) {
  if (request.on_demand && !request.on_demand->empty()) {
    if (table->billing == BillingMode::kProvisioned) {
      return InvalidParameter(
          std::string(FirstOnDemandMember(*request.on_demand)) +
          " for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED.");
    }
    if (auto ok = CheckOnDemandRange(*request.on_demand, "table", false); !ok) return ok;
    table->on_demand = MergeOnDemand(std::nullopt, *request.on_demand);
  }
  if (request.warm) {
    auto warm =
        ResolveWarm(*request.warm, "table", table->billing, table->provisioned.units, nullptr);
    if (!warm) return Unexpected<ApiError>(warm.error());
    table->warm = *warm;
  }
  return {};
}

ApiResult<void> SetTagsAndClass(const CreateTableRequest& request, TableDefinition* table) {
  auto tags = AddTags({}, request.tags);
  if (!tags) return Unexpected<ApiError>(tags.error());
  table->tags = std::move(*tags);
  if (request.sse) {
    if (auto ok = CheckSse(*request.sse); !ok) return ok;
  }
  if (!request.table_class) return {};
  auto table_class = ParseTableClass(*request.table_class);
  if (!table_class) return Unexpected<ApiError>(table_class.error());
  table->table_class = *table_class;
  return {};
}

ApiResult<void> CheckQuotas(const CreateTableRequest& request, std::string_view region) {
  if (request.provisioned) {
    if (auto ok = CheckCapacityQuota(*request.provisioned, region); !ok) return ok;
  }
  if (!request.global_indexes) return {};
  for (const IndexRequest& index : *request.global_indexes) {
    if (!index.provisioned) continue;
    if (auto ok = CheckCapacityQuota(*index.provisioned, region); !ok) return ok;
  }
  return {};
}

}  // namespace

ApiResult<TableDefinition> PlanCreateTable(const CreateTableRequest& request,
                                           const PlanContext& context) {
  TableDefinition table;
  table.name = request.name;
  table.created_micros = context.now_micros;
  table.billing = request.billing.value_or(BillingMode::kProvisioned);
  table.deletion_protection = request.deletion_protection;
  if (auto ok = CheckBilling(request, table.billing); !ok) return Unexpected<ApiError>(ok.error());
  if (table.billing == BillingMode::kPayPerRequest) {
    table.billing_was_set = true;
    table.last_to_on_demand_micros = context.now_micros;
  } else {
    table.provisioned.units = {*request.provisioned->read, *request.provisioned->write};
  }
  table.attributes = request.attributes;
  auto keys = CheckTableKeys(request);
  if (!keys) return Unexpected<ApiError>(keys.error());
  table.keys = std::move(*keys);
  if (auto ok = AddLocalIndexes(request, &table); !ok) return Unexpected<ApiError>(ok.error());
  if (auto ok = AddGlobalIndexes(request, &table); !ok) return Unexpected<ApiError>(ok.error());
  if (auto ok = CheckProjectedCount(table.indexes); !ok) return Unexpected<ApiError>(ok.error());
  if (auto ok = CheckStream(request.stream); !ok) return Unexpected<ApiError>(ok.error());
  if (request.stream && request.stream->enabled) {
    EnableStream(*request.stream->view, context.now_micros, context.earliest_stream_micros,
                 &table.log);
  }
  if (auto ok = SetCeilingsAndWarm(request, &table); !ok) return Unexpected<ApiError>(ok.error());
  if (auto ok = SetTagsAndClass(request, &table); !ok) return Unexpected<ApiError>(ok.error());
  if (context.service_quotas) {
    if (auto ok = CheckQuotas(request, context.region); !ok)
      return Unexpected<ApiError>(ok.error());
  }
  return table;
}

Unexpected<ApiError> NameIsTaken(const TableDefinition& table) {
  if (table.status == TableStatus::kCreating)
    return StillInUse("Table is being created: " + table.name);
  if (table.status == TableStatus::kDeleting)
    return StillInUse("Table is being deleted: " + table.name);
  return ApiFail(ErrorType::kResourceInUse, "Table already exists: " + table.name);
}

}  // namespace stator
