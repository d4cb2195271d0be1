// What the server keeps of a bulk put of items into a table in the map (facts 13.3, 15.2).
#ifndef STATOR_TABLE_BULK_RECORD_H_
#define STATOR_TABLE_BULK_RECORD_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "table/export_record.h"
#include "table/import_record.h"
#include "table/table_definition.h"

namespace stator {

enum class BulkStatus {
  kInProgress,
  kCompleted,
  kCompletedWithErrors,
  kCancelling,
  kCancelled,
  kFailed
};
enum class BulkTier { kStandard, kAccelerated };

// Bytes that were put, as DynamoDB measures items.
struct BulkUsage {
  int64_t table = 0;
  std::map<std::string, int64_t> local_indexes;  // by name; untouched ones are absent
  std::map<std::string, int64_t> global_indexes;
  bool operator==(const BulkUsage&) const = default;

  int64_t Total() const;
};

// An object of a report.
struct BulkReportFile {
  std::string key;
  int64_t lines = 0;
  std::string md5;  // base64
  std::string etag;
  bool operator==(const BulkReportFile&) const = default;
};

// The lines of one kind that were not put.
struct BulkReport {
  bool wanted = false;
  std::vector<BulkReportFile> files;
  std::string text;   // of lines that are in no file yet
  int64_t lines = 0;  // of the text
  bool operator==(const BulkReport&) const = default;
};

struct BulkRecord {
  Scope scope;
  std::string id;            // "01695353076000-a1b2c3d4": the end of its ARN
  std::string client_token;  // empty: none was given
  uint64_t request_hash = 0;
  TableDefinition table;  // no more of it than says which one it is
  ImportSource source;
  ExportTarget target;
  std::optional<int64_t> max_write_units;  // a second
  BulkTier tier = BulkTier::kStandard;
  BulkStatus status = BulkStatus::kInProgress;
  int64_t started_micros = 0;
  int64_t ended_micros = 0;     // 0: it has not
  int64_t processed_items = 0;  // lines, whatever came of them
  int64_t failed_items = 0;     // of these: could not be read, or are not valid
  int64_t unmet_items = 0;      // of these: their condition was not met
  int64_t processed_bytes = 0;  // of the objects
  int64_t total_bytes = 0;
  BulkUsage usage;
  BulkReport errors;
  BulkReport condition_failures;
  std::string failure_code;  // kFailed
  std::string failure_message;
  // Where it goes on: behind that many lines of that object; those whose keys are less are done.
  std::string object;
  int64_t object_items = 0;
  bool operator==(const BulkRecord&) const = default;

  std::string Arn() const;     // <table arn>/bulk-operation/<id>
  std::string Folder() const;  // of its reports: <prefix>/AWSDynamoDB/<id>/
  bool IsUnderWay() const {
    return status == BulkStatus::kInProgress || status == BulkStatus::kCancelling;
  }
};
using BulkPtr = std::shared_ptr<const BulkRecord>;

std::string_view NameOf(BulkStatus status);  // "IN_PROGRESS"
std::string_view NameOf(BulkTier tier);      // "STANDARD"

std::string EncodeBulkRecord(const BulkRecord& record);
// kCorruption if these are not the bytes of one.
Result<BulkRecord> DecodeBulkRecord(std::string_view bytes);

}  // namespace stator

#endif  // STATOR_TABLE_BULK_RECORD_H_
