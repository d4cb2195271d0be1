#include "transfer/export_files.h"

#include <utility>

#include "base/base64.h"
#include "transfer/manifest_json.h"

namespace stator {
namespace {

constexpr size_t kSendBytes = size_t{256} << 10;

}  // namespace

ObjectDemands DemandsOf(const ExportTarget& target) {
  ObjectDemands demands{.bucket_owner = target.owner, .encryption_key_id = target.kms_key_id};
  if (target.encryption) {
    demands.encryption = *target.encryption == ExportEncryption::kKms ? "aws:kms" : "AES256";
  }
  return demands;
}

std::string DataFileKey(const ExportRecord& record, size_t number) {
  // Incremental ones share a folder.
  std::string key = record.Folder();
  if (record.type == ExportType::kIncremental) key.resize(key.size() - record.id.size() - 1);
  key.append("data/").append(ObjectNameOf(record.Arn() + " " + std::to_string(number)));
  return key.append(record.format == ExportFormat::kIon ? ".ion.gz" : ".json.gz");
}

std::string FilesManifest(const std::vector<ExportFile>& files) {
  std::string manifest;
  for (const ExportFile& file : files) {
    ManifestJson line;
    line.Int("itemCount", file.items);
    line.Text("md5Checksum", file.md5);
    line.Text("etag", file.etag);
    line.Text("dataFileS3Key", file.key);
    manifest.append(line.Close()).append("\n");
  }
  return manifest;
}

std::string SummaryManifest(const ExportRecord& record) {
  const bool full = record.type == ExportType::kFull;
  ManifestJson json;
  json.Text("version", "2023-08-01");
  json.Text("exportArn", record.Arn());
  json.Time("startTime", record.started_micros);
  json.Time("endTime", record.ended_micros);
  json.Text("tableArn", record.table.Arn());
  json.Text("tableId", record.table.uuid);
  if (full) {
    json.Time("exportTime", record.time_micros);
  } else {
    json.Time("exportFromTime", record.from_micros);
    json.Time("exportToTime", record.to_micros);
  }
  json.Text("s3Bucket", record.target.bucket);
  json.TextOrNull("s3Prefix", record.target.prefix);
  json.Text("s3SseAlgorithm", NameOf(record.target.encryption.value_or(ExportEncryption::kAes256)));
  json.TextOrNull("s3SseKmsKeyId", record.target.kms_key_id);
  json.Text("manifestFilesS3Key", record.Folder() + "manifest-files.json");
  json.Int("billedSizeBytes", record.billed_bytes);
  json.Int("itemCount", record.items);
  json.Text("outputFormat", NameOf(record.format));
  if (!full) json.Text("outputView", NameOf(record.view));
  json.Text("exportType", NameOf(record.type));
  return json.Close();
}

DataFiles::DataFiles(ObjectStore* objects, const ExportRecord& record, size_t file_bytes,
                     bool again)
    : objects_(objects), record_(record), file_bytes_(file_bytes), again_(again) {}

ObjectResult<void> DataFiles::Begin() {
  file_ = {.key = DataFileKey(record_, files_.size())};
  if (again_) {
    auto removed = objects_->RemoveUnfinished(record_.target.bucket, file_.key);
    if (!removed) return removed;
  }
  auto writer = objects_->Create(record_.target.bucket, file_.key);
  if (!writer) return Unexpected(std::move(writer.error()));
  writer_ = *std::move(writer);
  gzip_ = std::make_unique<GzipStream>();
  md5_ = std::make_unique<Md5>();
  text_bytes_ = 0;
  return {};
}

ObjectResult<void> DataFiles::Send() {
  md5_->Add(ready_);
  auto sent = writer_->Append(ready_);
  ready_.clear();
  return sent;
}

ObjectResult<void> DataFiles::Add(std::string_view line) {
  if (writer_ != nullptr && text_bytes_ >= file_bytes_) {
    if (auto ended = End(); !ended) return ended;
  }
  if (writer_ == nullptr) {
    if (auto begun = Begin(); !begun) return begun;
  }
  ++file_.items;
  text_bytes_ += line.size();
  gzip_->Add(line, &ready_);
  if (ready_.size() < kSendBytes) return {};
  return Send();
}

ObjectResult<void> DataFiles::End() {
  gzip_->Finish(&ready_);
  if (auto sent = Send(); !sent) return sent;
  auto tag = writer_->Finish();
  writer_.reset();
  if (!tag) return Unexpected(std::move(tag.error()));
  file_.etag = *std::move(tag);
  file_.md5 = Base64Encode(md5_->Digest());
  files_.push_back(std::move(file_));
  return {};
}

ObjectResult<void> DataFiles::Finish() {
  if (writer_ == nullptr) {
    if (!files_.empty()) return {};
    if (auto begun = Begin(); !begun) return begun;
  }
  return End();
}

}  // namespace stator
