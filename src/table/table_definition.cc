#include "table/table_definition.h"

#include <algorithm>
#include <array>

#include "model/item_codec.h"
#include "model/stored_fields.h"

namespace stator {
namespace {

// The stored form is an item: short attribute names, absent when empty or default. Names are part of the
// format; a new member gets a new name.

template <class Enum>
AttributeValue EnumValue(Enum value) {
  return AttributeValue::N(static_cast<int64_t>(value));
}

AttributeValue KeyAttributesValue(const std::vector<KeyAttribute>& attributes) {
  AttributeValue::List list;
  for (const KeyAttribute& attribute : attributes) {
    list.push_back(AttributeValue::S(attribute.name));
    list.push_back(EnumValue(attribute.type));
  }
  return AttributeValue::L(std::move(list));
}

AttributeValue ThroughputValue(const Throughput& units) {
  return AttributeValue::L({AttributeValue::N(units.read), AttributeValue::N(units.write)});
}

AttributeValue ProvisionedValue(const ProvisionedState& state) {
  return AttributeValue::L({AttributeValue::N(state.units.read), AttributeValue::N(state.units.write),
                            AttributeValue::N(state.last_increase_micros),
                            AttributeValue::N(state.last_decrease_micros),
                            AttributeValue::N(state.decreases_today)});
}

AttributeValue IndexValue(const IndexDefinition& index) {
  AttributeMap map;
  map.Set("name", AttributeValue::S(index.name));
  map.Set("id", AttributeValue::N(static_cast<int64_t>(index.id)));
  map.Set("global", AttributeValue::Bool(index.global));
  map.Set("hash", KeyAttributesValue(index.keys.hash));
  map.Set("range", KeyAttributesValue(index.keys.range));
  map.Set("projection", EnumValue(index.projection.type));
  AttributeValue::List included;
  for (const std::string& name : index.projection.non_key_attributes) {
    included.push_back(AttributeValue::S(name));
  }
  map.Set("included", AttributeValue::L(std::move(included)));
  map.Set("status", EnumValue(index.status));
  map.Set("backfilling", AttributeValue::Bool(index.backfilling));
  map.Set("provisioned", ProvisionedValue(index.provisioned));
  if (index.on_demand) map.Set("on_demand", ThroughputValue(*index.on_demand));
  if (index.warm) map.Set("warm", ThroughputValue(*index.warm));
  return AttributeValue::M(std::move(map));
}

AttributeValue TimeToLiveValue(const TimeToLive& ttl) {
  AttributeMap map;
  map.Set("attribute", AttributeValue::S(ttl.attribute));
  map.Set("id", AttributeValue::N(static_cast<int64_t>(ttl.id)));
  map.Set("status", EnumValue(ttl.status));
  map.Set("filled", AttributeValue::Bool(ttl.filled));
  return AttributeValue::M(std::move(map));
}

AttributeValue RestoreValue(const TableRestore& restore) {
  AttributeMap map;
  map.Set("backup", AttributeValue::S(restore.backup_arn));
  map.Set("source", AttributeValue::S(restore.source_arn));
  map.Set("image", AttributeValue::S(restore.image));
  map.Set("time", AttributeValue::N(restore.time_micros));
  if (restore.log_table_id != 0) {
    map.Set("log_table", AttributeValue::N(static_cast<int64_t>(restore.log_table_id)));
  }
  return AttributeValue::M(std::move(map));
}

AttributeValue ExportsValue(const std::vector<TableExport>& exports) {
  AttributeValue::List list;
  for (const TableExport& one : exports) {
    AttributeMap map;
    map.Set("id", AttributeValue::S(one.id));
    map.Set("image", AttributeValue::S(one.image));
    list.push_back(AttributeValue::M(std::move(map)));
  }
  return AttributeValue::L(std::move(list));
}

AttributeValue RecoveryValue(const PointInTimeRecovery& recovery) {
  AttributeMap map;
  map.Set("enabled", AttributeValue::N(recovery.enabled_micros));
  map.Set("first", AttributeValue::N(recovery.first_micros));
  map.Set("days", AttributeValue::N(recovery.period_days));
  map.Set("deleted", AttributeValue::N(recovery.deleted_micros));
  AttributeValue::List bases;
  for (const RecoveryBase& base : recovery.bases) {
    AttributeMap one;
    one.Set("folder", AttributeValue::S(base.folder));
    one.Set("position", AttributeValue::N(static_cast<int64_t>(base.position)));
    one.Set("first_shard", AttributeValue::N(static_cast<int64_t>(base.first_shard)));
    one.Set("made", AttributeValue::N(base.made_micros));
    one.Set("bytes", AttributeValue::N(base.bytes));
    one.Set("logged", AttributeValue::N(base.logged));
    bases.push_back(AttributeValue::M(std::move(one)));
  }
  map.Set("bases", AttributeValue::L(std::move(bases)));
  return AttributeValue::M(std::move(map));
}

// Reads members of a stored record; the first that is missing or of another type makes the whole invalid.
class Reader {
 public:
  explicit Reader(const AttributeMap& map) : map_(map) {}
  bool ok() const { return ok_; }

