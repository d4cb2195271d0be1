// Brings the changes of all tables that have a Kinesis destination there, in the background.
#ifndef STATOR_KINESIS_DELIVERY_H_
#define STATOR_KINESIS_DELIVERY_H_

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "kinesis/delivery_worker.h"

namespace stator::kinesis {

// Thread-safe.
class Delivery {
 public:
  // `database` and `streams` must outlive the delivery.
  Delivery(Database* database, Streams* streams, DeliveryOptions options)
      : database_(database), streams_(streams), options_(std::move(options)) {}
  ~Delivery() { Stop(); }

  void Start();
  // Ends all threads, between two steps. What was not delivered is after the next start.
  void Stop();

  // For tests, without Start: one step for every destination. True if there may be more to do.
  bool RunOnce();

  const SkippedRecords& skipped() const { return skipped_; }

 private:
  // A thread for each destination: a slow one holds up no other.
  struct Running {
    std::unique_ptr<DeliveryWorker> worker;
    std::thread thread;
    bool ended = false;  // guarded by mutex_
  };

  void Manage();
  void Run(Running* running);
  bool WaitFor(int64_t micros);  // false: stopping

  Database* const database_;
  Streams* const streams_;
  const DeliveryOptions options_;
  SkippedRecords skipped_;
  std::map<DeliveryTarget, std::unique_ptr<DeliveryWorker>> stepped_;  // RunOnce's
  std::map<DeliveryTarget, std::unique_ptr<Running>> running_;         // the manager's

  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread manager_;
};

}  // namespace stator::kinesis

#endif  // STATOR_KINESIS_DELIVERY_H_
