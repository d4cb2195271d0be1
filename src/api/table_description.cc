#include "api/table_description.h"

#include <string_view>
#include <vector>

#include "api/json_object.h"
#include "storage/format.h"
#include "table/layout.h"
#include "table/throughput_check.h"

namespace stator {
namespace {

void AppendProvisioned(const ProvisionedState& state, int64_t now_micros, std::string* json) {
  JsonObject object(json);
  if (state.last_increase_micros > 0)
    object.Time("LastIncreaseDateTime", state.last_increase_micros);
  if (state.last_decrease_micros > 0)
    object.Time("LastDecreaseDateTime", state.last_decrease_micros);
  object.Int("NumberOfDecreasesToday", DecreasesToday(state, now_micros));
  object.Int("ReadCapacityUnits", state.units.read);
  object.Int("WriteCapacityUnits", state.units.write);
  object.Close();
}

// A ceiling of -1 is none, and shown only where its removal is echoed.
void AddOnDemand(const std::optional<Throughput>& ceilings, DescriptionView view,
                 JsonObject* parent) {
  if (!ceilings) return;
  auto shown = [&](int64_t units) {
    return units > 0 || (units == -1 && view == DescriptionView::kUpdated);
  };
  if (!shown(ceilings->read) && !shown(ceilings->write)) return;
  JsonObject object(parent->Name("OnDemandThroughput"));
  if (shown(ceilings->read)) object.Int("MaxReadRequestUnits", ceilings->read);
  if (shown(ceilings->write)) object.Int("MaxWriteRequestUnits", ceilings->write);
  object.Close();
}

void AddWarm(const std::optional<Throughput>& warm, const TableDefinition& table,
             const ProvisionedState& state, DescriptionView view, JsonObject* parent) {
  if (view == DescriptionView::kCreated && !warm) return;
  const Throughput effective = EffectiveWarm(warm, table.billing, state.units);
  JsonObject object(parent->Name("WarmThroughput"));
  object.Int("ReadUnitsPerSecond", effective.read);
  object.Int("WriteUnitsPerSecond", effective.write);
  object.String("Status", table.status == TableStatus::kCreating ? "UPDATING" : "ACTIVE");
  object.Close();
}

Counter SizeOfIndex(const TableSizes& sizes, uint32_t index_id) {
  const auto it = sizes.find(index_id);
  return it == sizes.end() ? Counter{} : it->second;
}

struct Describer {
  const TableDefinition& table;
  const TableSizes& sizes;
  const DescriptionView view;
  const int64_t now_micros;

  void AppendIndex(const IndexDefinition& index, std::string* json) const {
    const Counter size = SizeOfIndex(sizes, index.id);
    JsonObject object(json);
    object.String("IndexName", index.name);
    AppendKeySchema(index.keys, object.Name("KeySchema"));
    AppendProjection(index.projection, object.Name("Projection"));
    if (index.global) AddGlobalOnly(index, &object);
    object.Int("IndexSizeBytes", size.bytes);
    object.Int("ItemCount", size.count);
    object.String("IndexArn", table.IndexArn(index.name));
    object.Close();
  }

  void AddGlobalOnly(const IndexDefinition& index, JsonObject* object) const {
    object->String("IndexStatus", NameOf(index.status));
    if (index.status == IndexStatus::kCreating && table.status != TableStatus::kCreating) {
      object->Bool("Backfilling", index.backfilling);
    }
    AppendProvisioned(index.provisioned, now_micros, object->Name("ProvisionedThroughput"));
    AddOnDemand(index.on_demand, view, object);
    AddWarm(index.warm, table, index.provisioned, view, object);
  }

  void AddIndexes(std::string_view member, bool global, JsonObject* object) const {
    std::vector<const IndexDefinition*> indexes;
    for (const IndexDefinition& index : table.indexes) {
      if (index.global == global) indexes.push_back(&index);
    }
    if (indexes.empty()) return;
    AppendJsonArray(
        indexes, object->Name(member),
        [this](const IndexDefinition* index, std::string* json) { AppendIndex(*index, json); });
  }

  void AddSchema(JsonObject* object) const {
    AppendAttributes(table.attributes, object->Name("AttributeDefinitions"));
    AppendKeySchema(table.keys, object->Name("KeySchema"));
  }

  void AddBilling(JsonObject* object) const {
    if (!table.billing_was_set) return;
    JsonObject summary(object->Name("BillingModeSummary"));
    summary.String("BillingMode", NameOf(table.billing));
    if (table.last_to_on_demand_micros > 0 && view != DescriptionView::kCreated) {
      summary.Time("LastUpdateToPayPerRequestDateTime", table.last_to_on_demand_micros);
    }
    summary.Close();
  }

