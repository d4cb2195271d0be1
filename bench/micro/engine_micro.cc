// The storage engines without a server: a get, a commit, and many commits at once.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/temp_dir.h"
#include "key_chooser.h"
#include "storage/open.h"

namespace stator::bench {
namespace {

constexpr uint64_t kItems = 20'000;

// Counts completions, and waits for them.
class Pending {
 public:
  void Begin() {
    const std::lock_guard lock(mutex_);
    ++under_way_;
  }
  void End() {
    const std::lock_guard lock(mutex_);
    --under_way_;
    changed_.notify_one();
  }
  void WaitFor(int at_most) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return under_way_ <= at_most; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int under_way_ = 0;
};

// 0: in memory; 1: on disk, synced.
class EngineUnderTest {
 public:
  explicit EngineUnderTest(benchmark::State& state) {
    const EngineOptions options;
    if (state.range(0) == 0) {
      engine_ = NewMemoryEngine(options);
    } else {
      directory_.emplace();
      engine_ = std::move(*OpenRocksEngine(directory_->file("data"), options));
    }
    state.SetLabel(state.range(0) == 0 ? "memory" : "rocksdb, sync");
    for (uint64_t number = 0; number < kItems; ++number) Put(number, 256);
    pending_.WaitFor(0);
  }

  Engine& engine() { return *engine_; }
  Pending& pending() { return pending_; }
  static std::string Key(uint64_t number) { return fmt::format("\x10key-{:012}", number); }

  // Leaves at most so many under way.
  void Put(uint64_t number, int at_most) {
    CommitRequest request;
    request.keys.push_back(Key(number));
    request.decide = [this, number](const CommitView&) {
      Decision decision;
      decision.commit = true;
      decision.mutations.push_back({Key(number), value_});
      return decision;
    };
    pending_.Begin();
    engine_->Commit(std::move(request), [this](CommitResult) { pending_.End(); });
    pending_.WaitFor(at_most);
  }

 private:
  const std::string value_ = std::string(1024, 'x');
  std::optional<TempDir> directory_;
  Pending pending_;
  std::unique_ptr<Engine> engine_;  // ends first
};

void EngineGet(benchmark::State& state) {
  EngineUnderTest test(state);
  Random random(1);
  for (auto _ : state) {
    GetRequest request;
    request.keys.push_back(EngineUnderTest::Key(random.Below(kItems)));
    test.pending().Begin();
    test.engine().Get(std::move(request), [&](const GetResult& result) {
      benchmark::DoNotOptimize(result.values);
      test.pending().End();
    });
    test.pending().WaitFor(0);
  }
}

void EngineCommit(benchmark::State& state) {
  EngineUnderTest test(state);
  Random random(1);
  for (auto _ : state) test.Put(random.Below(kItems), static_cast<int>(state.range(1)) - 1);
  test.pending().WaitFor(0);
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}

void EngineScan(benchmark::State& state) {
  EngineUnderTest test(state);
  Random random(1);
  for (auto _ : state) {
    ScanRequest request;
    const uint64_t first = random.Below(kItems - 10);
    request.begin = EngineUnderTest::Key(first);
    request.end = EngineUnderTest::Key(first + 10);
    test.pending().Begin();
    test.engine().Scan(
        std::move(request), [](std::string_view, std::string_view) { return true; },
        [&](Result<void>) { test.pending().End(); });
    test.pending().WaitFor(0);
  }
}

BENCHMARK(EngineGet)->Arg(0)->Arg(1)->MeasureProcessCPUTime();
BENCHMARK(EngineScan)->Arg(0)->Arg(1)->MeasureProcessCPUTime();
// One at a time, and 64.
BENCHMARK(EngineCommit)
    ->ArgNames({"disk", "at once"})
    ->ArgsProduct({{0, 1}, {1, 64}})
    ->MeasureProcessCPUTime()
    ->UseRealTime();

}  // namespace
}  // namespace stator::bench
