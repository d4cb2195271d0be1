#include "storage/memory_store.h"

#include <boost/container/small_vector.hpp>
#include <utility>

#include "storage/format.h"
namespace stator {
namespace {

using Value = std::shared_ptr<const std::string>;  // null: deleted

constexpr size_t kScanChunk = 64;     // entries copied out under one hold of the lock
constexpr size_t kScanSteps = 256;    // keys looked at under one hold of the lock
constexpr size_t kWriteChunk = 1024;  // operations of one batch of DropRange and Ingest
constexpr size_t kReclaimChunk = 256;  // keys pruned by one write or one release of a snapshot
constexpr size_t kEntryOverhead = 128;

struct ScanEntry {
  std::string key;
  Value value;
};

}  // namespace

struct MemoryStore::Version {
  uint64_t sequence;
  Value value;
};

struct MemoryStore::State {
  using Versions = boost::container::small_vector<Version, 1>;  // ascending; never empty
  using Undo = std::vector<std::pair<std::string, Value>>;

  std::mutex mutex;
  std::map<std::string, Versions, std::less<>> map;
  uint64_t sequence = 0;
  std::multiset<uint64_t> snapshots;
  // Keys that have something to reclaim once no snapshot is older than the sequence.
  std::deque<std::pair<uint64_t, std::string>> superseded;
  size_t bytes = 0;

  std::vector<Undo> unsynced;  // of each write that is not synced, oldest first
  std::vector<std::pair<std::string, Value>> unknown;
  std::optional<Status> failed;
  bool crashed = false;

  static const Value* Visible(const Versions& versions, uint64_t at) {
    for (auto v = versions.rbegin(); v != versions.rend(); ++v) {
      if (v->sequence <= at) return v->value ? &v->value : nullptr;
    }
    return nullptr;
  }

  uint64_t At(const Snapshot* snapshot) const;

  bool Needed(uint64_t from, uint64_t until) const {
    auto oldest = snapshots.lower_bound(from);
    return oldest != snapshots.end() && *oldest < until;
  }

  void Drop(Versions& versions, size_t index) {
    if (const Value& value = versions[index].value) bytes -= value->size();
    versions.erase(versions.begin() + static_cast<ptrdiff_t>(index));
  }

  void Apply(std::string_view key, Value value, Undo* undo) {
    auto entry = map.find(key);
    if (undo) {
      undo->emplace_back(key, entry == map.end() ? nullptr : entry->second.back().value);
    }
    if (entry == map.end()) {
      if (!value) return;
      entry = map.emplace(key, Versions()).first;
      bytes += key.size() + kEntryOverhead;
    }
    Versions& versions = entry->second;
    if (value) bytes += value->size();
    const bool deleted = !value;
    versions.push_back({sequence, std::move(value)});
    if (versions.size() > 1 && !Needed(versions[versions.size() - 2].sequence, sequence)) {
      Drop(versions, versions.size() - 2);
    }
    if (versions.size() > 1) {
      superseded.emplace_back(sequence, key);
    } else if (deleted) {
      Erase(entry);
    }
  }

  void Erase(std::map<std::string, Versions, std::less<>>::iterator entry) {
    bytes -= entry->first.size() + kEntryOverhead;
    map.erase(entry);
  }

  void Reclaim() {
    const uint64_t oldest = snapshots.empty() ? sequence : *snapshots.begin();
    for (size_t budget = kReclaimChunk; budget > 0; --budget, superseded.pop_front()) {
      if (superseded.empty() || superseded.front().first > oldest) return;
      auto entry = map.find(superseded.front().second);
      if (entry == map.end()) continue;
      Versions& versions = entry->second;
      while (versions.size() > 1 && versions[1].sequence <= oldest) Drop(versions, 0);
      if (versions.size() == 1 && !versions[0].value) Erase(entry);
    }
  }

