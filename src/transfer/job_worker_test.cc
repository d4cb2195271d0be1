#include "transfer/job_worker.h"

#include <gtest/gtest.h>

#include <future>
#include <string>

namespace stator {
namespace {

using Outcome = Expected<int, RunFault>;

TEST(JobWorkerTest, JobsAreDoneInTheirOrder) {
  JobWorker worker(nullptr);
  std::string order;
  std::promise<void> done;
  for (const char c : {'a', 'b', 'c'}) worker.Push([&, c] { order.push_back(c); });
  worker.Push([&] { done.set_value(); });
  worker.Start(1);
  done.get_future().wait();
  EXPECT_EQ(order, "abc");
}

TEST(JobWorkerTest, SeveralThreadsWorkAtOnce) {
  JobWorker worker(nullptr);
  worker.Start(2);
  std::promise<void> first, second;
  worker.Push([&] { second.get_future().wait(); });
  worker.Push([&] {
    second.set_value();
    first.set_value();
  });
  first.get_future().wait();
}

TEST(JobWorkerTest, AStopEndsSleepAndDropsWhatWaits) {
  std::atomic<bool> slept{true}, did{false};
  {
    JobWorker worker(nullptr);
    std::promise<void> begun;
    worker.Push([&] {
      begun.set_value();
      slept = worker.Sleep(int64_t{3600} * 1'000'000);
      EXPECT_FALSE(worker.Insist("it", [] { return Fail(StatusCode::kIoError, "no"); }));
      EXPECT_FALSE(worker.Try<int>("it", {}, [](int) { return Outcome(1); }));
    });
    worker.Push([&] { did = true; });
    worker.Start(1);
    begun.get_future().wait();
  }
  EXPECT_FALSE(slept);
  EXPECT_FALSE(did);
}

TEST(JobWorkerTest, WhatIsBeforeJobsIsTriedAgain) {
  std::atomic<int> calls{0};
  std::promise<void> done;
  JobWorker worker(nullptr);
  worker.Start(1, [&] {
    if (++calls == 2) done.set_value();
    return calls > 1;
  });
  done.get_future().wait();
}

TEST(JobWorkerTest, WhatMustBeNotedIsTriedAgain) {
  std::string told;
  JobWorker worker([&](EventLevel, const std::string& message) { told = message; });
  int calls = 0;
  EXPECT_TRUE(worker.Insist("the end", [&]() -> Result<void> {
    if (++calls == 2) return {};
    return Fail(StatusCode::kIoError, "the disk");
  }));
  EXPECT_EQ(told, "the end cannot be noted, and is tried again: the disk");
}

TEST(JobWorkerTest, FaultsOfObjectsAreFinal) {
  JobWorker worker(nullptr);
  const auto fails = [](ObjectFault fault) {
    return [fault = std::move(fault)](int) -> Outcome { return Faulty(fault); };
  };
  auto failed = worker.Try<int>("it", {}, fails({"NoSuchBucket", "There is none"}));
  ASSERT_TRUE(failed && !*failed);
  EXPECT_EQ(failed->error().code, "S3NoSuchBucket");
  EXPECT_EQ(failed->error().message,
            "There is none (Service: Amazon S3; Error Code: NoSuchBucket)");
  failed = worker.Try<int>("it", {}, fails({"KMS.NotFoundException", "No key"}));
  EXPECT_EQ(failed->error().code, "KmsNotFoundException");
}

TEST(JobWorkerTest, OwnFaultsAreTriedAgainUnlessTheyAreFinal) {
  std::string told;
  JobWorker worker([&](EventLevel, const std::string& message) { told += message + "\n"; });
  int calls = 0;
  auto outcome = worker.Try<int>("it", {StatusCode::kCorruption}, [&](int attempt) -> Outcome {
    ++calls;
    return Faulty(Status{attempt == 1 ? StatusCode::kIoError : StatusCode::kCorruption, "x"});
  });
  EXPECT_EQ(calls, 2);
  ASSERT_TRUE(outcome && !*outcome);
  EXPECT_EQ(outcome->error().code, "InternalServerError");
  EXPECT_EQ(told, "it failed, and is tried again: x\nit is given up: x\n");
}

}  // namespace
}  // namespace stator
