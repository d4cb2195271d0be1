#include "transfer/bulk_reports.h"

#include <utility>

#include "base/base64.h"
#include "base/json_string.h"
#include "base/stream_compress.h"
#include "model/attribute_value_json.h"
#include "objects/md5.h"
#include "transfer/manifest_json.h"

namespace stator {
namespace {

constexpr std::string_view kErrors = "ERROR";
constexpr std::string_view kConditionFailures = "CONDITION_CHECK_FAILURE";

// The beginning of a line, without its end: which one it is about.
std::string PlaceText(const BulkRecord& record, const LinePlace& place) {
  std::string line = R"({"itemS3Pointer":{"bucket":)";
  AppendJsonString(record.source.bucket, &line);
  line += R"(,"key":)";
  AppendJsonString(place.object, &line);
  line += R"(,"itemIndex":)" + std::to_string(place.line) + R"(},"bulkOperationArn":)";
  AppendJsonString(record.Arn(), &line);
  return line;
}

void AddItem(std::string_view name, const Item* item, std::string* line) {
  if (item == nullptr) return;
  line->append(",\"").append(name).append("\":");
  AppendJson(*item, line);
}

void AddLine(std::string line, BulkReport* report) {
  report->text.append(line).append("}\n");
  ++report->lines;
}

}  // namespace

ObjectResult<std::string> BulkReports::Put(const std::string& name, std::string_view bytes) {
  const std::string key = record_.Folder() + name;
  if (again_) {
    auto removed = objects_->RemoveUnfinished(record_.target.bucket, key);
    if (!removed) return Unexpected<ObjectFault>(std::move(removed).error());
  }
  return objects_->Put(record_.target.bucket, key, bytes);
}

ObjectResult<void> BulkReports::PutWithChecksum(const std::string& name, const std::string& bytes) {
  for (const auto& [ending, content] :
       {std::pair(".json", bytes), std::pair(".checksum", Base64Encode(Md5Of(bytes)))}) {
    auto put = Put(name + ending, content);
    if (!put) return Unexpected<ObjectFault>(std::move(put).error());
  }
  return {};
}

ObjectResult<void> BulkReports::Begin() {
  auto put = Put("_started", "");
  if (!put) return Unexpected<ObjectFault>(std::move(put).error());
  return {};
}

void BulkReports::AddError(const LinePlace& place, std::string_view why, const Item* item) {
  if (!record_.errors.wanted) return;
  std::string line = PlaceText(record_, place) + R"(,"errorMessages":[)";
  AppendJsonString(why, &line);
  line += ']';
  AddItem("Item", item, &line);
  AddLine(std::move(line), &record_.errors);
}

void BulkReports::AddConditionFailure(const LinePlace& place, const Item& item,
                                      const Item* existing) {
  if (!record_.condition_failures.wanted) return;
  std::string line = PlaceText(record_, place);
  AddItem("Item", &item, &line);
  AddItem("ExistingItem", existing, &line);
  AddLine(std::move(line), &record_.condition_failures);
}

size_t BulkReports::TextBytes() const {
  return record_.errors.text.size() + record_.condition_failures.text.size();
}

ObjectResult<void> BulkReports::Flush(std::string_view type, BulkReport* report) {
  if (report->lines == 0) return {};
  const std::string name =
      ObjectNameOf(record_.Arn() + " " + std::string(type) + std::to_string(report->files.size()));
  std::string bytes;
  GzipStream gzip;
  gzip.Add(report->text, &bytes);
  gzip.Finish(&bytes);
  const std::string file = "data/" + name + ".json.gz";
  auto tag = Put(file, bytes);
  if (!tag) return Unexpected<ObjectFault>(std::move(tag).error());
  report->files.push_back({.key = record_.Folder() + file,
                           .lines = report->lines,
                           .md5 = Base64Encode(Md5Of(bytes)),
                           .etag = *std::move(tag)});
  report->text.clear();
  report->lines = 0;
  return {};
}

ObjectResult<void> BulkReports::Flush() {
  if (auto flushed = Flush(kErrors, &record_.errors); !flushed) return flushed;
  return Flush(kConditionFailures, &record_.condition_failures);
}

ObjectResult<void> BulkReports::Finish() {
  if (auto flushed = Flush(); !flushed) return flushed;
  if (auto put = PutWithChecksum("manifest-files", FilesManifest()); !put) return put;
  return PutWithChecksum("manifest-summary", SummaryManifest());
}

std::string BulkReports::FilesManifest() const {
  std::string manifest;
  for (const auto& [type, report] : {std::pair(kErrors, &record_.errors),
                                     std::pair(kConditionFailures, &record_.condition_failures)}) {
    for (const BulkReportFile& file : report->files) {
      ManifestJson line;
      line.Text("outputType", type);
      line.Int("itemCount", file.lines);
      line.Text("md5Checksum", file.md5);
      line.Text("etag", file.etag);
      line.Text("dataFileS3Key", file.key);
      manifest.append(line.Close()).append("\n");
    }
  }
  return manifest;
}

std::string BulkReports::SummaryManifest() const {
  ManifestJson json;
  json.Text("bulkOperationArn", record_.Arn());
  json.Text("bulkOperationStatus", NameOf(record_.status));
  json.Time("startTime", record_.started_micros);
  json.Time("endTime", record_.ended_micros);
  json.Text("tableArn", record_.table.Arn());
  json.Text("tableId", record_.table.uuid);
  json.Text("inputS3Bucket", record_.source.bucket);
  json.TextOrNull("inputS3Prefix", record_.source.prefix);
  json.Text("s3Bucket", record_.target.bucket);
  json.TextOrNull("s3Prefix", record_.target.prefix);
  json.Text("s3SseAlgorithm",
            NameOf(record_.target.encryption.value_or(ExportEncryption::kAes256)));
  json.TextOrNull("s3SseKmsKeyId", record_.target.kms_key_id);
  json.Text("manifestFilesS3Key", record_.Folder() + "manifest-files.json");
  json.Int("processedItemCount", record_.processed_items);
  json.Int("failedItemCount", record_.failed_items);
  json.Int("conditionCheckFailureCount", record_.unmet_items);
  json.Text("outputFormat", "DYNAMODB_JSON");
  return json.Close();
}

}  // namespace stator