  int64_t Int(std::string_view name) { return AsInt(Need(name, AttributeValue::Type::kN)); }
  bool Bool(std::string_view name) {
    const AttributeValue* value = Need(name, AttributeValue::Type::kBool);
    return value != nullptr && value->boolean();
  }
  std::string String(std::string_view name) {
    const AttributeValue* value = Need(name, AttributeValue::Type::kS);
    return value == nullptr ? std::string() : value->s();
  }
  template <class Enum>
  Enum EnumOf(std::string_view name) {
    return static_cast<Enum>(Int(name));
  }
  const AttributeValue::List& List(std::string_view name) {
    static const AttributeValue::List kEmpty;
    const AttributeValue* value = Need(name, AttributeValue::Type::kL);
    return value == nullptr ? kEmpty : value->l();
  }
  std::vector<KeyAttribute> KeyAttributes(std::string_view name) {
    std::vector<KeyAttribute> attributes;
    const AttributeValue::List& list = List(name);
    if (list.size() % 2 != 0) ok_ = false;
    for (size_t i = 0; i + 1 < list.size(); i += 2) {
      if (!list[i].is(AttributeValue::Type::kS)) {
        ok_ = false;
        break;
      }
      attributes.push_back({list[i].s(), static_cast<AttributeValue::Type>(AsInt(&list[i + 1]))});
    }
    return attributes;
  }
  ProvisionedState Provisioned(std::string_view name) {
    std::array<int64_t, 5> n = Ints<5>(name);
    return {{n[0], n[1]}, n[2], n[3], n[4]};
  }
  std::vector<uint32_t> Ids(std::string_view name) {
    std::vector<uint32_t> ids;
    for (const AttributeValue& id : List(name)) ids.push_back(static_cast<uint32_t>(AsInt(&id)));
    return ids;
  }
  std::optional<Throughput> OptionalThroughput(std::string_view name) {
    if (!map_.Contains(name)) return std::nullopt;
    std::array<int64_t, 2> n = Ints<2>(name);
    return Throughput{n[0], n[1]};
  }

 private:
  const AttributeValue* Need(std::string_view name, AttributeValue::Type type) {
    const AttributeValue* value = map_.Find(name);
    if (value != nullptr && value->is(type)) return value;
    ok_ = false;
    return nullptr;
  }
  int64_t AsInt(const AttributeValue* value) {
    const std::optional<int64_t> number = StoredInt(value);
    if (!number) ok_ = false;
    return number.value_or(0);
  }
  template <size_t kCount>
  std::array<int64_t, kCount> Ints(std::string_view name) {
    std::array<int64_t, kCount> result{};
    const AttributeValue::List& list = List(name);
    if (list.size() != kCount) {
      ok_ = false;
      return result;
    }
    for (size_t i = 0; i < kCount; ++i) result[i] = AsInt(&list[i]);
    return result;
  }

