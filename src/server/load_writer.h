// Writes items to tables by BatchWriteItem, as many at a time as it takes, over several
// connections.
#ifndef STATOR_SERVER_LOAD_WRITER_H_
#define STATOR_SERVER_LOAD_WRITER_H_

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "server/api_client.h"
#include "server/load_lanes.h"
#include "server/load_reader.h"

namespace stator {

// Of several items with one key the last stays. Memory is bounded: Add() waits when the service
// does not keep up. Its functions are for one thread.
class LoadWriter {
 public:
  // Called for an item that the service refuses, with its place and the reason: whether to go on
  // without it. Called on several threads, by one at a time.
  using OnRefused = std::function<bool(const Status&)>;

  // REQUIRES: connections > 0.
  LoadWriter(const ApiClientOptions& client, size_t connections, OnRefused on_refused);
  ~LoadWriter() { Stop(); }

  // Takes an item to be written soon. REQUIRES: item.table is set. Errors: what stopped writing,
  // of this item or of an earlier one.
  Result<void> Add(LoadItem item);
  // Writes what is left. Errors: as Add. Nothing can be added afterwards.
  Result<void> Finish();

  uint64_t written() const { return written_; }
  // The first item, by its position, that was added and is not known to be written; nothing: there
  // is none.
  std::optional<LoadPosition> FirstUnwritten();

 private:
  using Batch = std::vector<LoadItem>;

  struct Lane {
    explicit Lane(ApiClientOptions options) : client(std::move(options)) {}

    // Of the thread that adds.
    Batch batch;
    size_t batch_bytes = 0;
    // Of mutex_.
    std::deque<Batch> queue;
    std::optional<LoadPosition> writing;  // of the batch on its way, or the one that failed

    ApiClient client;
    std::thread thread;
  };

  Result<void> Push(Lane* lane);
  Result<void> Fault();
  void Stop();
  void Run(Lane* lane);
  Result<void> Write(ApiClient* client, const LoadItem* items, size_t count);

  LoadLanes lane_of_;
  const OnRefused on_refused_;
  std::mutex refused_mutex_;
  std::atomic<uint64_t> written_{0};

  std::mutex mutex_;
  std::condition_variable changed_;  // a queue, stop_ or fault_
  bool stop_ = false;                // when the queues are empty
  std::optional<Status> fault_;      // nothing is written any more

  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace stator

#endif  // STATOR_SERVER_LOAD_WRITER_H_
