// What the tests of engines share: short forms of the seam's calls, a clock that is set by hand.
#ifndef STATOR_STORAGE_ENGINE_TEST_UTIL_H_
#define STATOR_STORAGE_ENGINE_TEST_UTIL_H_

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/temp_dir.h"
#include "storage/engine.h"
#include "storage/open.h"

namespace stator {

class ManualClock final : public Clock {
 public:
  int64_t NowMicros() const override { return now_; }
  int64_t MonotonicMicros() const override { return now_; }
  void Advance(int64_t micros) { now_ += micros; }

 private:
  std::atomic<int64_t> now_{1'000'000};
};

using Values = std::vector<std::optional<std::string>>;
using Entries = std::vector<std::pair<std::string, std::string>>;

// A decision function that ignores what it is shown.
inline UniqueFunction<Decision(const CommitView&)> Always(Decision decision) {
  return [decision = std::move(decision)](const CommitView&) { return decision; };
}

inline Decision Write(std::vector<Mutation> mutations) {
  Decision decision;
  decision.commit = true;
  decision.mutations = std::move(mutations);
  return decision;
}

inline CommitRequest PutRequest(std::string key, std::string value) {
  CommitRequest request;
  request.keys = {key};
  request.decide = Always(Write({{std::move(key), std::move(value)}}));
  return request;
}

inline std::future<CommitResult> CommitAsync(Engine& engine, CommitRequest request) {
  std::promise<CommitResult> promise;
  std::future<CommitResult> future = promise.get_future();
  engine.Commit(std::move(request), [promise = std::move(promise)](CommitResult result) mutable {
    promise.set_value(std::move(result));
  });
  return future;
}

inline CommitResult CommitNow(Engine& engine, CommitRequest request) {
  return CommitAsync(engine, std::move(request)).get();
}

inline void Put(Engine& engine, std::string key, std::string value) {
  const CommitResult result = CommitNow(engine, PutRequest(std::move(key), std::move(value)));
  ASSERT_EQ(result.outcome, CommitOutcome::kCommitted) << result.status.message;
}

template <class T>
bool IsReady(std::future<T>& future) {
  return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

struct GetAnswer {
  std::optional<Status> error;
  std::vector<size_t> conflicts;
  Values values;
};

inline GetAnswer GetNow(Engine& engine, GetRequest request) {
  std::promise<GetAnswer> promise;
  std::future<GetAnswer> future = promise.get_future();
  engine.Get(std::move(request), [&promise](const GetResult& result) {
    GetAnswer answer{result.error, result.conflicts, {}};
    for (const auto& value : result.values) {
      answer.values.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
    }
    promise.set_value(std::move(answer));
  });
  return future.get();
}

inline std::optional<std::string> GetOne(Engine& engine, std::string key,
                                         SnapshotPtr snapshot = nullptr) {
  GetAnswer answer = GetNow(engine, {.keys = {std::move(key)}, .snapshot = std::move(snapshot)});
  if (answer.error || answer.values.size() != 1) {
    ADD_FAILURE() << "get failed";
    return std::nullopt;
  }
  return answer.values[0];
}

inline Entries ScanNow(Engine& engine, ScanRequest request, size_t limit = SIZE_MAX) {
  auto entries = std::make_shared<Entries>();
  std::promise<bool> promise;
  std::future<bool> future = promise.get_future();
  engine.Scan(
      std::move(request),
      [entries, limit](std::string_view key, std::string_view value) {
        entries->emplace_back(key, value);
        return entries->size() < limit;
      },
      [&promise](Result<void> end) { promise.set_value(end.has_value()); });
  EXPECT_TRUE(future.get());
  return *entries;
}

inline Result<void> DropNow(Engine& engine, std::string begin, std::string end) {
  std::promise<Result<void>> promise;
  engine.DropRange(std::move(begin), std::move(end),
                   [&promise](Result<void> result) { promise.set_value(std::move(result)); });
  return promise.get_future().get();
}

inline Result<void> IngestNow(Engine& engine, Entries entries) {
  std::promise<Result<void>> promise;
  engine.Ingest(
      [entries = std::move(entries), i = size_t{0}](std::string* key, std::string* value) mutable {
        if (i == entries.size()) return false;
        *key = entries[i].first;
        *value = entries[i++].second;
        return true;
      },
      [&promise](Result<void> result) { promise.set_value(std::move(result)); });
  return promise.get_future().get();
}

enum class EngineKind { kMemory, kRocks };

// A suite that every engine passes.
class EveryEngine : public ::testing::TestWithParam<EngineKind> {
 protected:
  // Closes the engine, if there is one, and opens it again with what it held (kRocks).
  void Open(const EngineOptions& options = {}) {
    engine_.reset();
    if (GetParam() == EngineKind::kMemory) {
      engine_ = NewMemoryEngine(options);
      return;
    }
    auto opened = OpenRocksEngine(dir_.path() + "/data", options);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    engine_ = std::move(*opened);
  }
  bool durable() const { return GetParam() == EngineKind::kRocks; }
  Engine& engine() { return *engine_; }

  TempDir dir_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_ENGINE_TEST_UTIL_H_
