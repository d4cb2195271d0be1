// Whether the statistics say that writes are taken.

#include <gtest/gtest.h>

#include "storage/embedded_engine.h"
#include "storage/engine_test_util.h"
#include "storage/memory_store.h"

namespace stator {
namespace {

class FullStore final : public MemoryStore {
 public:
  bool NearlyFull() override { return full; }
  Result<void> Recover() override {
    if (broken) return Fail(StatusCode::kIoError, "broken");
    return MemoryStore::Recover();
  }
  bool full = true, broken = true;
};

// That there is room again does not mend a store that has failed.
TEST(WritableTest, OnlyIfThereIsRoomAndNothingIsBroken) {
  ManualClock clock;
  const EngineOptions options{.clock = &clock};
  auto made = std::make_unique<FullStore>();
  FullStore* const store = made.get();
  EmbeddedEngine engine(std::move(made), options, EmbeddedEngine::Drive::kManual);
  const auto look_again = [&] {
    clock.Advance(1'000'000);
    engine.pipeline().Maintain(clock.MonotonicMicros());
  };
  EXPECT_FALSE(engine.Stats().writable);
  store->SetWriteFault([](std::span<const WriteOp>) {
    return WriteResult{WriteOutcome::kNotWritten, {StatusCode::kNoSpace, "the device is full"}};
  });
  CommitRequest freeing = PutRequest("a", "1");
  freeing.frees_space = true;
  auto failed = CommitAsync(engine, std::move(freeing));
  engine.pipeline().FlushOnce();
  EXPECT_EQ(failed.get().outcome, CommitOutcome::kFailed);
  store->SetWriteFault(nullptr);
  store->full = false;
  look_again();
  EXPECT_FALSE(engine.Stats().writable);
  store->broken = false;
  look_again();
  EXPECT_TRUE(engine.Stats().writable);
}

}  // namespace
}  // namespace stator
