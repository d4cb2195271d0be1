#include "storage/io_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>

namespace stator {
namespace {

TEST(IoPool, WithoutThreadsTasksRunWhereTheyArePosted) {
  IoPool pool(0);
  bool ran = false;
  pool.Post([&] { ran = true; }, IoPool::kLong);
  EXPECT_TRUE(ran);
}

TEST(IoPool, LongWorkKeepsNoShortWorkWaiting) {
  std::promise<void> release, ran;
  IoPool pool(1);
  pool.Post([&] { release.get_future().wait(); }, IoPool::kLong);
  pool.Post([&] { ran.set_value(); });
  ran.get_future().wait();  // for ever, if it had to wait
  release.set_value();
}

// Tasks of one lane post to the other while the pool stops.
TEST(IoPool, StopsAfterAllThatTasksPosted) {
  for (int round = 0; round < 100; ++round) {
    std::atomic<int> ran = 0;
    IoPool pool(2);
    std::function<void(int)> step = [&](int left) {
      ++ran;
      if (left > 0)
        pool.Post([&step, left] { step(left - 1); }, left % 2 ? IoPool::kLong : IoPool::kShort);
    };
    for (int i = 0; i < 4; ++i) pool.Post([&step] { step(10); });
    pool.Stop();
    EXPECT_EQ(ran, 4 * 11);
  }
}

}  // namespace
}  // namespace stator