  void AddStream(JsonObject* object) const {
    if (table.log.streams.empty()) return;
    const StreamDefinition& stream = table.log.streams.back();
    if (stream.enabled()) {
      JsonObject specification(object->Name("StreamSpecification"));
      specification.Bool("StreamEnabled", true);
      specification.String("StreamViewType", NameOf(stream.view));
      specification.Close();
    }
    object->String("LatestStreamLabel", stream.label);
    object->String("LatestStreamArn", table.StreamArn(stream));
  }

  void AddTableClass(JsonObject* object) const {
    if (!table.table_class) return;
    JsonObject summary(object->Name("TableClassSummary"));
    summary.String("TableClass", NameOf(*table.table_class));
    if (table.table_class_micros > 0) summary.Time("LastUpdateDateTime", table.table_class_micros);
    summary.Close();
  }

  void AddRestore(JsonObject* object) const {
    if (!table.restore) return;
    JsonObject summary(object->Name("RestoreSummary"));
    if (!table.restore->backup_arn.empty()) {
      summary.String("SourceBackupArn", table.restore->backup_arn);
    }
    summary.String("SourceTableArn", table.restore->source_arn);
    summary.Time("RestoreDateTime", table.restore->time_micros);
    summary.Bool("RestoreInProgress", true);
    summary.Close();
  }

  void Append(std::string* json) const {
    const bool whole = view != DescriptionView::kDeleted;
    const Counter size = SizeOfIndex(sizes, 0);
    JsonObject object(json);
    if (whole) AddSchema(&object);
    object.String("TableName", table.name);
    object.String("TableStatus", NameOf(table.status));
    if (whole) object.Time("CreationDateTime", table.created_micros);
    AppendProvisioned(table.provisioned, now_micros, object.Name("ProvisionedThroughput"));
    object.Int("TableSizeBytes", size.bytes);
    object.Int("ItemCount", size.count);
    object.String("TableArn", table.Arn());
    object.String("TableId", table.uuid);
    AddBilling(&object);
    if (whole) AddIndexes("LocalSecondaryIndexes", false, &object);
    if (whole) AddIndexes("GlobalSecondaryIndexes", true, &object);
    AddStream(&object);
    AddRestore(&object);
    AddTableClass(&object);
    object.Bool("DeletionProtectionEnabled", table.deletion_protection);
    AddOnDemand(table.on_demand, view, &object);
    if (whole) AddWarm(table.warm, table, table.provisioned, view, &object);
    object.Close();
  }
};

}  // namespace

void AppendAttributes(const std::vector<KeyAttribute>& attributes, std::string* json) {
  AppendJsonArray(attributes, json, [](const KeyAttribute& attribute, std::string* out) {
    JsonObject element(out);
    element.String("AttributeName", attribute.name);
    element.String("AttributeType", TypeName(attribute.type));
    element.Close();
  });
}

void AppendProjection(const IndexProjection& projection, std::string* json) {
  JsonObject object(json);
  object.String("ProjectionType", NameOf(projection.type));
  if (!projection.non_key_attributes.empty()) {
    AppendJsonArray(projection.non_key_attributes, object.Name("NonKeyAttributes"),
                    AppendJsonString);
  }
  object.Close();
}

void AppendKeySchema(const KeySchema& keys, std::string* json) {
  json->push_back('[');
  auto append = [&](const std::vector<KeyAttribute>& attributes, std::string_view type) {
    for (const KeyAttribute& attribute : attributes) {
      if (json->back() != '[') json->push_back(',');
      JsonObject element(json);
      element.String("AttributeName", attribute.name);
      element.String("KeyType", type);
      element.Close();
    }
  };
  append(keys.hash, "HASH");
  append(keys.range, "RANGE");
  json->push_back(']');
}

void ReadTableSizes(Engine& engine, const TableDefinition& table,
                    UniqueFunction<void(Result<TableSizes>)> done) {
  std::vector<uint32_t> ids = {0};
  for (const IndexDefinition& index : table.indexes) ids.push_back(index.id);
  GetRequest request;
  for (uint32_t id : ids) request.keys.push_back(SizeCounterKey(table.id, id));
  engine.Get(std::move(request),
             [ids = std::move(ids), done = std::move(done)](const GetResult& result) mutable {
               if (result.error) return done(Unexpected<Status>(*result.error));
               TableSizes sizes;
               for (size_t i = 0; i < ids.size(); ++i) {
                 auto counter = DecodeCounter(result.values[i]);
                 if (!counter) return done(Unexpected<Status>(std::move(counter).error()));
                 sizes.emplace(ids[i], *counter);
               }
               done(std::move(sizes));
             });
}

void AppendTableDescription(const TableDefinition& table, const TableSizes& sizes,
                            DescriptionView view, int64_t now_micros, std::string* json) {
  Describer{table, sizes, view, now_micros}.Append(json);
}

}  // namespace stator
