#include "api/table_summary.h"

#include <string>
#include <vector>

#include "api/table_description.h"

namespace stator {
namespace {

void AppendIndexInfo(const IndexDefinition& index, std::string* json) {
  JsonObject object(json);
  object.String("IndexName", index.name);
  AppendKeySchema(index.keys, object.Name("KeySchema"));
  AppendProjection(index.projection, object.Name("Projection"));
  if (index.global) {
    AppendUnits(index.provisioned.units, object.Name("ProvisionedThroughput"));
    AddOnDemand(index.on_demand, &object);
  }
  object.Close();
}

}  // namespace

void AppendUnits(const Throughput& units, std::string* json) {
  JsonObject object(json);
  object.Int("ReadCapacityUnits", units.read);
  object.Int("WriteCapacityUnits", units.write);
  object.Close();
}

void AddOnDemand(const std::optional<Throughput>& ceilings, JsonObject* parent) {
  if (!ceilings || (ceilings->read < 1 && ceilings->write < 1)) return;
  JsonObject object(parent->Name("OnDemandThroughput"));
  if (ceilings->read > 0) object.Int("MaxReadRequestUnits", ceilings->read);
  if (ceilings->write > 0) object.Int("MaxWriteRequestUnits", ceilings->write);
  object.Close();
}

void AddIndexInfos(const TableDefinition& table, std::string_view member, bool global,
                   JsonObject* object) {
  std::vector<const IndexDefinition*> indexes;
  for (const IndexDefinition& index : table.indexes) {
    if (index.global == global && index.status != IndexStatus::kDeleting) indexes.push_back(&index);
  }
  if (indexes.empty()) return;
  AppendJsonArray(
      indexes, object->Name(member),
      [](const IndexDefinition* index, std::string* out) { AppendIndexInfo(*index, out); });
}

}  // namespace stator
