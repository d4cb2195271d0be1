#include "transfer/item_report.h"

#include "base/json_string.h"

namespace stator {
namespace {

constexpr size_t kFileBytes = size_t{1} << 20;
// What is wrong with millions of items is wrong with all of them.
constexpr int kMaxFiles = 64;

}  // namespace

Result<void> ItemReport::Add(std::string_view object, int64_t item, std::string_view why) {
  if (files_ >= kMaxFiles) return {};
  lines_ += R"({"itemS3Pointer":{"bucket":)";
  AppendJsonString(bucket_, &lines_);
  lines_ += R"(,"key":)";
  AppendJsonString(object, &lines_);
  lines_ += R"(,"itemIndex":)" + std::to_string(item) + R"(},"importArn":)";
  AppendJsonString(arn_, &lines_);
  lines_ += R"(,"errorMessages":[)";
  AppendJsonString(why, &lines_);
  lines_ += "]}\n";
  if (lines_.size() < kFileBytes) return {};
  if (files_ + 1 == kMaxFiles)
    lines_ += "{\"errorMessages\":[\"Further errors are not reported\"]}\n";
  return WriteFile();
}

Result<void> ItemReport::Finish() {
  if (lines_.empty()) return {};
  return WriteFile();
}

Result<void> ItemReport::WriteFile() {
  if (files_ == 0) {
    if (auto made = space_->MakeFolder(folder_); !made) return made;
  }
  const std::string name = folder_ + "/error-" + std::to_string(files_++) + ".jsonl";
  auto written = space_->WriteWhole(name, lines_);
  lines_.clear();
  return written;
}

}  // namespace stator