  // Copies entries of the range out, at most a chunk; true if the range was exhausted. `resume` is the
  // last key looked at.
  bool Chunk(const StoreRange& range, std::string_view from, bool resumed, uint64_t at,
             std::vector<ScanEntry>* out, std::string* resume) {
    out->clear();
    std::lock_guard lock(mutex);
    size_t steps = 0;
    auto take = [&](auto entry) {
      if (const Value* value = Visible(entry->second, at)) out->push_back({entry->first, *value});
      if (++steps < kScanSteps && out->size() < kScanChunk) return true;
      *resume = entry->first;
      return false;
    };
    if (!range.reverse) {
      auto entry = resumed ? map.upper_bound(from) : map.lower_bound(range.begin);
      for (; entry != map.end() && (range.end.empty() || entry->first < range.end); ++entry) {
        if (!take(entry)) return false;
      }
      return true;
    }
    const std::string_view end = resumed ? from : range.end;
    auto entry = end.empty() && !resumed ? map.end() : map.lower_bound(end);
    while (entry != map.begin() && (--entry)->first >= range.begin) {
      if (!take(entry)) return false;
    }
    return true;
  }
};

class MemoryStore::HeldSnapshot final : public Snapshot {
 public:
  explicit HeldSnapshot(std::shared_ptr<State> state) : state_(std::move(state)) {
    std::lock_guard lock(state_->mutex);
    sequence_ = state_->sequence;
    state_->snapshots.insert(sequence_);
  }
  ~HeldSnapshot() override {
    std::lock_guard lock(state_->mutex);
    state_->snapshots.erase(state_->snapshots.find(sequence_));
    state_->Reclaim();
  }
  uint64_t sequence() const { return sequence_; }

