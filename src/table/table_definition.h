// What a table is: the definition that the catalog stores and every operation works from.
//
// A definition is a value. It is never changed in place: a change makes a new one with a higher epoch
// (table/catalog.h). Stored in the item format (format.md, "Catalog").
#ifndef STATOR_TABLE_TABLE_DEFINITION_H_
#define STATOR_TABLE_TABLE_DEFINITION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/attribute_value.h"
#include "table/change_log.h"
#include "table/kinesis_destination.h"

namespace stator {

// Account and region: table names are unique within one.
struct Scope {
  std::string account_id;
  std::string region;
  bool operator==(const Scope&) const = default;
};

struct KeyAttribute {
  std::string name;
  AttributeValue::Type type = AttributeValue::Type::kS;  // S, N or B
  bool operator==(const KeyAttribute&) const = default;
};

// Tables and local indexes have one hash and at most one range attribute, global indexes up to 4 + 4
// (facts 4.9).
struct KeySchema {
  std::vector<KeyAttribute> hash;
  std::vector<KeyAttribute> range;
  bool Contains(std::string_view attribute) const;
  bool operator==(const KeySchema&) const = default;
};

struct IndexProjection {
  enum class Type { kAll, kKeysOnly, kInclude };
  Type type = Type::kAll;
  std::vector<std::string> non_key_attributes;  // kInclude only
  bool operator==(const IndexProjection&) const = default;
};

struct Throughput {
  int64_t read = 0;
  int64_t write = 0;
  bool operator==(const Throughput&) const = default;
};

// ProvisionedThroughputDescription. Times are microseconds since the epoch, 0 = never.
struct ProvisionedState {
  Throughput units;
  int64_t last_increase_micros = 0;
  int64_t last_decrease_micros = 0;
  int64_t decreases_today = 0;  // of the UTC day of last_decrease_micros
  bool operator==(const ProvisionedState&) const = default;
};

enum class TableStatus { kCreating, kUpdating, kDeleting, kActive };
// What an UPDATING table is busy with, if not with its indexes: refusals of further changes name it.
enum class PendingChange { kNone, kThroughput, kTableClass, kStream };
enum class IndexStatus { kCreating, kUpdating, kDeleting, kActive };
enum class BillingMode { kProvisioned, kPayPerRequest };
enum class TableClass { kStandard, kStandardInfrequentAccess };

struct IndexDefinition {
  std::string name;
  uint32_t id = 0;  // part of the storage keys; unique within the table and never used again; > 0
  bool global = false;
  KeySchema keys;
  IndexProjection projection;
  // Global indexes only:
  IndexStatus status = IndexStatus::kActive;
  bool backfilling = false;
  ProvisionedState provisioned;
  std::optional<Throughput> on_demand;  // ceilings; -1 = none
  std::optional<Throughput> warm;
  bool operator==(const IndexDefinition&) const = default;

  // Writes keep the entries of an index in every status but kDeleting.
  bool IsMaintained() const { return status != IndexStatus::kDeleting; }
  // CREATING indexes cannot be read.
  bool IsReadable() const { return status == IndexStatus::kActive || status == IndexStatus::kUpdating; }
};

// By which attribute items expire (facts 9.1). DISABLED is the absence of it.
enum class TimeToLiveStatus { kEnabling, kDisabling, kEnabled };

struct TimeToLive {
  std::string attribute;
  uint32_t id = 0;  // part of the keys of its entries; one of the numbers of indexes
  TimeToLiveStatus status = TimeToLiveStatus::kEnabled;
  bool filled = false;  // every item that expires has its entry
  bool operator==(const TimeToLive&) const = default;

  // Writes keep its entries.
  bool IsMaintained() const { return status != TimeToLiveStatus::kDisabling; }
};

// What a table in CREATING is being filled from; the RestoreSummary of its description (facts 9.2).
struct TableRestore {
  std::string backup_arn;  // empty: not from a backup
  std::string source_arn;  // of the table that it once was
  std::string image;       // folder of the files that have its items (backup/table_image.h)
  int64_t time_micros = 0;  // the moment to which it is restored
  // To the end of that second, with what the log of the table with this number has of changes after
  // the image; 0: to the image alone.
  uint64_t log_table_id = 0;
  bool operator==(const TableRestore&) const = default;
};

// The items of a table at one moment, from which a restore begins (backup/table_image.h).
struct RecoveryBase {
  std::string folder;
  uint64_t position = 0;     // the log has the changes after it
  uint64_t first_shard = 0;  // in shards from this one on
  int64_t made_micros = 0;   // when that was, or later: nothing was logged in between
  int64_t bytes = 0;         // of the items, as DynamoDB counts
  int64_t logged = 0;  // LogBytesSince(first_shard, position) at that moment: older than the base
  bool operator==(const RecoveryBase&) const = default;
};

// Point-in-time recovery, while it is enabled (facts 9.3; table/recovery.h).
struct PointInTimeRecovery {
  int64_t enabled_micros = 0;
  int64_t first_micros = 0;  // before that the table cannot be restored, whatever the period is
  int64_t period_days = 0;
  int64_t deleted_micros = 0;  // of a table in DELETING: its last backup is to be made
  std::vector<RecoveryBase> bases;  // oldest first; none: the first is being made
  bool operator==(const PointInTimeRecovery&) const = default;