  const AttributeMap& map_;
  bool ok_ = true;
};

std::optional<IndexDefinition> ReadIndex(const AttributeValue& value) {
  if (!value.is(AttributeValue::Type::kM)) return std::nullopt;
  Reader in(value.m());
  IndexDefinition index;
  index.name = in.String("name");
  index.id = static_cast<uint32_t>(in.Int("id"));
  index.global = in.Bool("global");
  index.keys.hash = in.KeyAttributes("hash");
  index.keys.range = in.KeyAttributes("range");
  index.projection.type = in.EnumOf<IndexProjection::Type>("projection");
  for (const AttributeValue& name : in.List("included")) {
    if (!name.is(AttributeValue::Type::kS)) return std::nullopt;
    index.projection.non_key_attributes.push_back(name.s());
  }
  index.status = in.EnumOf<IndexStatus>("status");
  index.backfilling = in.Bool("backfilling");
  index.provisioned = in.Provisioned("provisioned");
  index.on_demand = in.OptionalThroughput("on_demand");
  index.warm = in.OptionalThroughput("warm");
  if (!in.ok()) return std::nullopt;
  return index;
}

std::optional<TimeToLive> ReadTimeToLive(const AttributeValue& value) {
  if (!value.is(AttributeValue::Type::kM)) return std::nullopt;
  Reader in(value.m());
  TimeToLive ttl;
  ttl.attribute = in.String("attribute");
  ttl.id = static_cast<uint32_t>(in.Int("id"));
  ttl.status = in.EnumOf<TimeToLiveStatus>("status");
  ttl.filled = in.Bool("filled");
  if (!in.ok()) return std::nullopt;
  return ttl;
}

std::optional<TableRestore> ReadRestore(const AttributeValue& value) {
  if (!value.is(AttributeValue::Type::kM)) return std::nullopt;
  Reader in(value.m());
  TableRestore restore{.backup_arn = in.String("backup"),
                       .source_arn = in.String("source"),
                       .image = in.String("image"),
                       .time_micros = in.Int("time")};
  if (value.m().Contains("log_table")) {
    restore.log_table_id = static_cast<uint64_t>(in.Int("log_table"));
  }
  if (!in.ok()) return std::nullopt;
  return restore;
}

std::optional<std::vector<TableExport>> ReadExports(const AttributeValue::List& list) {
  std::vector<TableExport> exports;
  for (const AttributeValue& value : list) {
    if (!value.is(AttributeValue::Type::kM)) return std::nullopt;
    Reader in(value.m());
    exports.push_back({.id = in.String("id"), .image = in.String("image")});
    if (!in.ok()) return std::nullopt;
  }
  return exports;
}

std::optional<PointInTimeRecovery> ReadRecovery(const AttributeValue& value) {
  if (!value.is(AttributeValue::Type::kM)) return std::nullopt;
  Reader in(value.m());
  PointInTimeRecovery recovery{.enabled_micros = in.Int("enabled"),
                               .first_micros = in.Int("first"),
                               .period_days = in.Int("days"),
                               .deleted_micros = in.Int("deleted")};
  for (const AttributeValue& base : in.List("bases")) {
    if (!base.is(AttributeValue::Type::kM)) return std::nullopt;
    Reader one(base.m());
    recovery.bases.push_back({.folder = one.String("folder"),
                              .position = static_cast<uint64_t>(one.Int("position")),
                              .first_shard = static_cast<uint64_t>(one.Int("first_shard")),
                              .made_micros = one.Int("made"),
                              .bytes = one.Int("bytes"),
                              .logged = one.Int("logged")});
    if (!one.ok()) return std::nullopt;
  }
  if (!in.ok()) return std::nullopt;
  return recovery;
}

}  // namespace

std::string PointInTimeRecovery::Reader() const {
  return std::string(kRecoveryReaders) + std::to_string(enabled_micros);
}

bool KeySchema::Contains(std::string_view attribute) const {
  auto named = [&](const KeyAttribute& key) { return key.name == attribute; };
  return std::any_of(hash.begin(), hash.end(), named) || std::any_of(range.begin(), range.end(), named);
}

const IndexDefinition* TableDefinition::FindIndex(std::string_view index_name) const {
  for (const IndexDefinition& index : indexes) {
    if (index.name == index_name) return &index;
  }
  return nullptr;
}

IndexDefinition* TableDefinition::FindIndex(std::string_view index_name) {
  return const_cast<IndexDefinition*>(std::as_const(*this).FindIndex(index_name));
}

bool TableDefinition::HasLocalIndex() const { return !indexes.empty() && !indexes.front().global; }

std::string TableDefinition::Arn() const {
  return "arn:aws:dynamodb:" + scope.region + ":" + scope.account_id + ":table/" + name;
}

std::string TableDefinition::IndexArn(std::string_view index) const {
  return Arn().append("/index/").append(index);
}

std::string TableDefinition::StreamArn(const StreamDefinition& stream) const {
  return Arn().append("/stream/").append(stream.label);
}

std::string_view StatusOf(const TableDefinition& table, const StreamDefinition& stream) {
  const bool changing = table.status == TableStatus::kCreating ||
                        (table.pending == PendingChange::kStream && &stream == &table.log.streams.back());
  if (stream.enabled()) return changing ? "ENABLING" : "ENABLED";
  return changing ? "DISABLING" : "DISABLED";
}

std::string_view NameOf(TableStatus status) {
  switch (status) {
    case TableStatus::kCreating:
      return "CREATING";
    case TableStatus::kUpdating:
      return "UPDATING";
    case TableStatus::kDeleting:
      return "DELETING";
    case TableStatus::kActive:
      return "ACTIVE";
  }
  return "";
}

std::string_view NameOf(IndexStatus status) {
  switch (status) {
    case IndexStatus::kCreating:
      return "CREATING";
    case IndexStatus::kUpdating:
      return "UPDATING";
    case IndexStatus::kDeleting:
      return "DELETING";
    case IndexStatus::kActive:
      return "ACTIVE";
  }
  return "";
}

std::string_view NameOf(BillingMode mode) {
  return mode == BillingMode::kProvisioned ? "PROVISIONED" : "PAY_PER_REQUEST";
}

std::string_view NameOf(TableClass table_class) {
  return table_class == TableClass::kStandard ? "STANDARD" : "STANDARD_INFREQUENT_ACCESS";
}

std::string_view NameOf(TimeToLiveStatus status) {
  switch (status) {
    case TimeToLiveStatus::kEnabling:
      return "ENABLING";
    case TimeToLiveStatus::kDisabling:
      return "DISABLING";
    case TimeToLiveStatus::kEnabled:
      return "ENABLED";
  }
  return "";
}

std::string_view NameOf(IndexProjection::Type type) {
  switch (type) {
    case IndexProjection::Type::kAll:
      return "ALL";
    case IndexProjection::Type::kKeysOnly:
      return "KEYS_ONLY";
    case IndexProjection::Type::kInclude:
      return "INCLUDE";
  }
  return "";
}

std::string EncodeTableDefinition(const TableDefinition& table) {
  AttributeMap map;
  map.Set("account", AttributeValue::S(table.scope.account_id));
  map.Set("region", AttributeValue::S(table.scope.region));
  map.Set("name", AttributeValue::S(table.name));
  map.Set("id", AttributeValue::N(static_cast<int64_t>(table.id)));
  map.Set("epoch", AttributeValue::N(static_cast<int64_t>(table.epoch)));
  map.Set("uuid", AttributeValue::S(table.uuid));
  map.Set("status", EnumValue(table.status));
  if (table.pending != PendingChange::kNone) map.Set("pending", EnumValue(table.pending));
  map.Set("created", AttributeValue::N(table.created_micros));
  map.Set("attributes", KeyAttributesValue(table.attributes));
  map.Set("hash", KeyAttributesValue(table.keys.hash));
  map.Set("range", KeyAttributesValue(table.keys.range));
  AttributeValue::List indexes;
  for (const IndexDefinition& index : table.indexes) indexes.push_back(IndexValue(index));
  map.Set("indexes", AttributeValue::L(std::move(indexes)));
  map.Set("next_index_id", AttributeValue::N(static_cast<int64_t>(table.next_index_id)));
  map.Set("billing", EnumValue(table.billing));
  map.Set("billing_was_set", AttributeValue::Bool(table.billing_was_set));
  map.Set("last_to_on_demand", AttributeValue::N(table.last_to_on_demand_micros));
  map.Set("provisioned", ProvisionedValue(table.provisioned));
  if (table.on_demand) map.Set("on_demand", ThroughputValue(*table.on_demand));
  if (table.warm) map.Set("warm", ThroughputValue(*table.warm));
  if (table.table_class) map.Set("class", EnumValue(*table.table_class));
  map.Set("class_changed", AttributeValue::N(table.table_class_micros));
  map.Set("deletion_protection", AttributeValue::Bool(table.deletion_protection));
  if (!table.destinations.empty()) map.Set("kinesis", DestinationsValue(table.destinations));
  if (table.ttl) map.Set("ttl", TimeToLiveValue(*table.ttl));
  if (table.ttl_changed_micros != 0) {
    map.Set("ttl_changed", AttributeValue::N(table.ttl_changed_micros));
  }
  if (!table.dropped_ttls.empty()) {
    AttributeValue::List ids;
    for (const uint32_t id : table.dropped_ttls) {
      ids.push_back(AttributeValue::N(static_cast<int64_t>(id)));
    }
    map.Set("dropped_ttls", AttributeValue::L(std::move(ids)));
  }
  AttributeMap tags;
  for (const auto& [key, value] : table.tags) tags.Append(key, AttributeValue::S(value));
  map.Set("tags", AttributeValue::M(std::move(tags)));
  if (!table.log.empty()) map.Set("log", AttributeValue::B(EncodeChangeLog(table.log)));
  if (table.recovery) map.Set("recovery", RecoveryValue(*table.recovery));
  if (table.restore) map.Set("restore", RestoreValue(*table.restore));
  if (!table.import_id.empty()) map.Set("import", AttributeValue::S(table.import_id));
  if (!table.exports.empty()) map.Set("exports", ExportsValue(table.exports));
  std::string bytes;
  EncodeItem(map, &bytes);
  return bytes;
}

Result<TableDefinition> DecodeTableDefinition(std::string_view bytes) {
  auto map = DecodeItem(bytes);
  if (!map) return Unexpected<Status>(map.error());
  Reader in(*map);
  TableDefinition table;
  table.scope = {in.String("account"), in.String("region")};
  table.name = in.String("name");
  table.id = static_cast<uint64_t>(in.Int("id"));
  table.epoch = static_cast<uint64_t>(in.Int("epoch"));
  table.uuid = in.String("uuid");
  table.status = in.EnumOf<TableStatus>("status");
  if (map->Contains("pending")) table.pending = in.EnumOf<PendingChange>("pending");
  table.created_micros = in.Int("created");
  table.attributes = in.KeyAttributes("attributes");
  table.keys.hash = in.KeyAttributes("hash");
  table.keys.range = in.KeyAttributes("range");
  bool indexes_ok = true;
  for (const AttributeValue& value : in.List("indexes")) {
    std::optional<IndexDefinition> index = ReadIndex(value);
    if (index) table.indexes.push_back(std::move(*index));
    indexes_ok = indexes_ok && index.has_value();
  }
  table.next_index_id = static_cast<uint32_t>(in.Int("next_index_id"));
  table.billing = in.EnumOf<BillingMode>("billing");
  table.billing_was_set = in.Bool("billing_was_set");
  table.last_to_on_demand_micros = in.Int("last_to_on_demand");
  table.provisioned = in.Provisioned("provisioned");
  table.on_demand = in.OptionalThroughput("on_demand");
  table.warm = in.OptionalThroughput("warm");
  if (map->Contains("class")) table.table_class = in.EnumOf<TableClass>("class");
  table.table_class_micros = in.Int("class_changed");
  table.deletion_protection = in.Bool("deletion_protection");
  bool destinations_ok = true;
  if (const AttributeValue* value = map->Find("kinesis")) {
    auto destinations = ReadDestinations(*value);
    destinations_ok = destinations.has_value();
    if (destinations) table.destinations = *std::move(destinations);
  }
  bool ttl_ok = true;
  if (const AttributeValue* ttl = map->Find("ttl")) {
    table.ttl = ReadTimeToLive(*ttl);
    ttl_ok = table.ttl.has_value();
  }
  if (map->Contains("ttl_changed")) table.ttl_changed_micros = in.Int("ttl_changed");
  if (map->Contains("dropped_ttls")) table.dropped_ttls = in.Ids("dropped_ttls");
  const AttributeValue* tags = map->Find("tags");
  if (tags != nullptr && tags->is(AttributeValue::Type::kM)) {
    for (const auto& [key, value] : tags->m()) {
      if (value.is(AttributeValue::Type::kS)) table.tags.emplace(key, value.s());
    }
  }
  bool log_ok = true;
  if (const AttributeValue* log = map->Find("log")) {
    auto decoded = log->is(AttributeValue::Type::kB) ? DecodeChangeLog(log->b()) : std::nullopt;
    log_ok = decoded.has_value();
    if (decoded) table.log = std::move(*decoded);
  }
  bool restore_ok = true;
  if (const AttributeValue* restore = map->Find("restore")) {
    table.restore = ReadRestore(*restore);
    restore_ok = table.restore.has_value();
  }
  if (map->Contains("import")) table.import_id = in.String("import");
  bool exports_ok = true;
  if (map->Contains("exports")) {
    auto exports = ReadExports(in.List("exports"));
    exports_ok = exports.has_value();
    if (exports) table.exports = *std::move(exports);
  }
  bool recovery_ok = true;
  if (const AttributeValue* recovery = map->Find("recovery")) {
    table.recovery = ReadRecovery(*recovery);
    recovery_ok = table.recovery.has_value();
  }
  if (!in.ok() || !destinations_ok || !indexes_ok || !log_ok || !ttl_ok || !restore_ok ||
      !exports_ok || !recovery_ok) {
    return Fail(StatusCode::kCorruption, "a catalog record cannot be read: table '" + table.name + "'");
  }
  return table;
}

}  // namespace stator