 private:
  const std::shared_ptr<State> state_;
  uint64_t sequence_;
};

uint64_t MemoryStore::State::At(const Snapshot* snapshot) const {
  return snapshot ? static_cast<const HeldSnapshot*>(snapshot)->sequence() : sequence;
}

MemoryStore::MemoryStore(bool model_crashes)
    : model_crashes_(model_crashes), state_(std::make_shared<State>()) {}

MemoryStore::~MemoryStore() = default;

Result<ReadEnd> MemoryStore::Read(std::span<const std::string_view> keys, const Snapshot* snapshot,
                                  ReadMode, ReadUse use) {
  boost::container::small_vector<Value, 4> held(keys.size());
  boost::container::small_vector<std::optional<std::string_view>, 4> values(keys.size());
  {
    std::lock_guard lock(state_->mutex);
    const uint64_t at = state_->At(snapshot);
    for (size_t i = 0; i < keys.size(); ++i) {
      auto entry = state_->map.find(keys[i]);
      if (entry == state_->map.end()) continue;
      if (const Value* value = State::Visible(entry->second, at)) {
        held[i] = *value;
        values[i] = **value;
      }
    }
  }
  use({values.data(), values.size()});
  return ReadEnd::kDone;
}

Result<ScanEnd> MemoryStore::Scan(const StoreRange& range, const Snapshot* snapshot, ReadMode,
                                  ScanVisit visit) {
  const uint64_t at = static_cast<const HeldSnapshot*>(snapshot)->sequence();
  std::vector<ScanEntry> entries;
  std::string from, resume;
  bool resumed = false;
  for (;;) {
    const bool exhausted = state_->Chunk(range, from, resumed, at, &entries, &resume);
    for (const ScanEntry& entry : entries) {
      if (!visit(entry.key, *entry.value)) return ScanEnd::kStopped;
    }
    if (exhausted) return ScanEnd::kExhausted;
    from.swap(resume);
    resumed = true;
  }
}

SnapshotPtr MemoryStore::TakeSnapshot() { return std::make_shared<HeldSnapshot>(state_); }

WriteResult MemoryStore::Write(std::span<const WriteOp> ops, bool sync) {
  std::optional<WriteResult> fault;
  {
    std::unique_lock lock(state_->mutex);
    if (state_->failed) return {WriteOutcome::kNotWritten, *state_->failed};
  }
  {
    std::lock_guard lock(fault_mutex_);
    if (fault_) fault = fault_(ops);
  }
  std::vector<std::pair<std::string_view, Value>> writes;
  writes.reserve(ops.size());
  for (const WriteOp& op : ops) {
    Value value;
    if (op.value) value = std::make_shared<const std::string>(std::string(*op.value).append(op.end));
    writes.emplace_back(op.key, std::move(value));
  }

  std::lock_guard lock(state_->mutex);
  if (state_->failed) return {WriteOutcome::kNotWritten, *state_->failed};
  if (fault) {
    state_->failed = fault->status;
    if (fault->outcome == WriteOutcome::kUnknown) {
      for (auto& [key, value] : writes) state_->unknown.emplace_back(key, value);
    }
    return *fault;
  }
  ++state_->sequence;
  const bool log = model_crashes_ && !sync;
  State::Undo undo;
  for (auto& [key, value] : writes) state_->Apply(key, std::move(value), log ? &undo : nullptr);
  state_->Reclaim();
  if (sync) state_->unsynced.clear();
  if (log) state_->unsynced.push_back(std::move(undo));
  return {};
}

Result<void> MemoryStore::Sync() {
  std::lock_guard lock(state_->mutex);
  if (state_->failed) return Unexpected<Status>(*state_->failed);
  state_->unsynced.clear();
  return {};
}

Result<void> MemoryStore::Recover() {
  std::lock_guard lock(state_->mutex);
  if (state_->crashed) return Unexpected<Status>(*state_->failed);
  state_->failed.reset();
  state_->unknown.clear();
  state_->unsynced.clear();  // what is visible becomes durable, as a flush of memtables makes it
  return {};
}

Result<void> MemoryStore::DropRange(std::string_view begin, std::string_view end) {
  for (;;) {
    std::vector<std::string> keys;
    {
      std::lock_guard lock(state_->mutex);
      auto entry = state_->map.lower_bound(begin);
      for (; entry != state_->map.end() && (end.empty() || entry->first < end); ++entry) {
        if (!entry->second.back().value) continue;
        if (keys.size() == kWriteChunk) break;
        keys.push_back(entry->first);
      }
    }
    if (keys.empty()) return {};
    std::vector<WriteOp> ops;
    for (const std::string& key : keys) ops.push_back({key, std::nullopt});
    WriteResult written = Write(ops, /*sync=*/true);
    if (written.outcome != WriteOutcome::kWritten) return Unexpected<Status>(written.status);
  }
}

Result<void> MemoryStore::Ingest(IngestNext& next) {
  std::string last;
  bool any = false;
  for (bool more = true; more;) {
    std::vector<std::pair<std::string, std::string>> entries;
    std::string key, value;
    while (entries.size() < kWriteChunk && (more = next(&key, &value))) {
      if (any && key <= last) {
        return Fail(StatusCode::kInvalidArgument, "ingested keys do not ascend");
      }
      last = key;
      any = true;
      entries.emplace_back(std::move(key), std::move(value));
    }
    std::vector<WriteOp> ops;
    for (const auto& [k, v] : entries) ops.push_back({k, v});
    WriteResult written = Write(ops, /*sync=*/true);
    if (written.outcome != WriteOutcome::kWritten) return Unexpected<Status>(written.status);
  }
  return {};
}

KvStats MemoryStore::Stats() {
  std::lock_guard lock(state_->mutex);
  return {.memory_bytes = state_->bytes};
}

void MemoryStore::SetWriteFault(WriteFault fault) {
  std::lock_guard lock(fault_mutex_);
  fault_ = std::move(fault);
}

std::unique_ptr<MemoryStore> MemoryStore::Crash(size_t kept, bool unknown_survives) {
  auto survivor = std::make_unique<MemoryStore>(model_crashes_);
  std::lock_guard lock(state_->mutex);
  state_->crashed = true;
  state_->failed = Status{StatusCode::kClosed, "the store crashed"};

  std::map<std::string, Value> map;
  for (const auto& [key, versions] : state_->map) map[key] = versions.back().value;
  for (size_t i = state_->unsynced.size(); i > kept; --i) {
    const State::Undo& undo = state_->unsynced[i - 1];
    for (auto entry = undo.rbegin(); entry != undo.rend(); ++entry) map[entry->first] = entry->second;
  }
  if (unknown_survives) {
    for (const auto& [key, value] : state_->unknown) map[key] = value;
  }
  survivor->state_->sequence = 1;
  for (auto& [key, value] : map) survivor->state_->Apply(key, std::move(value), nullptr);
  return survivor;
}

size_t MemoryStore::VersionCount() {
  std::lock_guard lock(state_->mutex);
  size_t count = 0;
  for (const auto& [key, versions] : state_->map) count += versions.size();
  return count;
}

}  // namespace stator