  std::string Reader() const;  // its name in the log
};

// An export that reads the table's log, and perhaps an image of it (table/export_record.h): neither
// goes as long as it does.
struct TableExport {
  std::string id;
  std::string image;  // folder of the files it begins from; empty: it reads the log alone
  bool operator==(const TableExport&) const = default;
};

struct TableDefinition {
  Scope scope;
  std::string name;
  uint64_t id = 0;     // part of the storage keys; never used again
  uint64_t epoch = 0;  // value of the table's guard
  std::string uuid;    // TableId on the wire
  TableStatus status = TableStatus::kCreating;
  PendingChange pending = PendingChange::kNone;
  int64_t created_micros = 0;

  // Exactly the attributes used by the table's and the indexes' keys, in the order given.
  std::vector<KeyAttribute> attributes;
  KeySchema keys;
  std::vector<IndexDefinition> indexes;  // local ones first, each group in the order given
  uint32_t next_index_id = 1;

  BillingMode billing = BillingMode::kProvisioned;
  bool billing_was_set = false;  // BillingModeSummary is shown once it was asked for
  int64_t last_to_on_demand_micros = 0;
  ProvisionedState provisioned;
  std::optional<Throughput> on_demand;  // ceilings; -1 = none
  std::optional<Throughput> warm;
  std::optional<TableClass> table_class;
  int64_t table_class_micros = 0;
  bool deletion_protection = false;
  std::vector<KinesisDestination> destinations;  // at most one is live
  std::optional<TimeToLive> ttl;
  int64_t ttl_changed_micros = 0;      // enabled or disabled last; 0 = never
  std::vector<uint32_t> dropped_ttls;  // numbers of former ones, whose entries are to be removed
  std::map<std::string, std::string> tags;
  ChangeLog log;
  std::optional<PointInTimeRecovery> recovery;
  std::optional<TableRestore> restore;  // only while it is under way
  std::string import_id;  // of the import that fills it (table/import_record.h), while it does
  std::vector<TableExport> exports;  // that are under way

  bool operator==(const TableDefinition&) const = default;

  const IndexDefinition* FindIndex(std::string_view index_name) const;
  IndexDefinition* FindIndex(std::string_view index_name);
  bool HasLocalIndex() const;
  // It is in CREATING, and who fills it tells when that is done.
  bool IsBeingFilled() const { return restore.has_value() || !import_id.empty(); }
  std::string Arn() const;                              // arn:aws:dynamodb:<r>:<acct>:table/<n>
  std::string IndexArn(std::string_view index) const;   // ... /index/<i>
  std::string StreamArn(const StreamDefinition& stream) const;  // ... /stream/<label>
  // Data-plane calls find the table only in these states (facts 1.9).
  bool ServesData() const { return status == TableStatus::kActive || status == TableStatus::kUpdating; }
};
using TablePtr = std::shared_ptr<const TableDefinition>;

// Of one of the table's streams: "ENABLING", "ENABLED", "DISABLING", "DISABLED".
std::string_view StatusOf(const TableDefinition& table, const StreamDefinition& stream);
std::string_view NameOf(TableStatus status);  // "ACTIVE"
std::string_view NameOf(IndexStatus status);
std::string_view NameOf(BillingMode mode);    // "PAY_PER_REQUEST"
std::string_view NameOf(TableClass table_class);
std::string_view NameOf(TimeToLiveStatus status);
std::string_view NameOf(IndexProjection::Type type);  // "KEYS_ONLY"

std::string EncodeTableDefinition(const TableDefinition& table);
Result<TableDefinition> DecodeTableDefinition(std::string_view bytes);

}  // namespace stator

#endif  // STATOR_TABLE_TABLE_DEFINITION_H_
