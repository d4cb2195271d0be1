// What the server keeps of an import in the map (facts 9.5, 14.5).
#ifndef STATOR_TABLE_IMPORT_RECORD_H_
#define STATOR_TABLE_IMPORT_RECORD_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "table/table_definition.h"

namespace stator {

enum class ImportStatus { kInProgress, kCompleted, kFailed };
enum class ImportFormat { kDynamoDbJson, kIon, kCsv };
enum class ImportCompression { kNone, kGzip, kZstd };

// Where the items come from, and how they are written there.
struct ImportSource {
  std::string bucket;
  std::string prefix;  // of the keys; empty: all of the bucket
  std::string owner;   // as it was given
  ImportFormat format = ImportFormat::kDynamoDbJson;
  ImportCompression compression = ImportCompression::kNone;
  std::optional<std::string> delimiter;  // CSV
  std::vector<std::string> header;       // CSV; empty: the first line of each object
  bool operator==(const ImportSource&) const = default;
};

struct ImportRecord {
  Scope scope;
  std::string id;            // "01658528578619-c4d4e311": the end of its ARN
  std::string client_token;  // empty: none was given
  uint64_t request_hash = 0;
  ImportSource source;
  TableDefinition table;  // as it was asked for
  ImportStatus status = ImportStatus::kInProgress;
  int64_t started_micros = 0;
  int64_t ended_micros = 0;     // 0: it has not
  int64_t processed_bytes = 0;  // of the text, after decompression
  int64_t processed_items = 0;
  int64_t imported_items = 0;  // those that passed; of equal keys each counts
  int64_t errors = 0;
  std::string failure_code;  // kFailed: "ItemValidationError"
  std::string failure_message;
  bool drops_table = false;  // kFailed: nothing of it was imported
  bool operator==(const ImportRecord&) const = default;

  std::string Arn() const;  // <table arn>/import/<id>
};
using ImportPtr = std::shared_ptr<const ImportRecord>;

std::string_view NameOf(ImportStatus status);            // "IN_PROGRESS"
std::string_view NameOf(ImportFormat format);            // "DYNAMODB_JSON"
std::string_view NameOf(ImportCompression compression);  // "GZIP"

std::string EncodeImportRecord(const ImportRecord& record);
// kCorruption if these are not the bytes of one.
Result<ImportRecord> DecodeImportRecord(std::string_view bytes);

}  // namespace stator

#endif  // STATOR_TABLE_IMPORT_RECORD_H_
