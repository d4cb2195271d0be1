// What the stored records of imports, exports and bulk puts have in common. Internal to them.
#ifndef STATOR_TABLE_JOB_FIELDS_H_
#define STATOR_TABLE_JOB_FIELDS_H_

#include <cstdint>
#include <string>
#include <utility>

#include "base/result.h"
#include "model/attribute_value.h"
#include "model/stored_fields.h"
#include "table/export_record.h"
#include "table/table_definition.h"

namespace stator {

inline AttributeValue TextField(std::string value) { return AttributeValue::S(std::move(value)); }

template <class Number>
AttributeValue NumberField(Number value) {
  return AttributeValue::N(static_cast<int64_t>(value));
}

template <class Record>
void AddJobFields(const Record& record, AttributeMap* map) {
  map->Set("account", TextField(record.scope.account_id));
  map->Set("region", TextField(record.scope.region));
  map->Set("id", TextField(record.id));
  map->Set("token", TextField(record.client_token));
  map->Set("hash", NumberField(record.request_hash));
  map->Set("table", AttributeValue::B(EncodeTableDefinition(record.table)));
  map->Set("started", NumberField(record.started_micros));
  map->Set("ended", NumberField(record.ended_micros));
  map->Set("failure_code", TextField(record.failure_code));
  map->Set("failure_message", TextField(record.failure_message));
}

// All of them but the table.
template <class Record>
void ReadJobFields(StoredFields* in, Record* record) {
  record->scope = {in->Text("account"), in->Text("region")};
  record->id = in->Text("id");
  record->client_token = in->Text("token");
  record->request_hash = static_cast<uint64_t>(in->Int("hash"));
  record->started_micros = in->Int("started");
  record->ended_micros = in->Int("ended");
  record->failure_code = in->Text("failure_code");
  record->failure_message = in->Text("failure_message");
}

// The record with its table; `unreadable` if there is none.
template <class Record>
Result<Record> WithJobTable(Record record, const AttributeMap& map, Unexpected<Status> unreadable) {
  const AttributeValue* table = map.Find("table");
  if (table == nullptr || !table->is(AttributeValue::Type::kB)) return unreadable;
  auto definition = DecodeTableDefinition(table->b());
  if (!definition) return Unexpected<Status>(std::move(definition).error());
  record.table = *std::move(definition);
  return record;
}

inline void AddTarget(const ExportTarget& target, AttributeMap* map) {
  map->Set("bucket", TextField(target.bucket));
  map->Set("prefix", TextField(target.prefix));
  map->Set("owner", TextField(target.owner));
  if (target.encryption) map->Set("encryption", NumberField(*target.encryption));
  map->Set("kms_key", TextField(target.kms_key_id));
}

inline void ReadTarget(StoredFields* in, ExportTarget* target) {
  target->bucket = in->Text("bucket");
  target->prefix = in->Text("prefix");
  target->owner = in->Text("owner");
  if (in->Has("encryption"))
    target->encryption = in->EnumUpTo("encryption", ExportEncryption::kKms);
  target->kms_key_id = in->Text("kms_key");
}

}  // namespace stator

#endif  // STATOR_TABLE_JOB_FIELDS_H_
