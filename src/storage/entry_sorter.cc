#include "storage/entry_sorter.h"

#include <algorithm>
#include <optional>
#include <tuple>

namespace stator {
namespace {

// Of an entry, beside its bytes.
constexpr size_t kEntryOverhead = 2 * sizeof(std::string);
// Merged at a time: who sorts may be told to stop.
constexpr size_t kStepBytes = size_t{16} << 20;

Unexpected<Status> Twice() {
  return Fail(StatusCode::kInvalidArgument, "two entries have the same key");
}

}  // namespace

// Shows the entries of several runs in the order of their keys.
class EntrySorter::Merge {
 public:
  explicit Merge(Equal equal) : equal_(equal), after_{&readers_, equal == Equal::kFirstCounts} {}

  // Runs that come later have what was added later.
  Result<void> Add(FileSpace* space, const std::string& folder, const SortedFileInfo& run) {
    auto reader = SortedFileReader::Open(space, folder, run);
    if (!reader) return Unexpected<Status>(std::move(reader).error());
    readers_.push_back(std::move(*reader));
    Advance(readers_.size() - 1);
    return error_;
  }

  bool Next(std::string* key, std::string* value) {
    while (NextOfRuns(key, value)) {
      if (!last_ || *key != *last_) {
        last_ = *key;
        return true;
      }
      if (equal_ == Equal::kRefused) error_ = Twice();
    }
    return false;
  }
  const Result<void>& error() const { return error_; }

 private:
  using Readers = std::vector<std::unique_ptr<SortedFileReader>>;

  // The order of a heap whose front comes first: of equal keys that of the last run, or the first.
  struct After {
    const Readers* readers;
    bool first_counts;

    bool operator()(size_t a, size_t b) const {
      const int order = (*readers)[a]->key().compare((*readers)[b]->key());
      return order != 0 ? order > 0 : (first_counts ? a > b : a < b);
    }
  };

  // Puts the reader, which stands at another entry now, into the heap.
  void Advance(size_t reader) {
    if (readers_[reader]->Valid()) {
      heap_.push_back(reader);
      std::push_heap(heap_.begin(), heap_.end(), after_);
    } else if (auto ended = readers_[reader]->Ended(); !ended) {
      error_ = std::move(ended);
    }
  }

  bool NextOfRuns(std::string* key, std::string* value) {
    if (!error_ || heap_.empty()) return false;
    std::pop_heap(heap_.begin(), heap_.end(), after_);
    const size_t lowest = heap_.back();
    heap_.pop_back();
    key->assign(readers_[lowest]->key());
    value->assign(readers_[lowest]->value());
    readers_[lowest]->Next();
    Advance(lowest);
    return error_.has_value();
  }

  const Equal equal_;
  Readers readers_;
  const After after_;
  std::vector<size_t> heap_;  // of readers that are not at their end
  std::optional<std::string> last_;
  Result<void> error_;
};

EntrySorter::EntrySorter(FileSpace* space, std::string folder, size_t memory_bytes, Equal equal,
                         size_t most_open)
    : space_(space),
      folder_(std::move(folder)),
      memory_bytes_(memory_bytes),
      equal_(equal),
      most_open_(most_open) {}

EntrySorter::~EntrySorter() = default;

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
  } else if (equal_ == Equal::kFirstCounts) {
    buffer_.erase(std::unique(buffer_.begin(), buffer_.end(), same_key), buffer_.end());
  } else {
    // std::unique keeps the first of equal entries; from behind that is the last.
    buffer_.erase(buffer_.begin(), std::unique(buffer_.rbegin(), buffer_.rend(), same_key).base());
  }
  return {};
}

Result<void> EntrySorter::NewRun() {
  auto writer = SortedFileWriter::Create(space_, folder_, "run-" + std::to_string(written_++),
                                         SortedFileUse::kOnce);
  if (!writer) return Unexpected<Status>(std::move(writer).error());
  writer_ = std::move(*writer);
  return {};
}

// Puts the run that was written to its place among the others.
Result<void> EntrySorter::EndRun(size_t place) {
  auto info = writer_->Finish();
  writer_.reset();
  if (!info) return Unexpected<Status>(std::move(info).error());
  runs_.insert(runs_.begin() + static_cast<ptrdiff_t>(place), std::move(*info));
  return {};
}

Result<void> EntrySorter::WriteRun() {
  if (auto sorted = SortBuffer(); !sorted) return sorted;
  if (auto begun = NewRun(); !begun) return begun;
  for (const Entry& entry : buffer_) {
    if (auto added = writer_->Add(entry.first, entry.second); !added) return added;
  }
  buffer_.clear();
  buffer_bytes_ = 0;
  return EndRun(runs_.size());
}

Result<bool> EntrySorter::Finish() {
  Result<void> done;
  if (finished_) return true;
  if (runs_.empty()) {
    done = SortBuffer();
    finished_ = true;
  } else if (!buffer_.empty()) {
    done = WriteRun();
    buffer_.shrink_to_fit();
  } else if (merge_) {
    done = StepMerge();
  } else if (runs_.size() > most_open_) {
    done = BeginMerge();
  } else {
    done = OpenRuns(0, runs_.size());
    finished_ = true;
  }
  if (!done) return Unexpected<Status>(std::move(done).error());
  return finished_;
}

Result<void> EntrySorter::OpenRuns(size_t first, size_t count) {
  merge_ = std::make_unique<Merge>(equal_);
  Result<void> added;
  for (size_t i = 0; i < count && added; ++i) {
    added = merge_->Add(space_, folder_, runs_[first + i]);
  }
  return added;
}

// Of neighbours, whose place the merged run takes, and of no more than there are too many. All are
// merged once before one is merged again.
Result<void> EntrySorter::BeginMerge() {
  if (runs_.size() - at_ < 2) at_ = 0;
  merging_ = std::min({most_open_, runs_.size() - most_open_ + 1, runs_.size() - at_});
  if (auto opened = OpenRuns(at_, merging_); !opened) return opened;
  return NewRun();
}

Result<void> EntrySorter::StepMerge() {
  std::string key, value;
  for (size_t bytes = 0; bytes < kStepBytes; bytes += key.size() + value.size()) {
    if (!merge_->Next(&key, &value)) return merge_->error() ? EndMerge() : merge_->error();
    if (auto added = writer_->Add(key, value); !added) return added;
  }
  return {};
}

Result<void> EntrySorter::EndMerge() {
  merge_.reset();
  const auto first = runs_.begin() + static_cast<ptrdiff_t>(at_);
  const auto end = first + static_cast<ptrdiff_t>(merging_);
  for (auto run = first; run != end; ++run) {
    if (auto removed = space_->RemoveFile(folder_ + "/" + run->name); !removed) return removed;
  }
  runs_.erase(first, end);
  return EndRun(at_++);
}

bool EntrySorter::Next(std::string* key, std::string* value) {
  if (merge_) return merge_->Next(key, value);
  if (next_ == buffer_.size()) return false;
  std::tie(*key, *value) = std::move(buffer_[next_++]);
  return true;
}

const Result<void>& EntrySorter::error() const {
  static const Result<void> kNone;
  return merge_ ? merge_->error() : kNone;
}

}  // namespace stator
