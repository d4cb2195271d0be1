#include "storage/rocksdb_compact.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace stator {
namespace {

// What one step works on, at least: an interruption loses no more than a step.
constexpr uint64_t kStepBytes = uint64_t{128} << 20;

struct Step {
  std::string last_key;  // inclusive
  uint64_t bytes = 0;
};

// Cut where files of the lowest level end, so that none of them is written twice. The last step,
// which has no end, is not among them.
std::vector<Step> CutIntoSteps(rocksdb::DB* db) {
  std::vector<rocksdb::LiveFileMetaData> files;
  db->GetLiveFilesMetaData(&files);
  int lowest = 0;
  for (const auto& file : files) lowest = std::max(lowest, file.level);
  std::erase_if(files, [&](const auto& file) { return file.level != lowest || lowest == 0; });
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.smallestkey < b.smallestkey; });
  std::vector<Step> steps;
  Step step;
  for (const auto& file : files) {
    step.bytes += file.size;
    step.last_key = file.largestkey;
    if (step.bytes < kStepBytes) continue;
    steps.push_back(step);
    step = {};
  }
  return steps;
}

}  // namespace

rocksdb::Status CompactEverything(rocksdb::DB* db, FunctionRef<void(double)> progress) {
  rocksdb::FlushOptions flush;
  flush.allow_write_stall = true;
  rocksdb::Status status = db->Flush(flush);
  if (!status.ok()) return status;

  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const std::vector<Step> steps = CutIntoSteps(db);
  uint64_t total = kStepBytes / 2, done = 0;  // the last step, about
  for (const Step& step : steps) total += step.bytes;
  std::string from;
  for (const Step& step : steps) {
    progress(static_cast<double>(done) / static_cast<double>(total));
    const rocksdb::Slice begin(from), end(step.last_key);
    status = db->CompactRange(options, from.empty() ? nullptr : &begin, &end);
    if (!status.ok()) return status;
    done += step.bytes;
    from = step.last_key + '\0';
  }
  progress(static_cast<double>(done) / static_cast<double>(total));
  const rocksdb::Slice begin(from);
  status = db->CompactRange(options, from.empty() ? nullptr : &begin, nullptr);
  if (status.ok()) progress(1);
  return status;
}

}  // namespace stator
