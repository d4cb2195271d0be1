// What the server keeps of an export in the map (facts 9.4, 14.5, 15.3).
#ifndef STATOR_TABLE_EXPORT_RECORD_H_
#define STATOR_TABLE_EXPORT_RECORD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/attribute_value.h"
#include "table/table_definition.h"

namespace stator {

enum class ExportStatus { kInProgress, kCompleted, kFailed };
enum class ExportType { kFull, kIncremental };
enum class ExportFormat { kDynamoDbJson, kIon };
enum class ExportView { kNewImage, kNewAndOldImages };
enum class ExportEncryption { kAes256, kKms };

// Where it goes.
struct ExportTarget {
  std::string bucket;
  std::string prefix;                          // empty: none
  std::string owner;                           // of the bucket; empty: none was given
  std::optional<ExportEncryption> encryption;  // absent: as the bucket has it
  std::string kms_key_id;                      // empty: none was given
  bool operator==(const ExportTarget&) const = default;
};

// A FilterSpecification, as it was given.
struct ExportFilterText {
  using Names = std::vector<std::pair<std::string, std::string>>;
  std::optional<std::string> key_condition;
  std::optional<std::string> filter;
  std::optional<std::string> projection;
  std::optional<Names> names;
  std::optional<AttributeMap> values;
  bool operator==(const ExportFilterText&) const = default;
};

struct ExportRecord {
  Scope scope;
  std::string id;            // "01695353076000-a1b2c3d4": the end of its ARN
  std::string client_token;  // empty: none was given
  uint64_t request_hash = 0;
  TableDefinition table;  // as it was, as far as an export needs it
  ExportType type = ExportType::kFull;
  bool type_was_given = false;
  ExportFormat format = ExportFormat::kDynamoDbJson;
  ExportView view = ExportView::kNewAndOldImages;  // kIncremental
  // The commits with positions up to `last` count, of an incremental one those after `after`, in
  // shards of the log from `first_shard` on.
  uint64_t after = 0;
  uint64_t last = 0;
  uint64_t first_shard = 0;
  int64_t time_micros = 0;  // kFull: its ExportTime
  int64_t from_micros = 0;  // kIncremental
  int64_t to_micros = 0;
  std::optional<ExportFilterText> filter;
  ExportTarget target;
  ExportStatus status = ExportStatus::kInProgress;
  int64_t started_micros = 0;
  int64_t ended_micros = 0;  // 0: it has not
  int64_t items = 0;         // that were written
  int64_t billed_bytes = 0;  // of what was read
  std::string failure_code;  // kFailed: "S3NoSuchBucket"
  std::string failure_message;
  bool operator==(const ExportRecord&) const = default;

  std::string Arn() const;       // <table arn>/export/<id>
  std::string Folder() const;    // <prefix>/AWSDynamoDB/<id>/
  std::string Manifest() const;  // the key of the summary
};
using ExportPtr = std::shared_ptr<const ExportRecord>;

std::string_view NameOf(ExportStatus status);          // "IN_PROGRESS"
std::string_view NameOf(ExportType type);              // "FULL_EXPORT"
std::string_view NameOf(ExportFormat format);          // "DYNAMODB_JSON"
std::string_view NameOf(ExportView view);              // "NEW_IMAGE"
std::string_view NameOf(ExportEncryption encryption);  // "AES256"

std::string EncodeExportRecord(const ExportRecord& record);
// kCorruption if these are not the bytes of one.
Result<ExportRecord> DecodeExportRecord(std::string_view bytes);

}  // namespace stator

#endif  // STATOR_TABLE_EXPORT_RECORD_H_
