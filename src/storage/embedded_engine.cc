#include "storage/embedded_engine.h"

#include <utility>

#include "storage/format.h"

namespace stator {
namespace {

size_t BytesOf(std::span<const std::optional<std::string_view>> values) {
  size_t bytes = 0;
  for (const auto& value : values) bytes += value ? value->size() : 0;
  return bytes;
}

}  // namespace

// A scan between the calls of ScanNow(): `request` is narrowed to what was not visited yet.
struct EmbeddedEngine::ScanState {
  ScanRequest request;
  ScanVisit visit;
  ScanDone done;
};

EmbeddedEngine::EmbeddedEngine(std::unique_ptr<KvStore> store, const EngineOptions& options,
                               Drive drive)
    : options_(options), store_(std::move(store)) {
  static const SystemClock system_clock;
  if (!options_.clock) options_.clock = &system_clock;
  const bool threads = drive == Drive::kThreads && store_->ReadsMayBlock();
  pool_ = std::make_unique<IoPool>(threads ? options_.io_threads : 0);
  CommitPipeline::RunBlocking run_blocking;
  if (threads && options_.io_threads > 0) {
    run_blocking = [this](UniqueFunction<void()> task) { pool_->Post(std::move(task)); };
  }
  pipeline_ = std::make_unique<CommitPipeline>(store_.get(), options_, std::move(run_blocking));
  if (drive == Drive::kThreads) {
    flusher_ = std::make_unique<Flusher>(pipeline_.get(), options_.clock);
  }
}

EmbeddedEngine::~EmbeddedEngine() {
  pipeline_->BeginClose();
  if (!flusher_) {
    while (pipeline_->FlushOnce()) {
    }
  }
  pipeline_->AwaitIdle();
  // A thread of the pool may still be about to wake the flusher for a commit that has ended.
  pool_->Stop();
  flusher_.reset();
  if (options_.durability != Durability::kSync) (void)store_->Sync();
}

void EmbeddedEngine::Commit(CommitRequest request, CommitDone done) {
  pipeline_->Commit(std::move(request), std::move(done));
}

void EmbeddedEngine::Get(GetRequest request, GetDone done) {
  if (!store_->ReadsMayBlock()) {
    (void)GetNow(request, GetPlace::kLong, &done);
  } else {
    GetAt(GetPlace::kCaller, std::move(request), std::move(done));
  }
}

// Goes on in another place where it must.
void EmbeddedEngine::GetAt(GetPlace place, GetRequest request, GetDone done) {
  const GetPlace next = GetNow(request, place, &done);
  if (next == place) return;
  pool_->Post(
      [this, next, request = std::move(request), done = std::move(done)]() mutable {
        GetAt(next, std::move(request), std::move(done));
      },
      next == GetPlace::kLong ? IoPool::kLong : IoPool::kShort);
}

// Where it has to be done: if that is not `place`, `done` was not called.
EmbeddedEngine::GetPlace EmbeddedEngine::GetNow(const GetRequest& request, GetPlace place,
                                                GetDone* done) {
  const ReadMode mode = place == GetPlace::kCaller ? ReadMode::kCachedOnly : ReadMode::kMayBlock;
  bool large = false;
  GetResult result;
  const auto conflict = [&] {
    if (!request.transaction) return false;
    result.conflicts = pipeline_->HeldByTransactions(request.keys);
    if (result.conflicts.empty()) return false;
    result.error = Status{StatusCode::kConflict, "a running transaction holds a key"};
    (*done)(result);
    return true;
  };
  // Asked on both sides of the snapshot: what it shows is then not about to be changed by a
  // transaction that had begun before it, and neither by one that ended meanwhile.
  SnapshotPtr snapshot = request.snapshot;
  if (conflict()) return place;
  if (request.transaction) {
    if (!snapshot) snapshot = store_->TakeSnapshot();
    if (conflict()) return place;
  }
  Few<std::string_view> keys(request.keys.begin(), request.keys.end());
  Result<ReadEnd> read =
      store_->Read({keys.data(), keys.size()}, snapshot.get(), mode, [&](auto values) {
        large = place != GetPlace::kLong && BytesOf(values) > options_.get_inline_bytes;
        if (large) return;
        result.values = values;
        (*done)(result);
      });
  if (large) return GetPlace::kLong;
  if (read) return *read == ReadEnd::kDone ? place : GetPlace::kShort;
  result.error = std::move(read.error());
  (*done)(result);
  return place;
}

void EmbeddedEngine::Scan(ScanRequest request, ScanVisit visit, ScanDone done) {
  if (!request.snapshot) request.snapshot = store_->TakeSnapshot();
  auto scan =
      std::make_unique<ScanState>(ScanState{std::move(request), std::move(visit), std::move(done)});
  const ReadMode mode = store_->ReadsMayBlock() ? ReadMode::kCachedOnly : ReadMode::kMayBlock;
  if (ScanNow(scan.get(), mode)) return;
  pool_->Post([this, scan = std::move(scan)] { ScanNow(scan.get(), ReadMode::kMayBlock); },
              IoPool::kLong);
}

// False if it would block or has taken its share of the caller's thread; `done` was called
// otherwise.
bool EmbeddedEngine::ScanNow(ScanState* scan, ReadMode mode) {
  ScanRequest& request = scan->request;
  size_t bytes = 0;
  std::string last;
  bool visited = false, yields = false;
  const StoreRange range{request.begin, request.end, request.reverse, request.once};
  Result<ScanEnd> end = store_->Scan(range, request.snapshot.get(), mode,
                                     [&](std::string_view key, std::string_view value) {
                                       if (mode == ReadMode::kCachedOnly) {
                                         if (bytes > options_.scan_inline_bytes) {
                                           yields = true;
                                           return false;
                                         }
                                         bytes += key.size() + value.size();
                                         last.assign(key);
                                         visited = true;
                                       }
                                       return scan->visit(key, value);
                                     });
  if (end && (yields || *end == ScanEnd::kWouldBlock)) {
    if (visited && request.reverse) request.end = std::move(last);
    if (visited && !request.reverse) request.begin = std::move(last) + '\0';
    return false;
  }
  request.snapshot.reset();
  if (end) {
    scan->done({});
  } else {
    scan->done(Unexpected<Status>(std::move(end.error())));
  }
  return true;
}

Result<Counter> EmbeddedEngine::ReadCounter(std::string_view key) {
  Result<Counter> counter = Counter{};
  Result<ReadEnd> read = store_->Read({&key, 1}, nullptr, ReadMode::kMayBlock,
                                      [&](auto values) { counter = DecodeCounter(values[0]); });
  if (!read) return Unexpected<Status>(std::move(read.error()));
  return counter;
}

SnapshotPtr EmbeddedEngine::TakeSnapshot() { return store_->TakeSnapshot(); }

void EmbeddedEngine::DropRange(std::string begin, std::string end, Done done) {
  pool_->Post([this, begin = std::move(begin), end = std::move(end),
               done = std::move(done)]() mutable { done(pipeline_->DropRange(begin, end)); });
}

void EmbeddedEngine::Ingest(IngestNext next, Done done) {
  pool_->Post([this, next = std::move(next),
               done = std::move(done)]() mutable { done(pipeline_->Ingest(next)); },
              IoPool::kLong);
}

EngineStats EmbeddedEngine::Stats() {
  const KvStats store = store_->Stats();
  EngineStats stats;
  stats.disk_bytes = store.disk_bytes;
  stats.memory_bytes = store.memory_bytes;
  pipeline_->AddStats(&stats);
  stats.writable = stats.writable && !store.stopped;
  return stats;
}

}  // namespace stator
