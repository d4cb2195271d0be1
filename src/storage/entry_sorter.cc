#include "storage/entry_sorter.h"

#include <algorithm>
#include <tuple>

namespace stator {
namespace {

// Of an entry, beside its bytes.
constexpr size_t kEntryOverhead = 2 * sizeof(std::string);

Unexpected<Status> Twice() {
  return Fail(StatusCode::kInvalidArgument, "two entries have the same key");
}

// The order of a heap whose front comes first.
struct After {
  const std::vector<std::unique_ptr<SortedFileReader>>* readers;

  bool operator()(size_t a, size_t b) const {
    const int order = (*readers)[a]->key().compare((*readers)[b]->key());
    return order != 0 ? order > 0 : a < b;
  }
};

}  // namespace

EntrySorter::EntrySorter(FileSpace* space, std::string folder, size_t memory_bytes, Equal equal)
    : space_(space), folder_(std::move(folder)), memory_bytes_(memory_bytes), equal_(equal) {}

Result<void> EntrySorter::Add(std::string key, std::string value) {
  buffer_bytes_ += key.size() + value.size() + kEntryOverhead;
  buffer_.emplace_back(std::move(key), std::move(value));
  ++entries_;
  if (buffer_bytes_ < memory_bytes_) return {};
  return WriteRun();
}

Result<void> EntrySorter::SortBuffer() {
  std::stable_sort(buffer_.begin(), buffer_.end(),
                   [](const Entry& a, const Entry& b) { return a.first < b.first; });
  const auto same_key = [](const Entry& a, const Entry& b) { return a.first == b.first; };
  if (equal_ == Equal::kRefused) {
    const auto equal = std::adjacent_find(buffer_.begin(), buffer_.end(), same_key);
    if (equal != buffer_.end()) return Twice();
  } else {
    // std::unique keeps the first of equal entries; from behind that is the last.
    buffer_.erase(buffer_.begin(), std::unique(buffer_.rbegin(), buffer_.rend(), same_key).base());
  }
  return {};
}

Result<void> EntrySorter::WriteRun() {
  if (auto sorted = SortBuffer(); !sorted) return sorted;
  auto writer = SortedFileWriter::Create(space_, folder_, "run-" + std::to_string(runs_.size()));
  if (!writer) return Unexpected<Status>(std::move(writer).error());
  for (const Entry& entry : buffer_) {
    if (auto added = (*writer)->Add(entry.first, entry.second); !added) return added;
  }
  auto info = (*writer)->Finish();
  if (!info) return Unexpected<Status>(std::move(info).error());
  runs_.push_back(std::move(*info));
  buffer_.clear();
  buffer_bytes_ = 0;
  return {};
}

Result<void> EntrySorter::Finish() {
  if (runs_.empty()) return SortBuffer();
  if (!buffer_.empty()) {
    if (auto written = WriteRun(); !written) return written;
  }
  buffer_.shrink_to_fit();
  for (const SortedFileInfo& run : runs_) {
    auto reader = SortedFileReader::Open(space_, folder_, run);
    if (!reader) return Unexpected<Status>(std::move(reader).error());
    readers_.push_back(std::move(*reader));
    Advance(readers_.size() - 1);
  }
  return error_;
}

// Puts the reader, which stands at another entry now, into the heap: of equal keys that of the last
// run comes first.
void EntrySorter::Advance(size_t reader) {
  if (readers_[reader]->Valid()) {
    heap_.push_back(reader);
    std::push_heap(heap_.begin(), heap_.end(), After{&readers_});
  } else if (auto ended = readers_[reader]->Ended(); !ended) {
    error_ = std::move(ended);
  }
}

bool EntrySorter::Next(std::string* key, std::string* value) {
  if (!error_) return false;
  if (runs_.empty()) {
    if (next_ == buffer_.size()) return false;
    std::tie(*key, *value) = std::move(buffer_[next_++]);
    return true;
  }
  while (NextOfRuns(key, value)) {
    if (!last_ || *key != *last_) {
      last_ = *key;
      return true;
    }
    if (equal_ == Equal::kRefused) error_ = Twice();
  }
  return false;
}

bool EntrySorter::NextOfRuns(std::string* key, std::string* value) {
  if (!error_ || heap_.empty()) return false;
  std::pop_heap(heap_.begin(), heap_.end(), After{&readers_});
  const size_t lowest = heap_.back();
  heap_.pop_back();
  key->assign(readers_[lowest]->key());
  value->assign(readers_[lowest]->value());
  readers_[lowest]->Next();
  Advance(lowest);
  return error_.has_value();
}

}  // namespace stator
