// What the server counts, in Prometheus' terms.
#ifndef STATOR_SERVER_METRICS_H_
#define STATOR_SERVER_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/event_loop.h"

namespace stator {

// The counters of one event loop. Each loop has its own, so that counting shares no cache line;
// written by any thread that answers, read by any.
class RequestCounters {
 public:
  explicit RequestCounters(size_t operations) : by_operation_(operations + 1) {}

  // `operation` is an index into the names that Metrics was given, or their number for anything
  // else.
  void Count(size_t operation, int http_status, int64_t micros, size_t body_bytes,
             size_t answer_bytes);

 private:
  friend class Metrics;
  using Counter = std::atomic<uint64_t>;
  static constexpr size_t kBuckets = 16;  // and one for what is slower than the last

  struct Outcomes {
    std::array<Counter, 3> by_class = {};  // 2xx, 4xx, 5xx
  };
  std::vector<Outcomes> by_operation_;
  std::array<Counter, kBuckets + 1> durations_ = {};
  Counter duration_sum_micros_ = 0;
  Counter body_bytes_ = 0;
  Counter answer_bytes_ = 0;
};

// Thread-safe.
class Metrics final : public prometheus::Collectable {
 public:
  explicit Metrics(std::vector<std::string> operations) : operations_(std::move(operations)) {}

  // Counters for one more loop; they live as long as this object.
  RequestCounters* AddLoop();
  // Shows the connections of `server`, until it is called with nullptr.
  void Watch(const ServerShared* server);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  prometheus::MetricFamily Requests() const;
  prometheus::MetricFamily Durations() const;
  uint64_t Sum(RequestCounters::Counter RequestCounters::*counter) const;

  const std::vector<std::string> operations_;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<RequestCounters>> loops_;
  const ServerShared* server_ = nullptr;
};

}  // namespace stator

#endif  // STATOR_SERVER_METRICS_H_
