#include "server/metrics.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "server/version.h"

namespace stator {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::array<int64_t, 16> kBoundsMicros = {
    50,     100,    250,     500,     1'000,   2'500,     5'000,     10'000,
    25'000, 50'000, 100'000, 250'000, 500'000, 1'000'000, 5'000'000, 30'000'000};
constexpr const char* kClasses[] = {"2xx", "4xx", "5xx"};

size_t ClassOf(int http_status) { return http_status < 400 ? 0 : http_status < 500 ? 1 : 2; }

void Add(std::atomic<uint64_t>* counter, uint64_t n) {
  counter->fetch_add(n, std::memory_order_relaxed);
}
uint64_t Get(const std::atomic<uint64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

MetricFamily Family(const char* name, const char* help, MetricType type) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

MetricFamily Single(const char* name, const char* help, MetricType type, double value) {
  MetricFamily family = Family(name, help, type);
  ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
  return family;
}

MetricFamily Build() {
  MetricFamily family =
      Single("stator_build_info", "The version that runs; always 1.", MetricType::Gauge, 1);
  family.metric.front().label = {{"version", kVersion}};
  return family;
}

}  // namespace

void RequestCounters::Count(size_t operation, int http_status, int64_t micros, size_t body_bytes,
                            size_t answer_bytes) {
  static_assert(kBoundsMicros.size() == kBuckets);
  Add(&by_operation_[operation].by_class[ClassOf(http_status)], 1);
  const auto bound = std::lower_bound(kBoundsMicros.begin(), kBoundsMicros.end(), micros);
  Add(&durations_[static_cast<size_t>(bound - kBoundsMicros.begin())], 1);
  Add(&duration_sum_micros_, static_cast<uint64_t>(std::max<int64_t>(micros, 0)));
  Add(&body_bytes_, body_bytes);
  Add(&answer_bytes_, answer_bytes);
}

RequestCounters* Metrics::AddLoop() {
  const std::lock_guard lock(mutex_);
  return loops_.emplace_back(std::make_unique<RequestCounters>(operations_.size())).get();
}

void Metrics::Watch(const ServerShared* server) {
  const std::lock_guard lock(mutex_);
  server_ = server;
}

uint64_t Metrics::Sum(RequestCounters::Counter RequestCounters::*counter) const {
  uint64_t sum = 0;
  for (const auto& loop : loops_) sum += Get((*loop).*counter);
  return sum;
}

MetricFamily Metrics::Requests() const {
  MetricFamily family =
      Family("stator_requests_total", "Requests answered, by operation and class of HTTP status.",
             MetricType::Counter);
  for (size_t i = 0; i <= operations_.size(); ++i) {
    for (size_t c = 0; c < std::size(kClasses); ++c) {
      uint64_t sum = 0;
      for (const auto& loop : loops_) sum += Get(loop->by_operation_[i].by_class[c]);
      if (sum == 0) continue;
      ClientMetric metric;
      metric.label = {{"operation", i < operations_.size() ? operations_[i] : "none"},
                      {"status", kClasses[c]}};
      metric.counter.value = static_cast<double>(sum);
      family.metric.push_back(std::move(metric));
    }
  }
  return family;
}

MetricFamily Metrics::Durations() const {
  MetricFamily family =
      Family("stator_request_duration_seconds",
             "From when the whole request is taken up to its answer ready to be sent.",
             MetricType::Histogram);
  ClientMetric metric;
  uint64_t count = 0;
  for (size_t i = 0; i <= RequestCounters::kBuckets; ++i) {
    for (const auto& loop : loops_) count += Get(loop->durations_[i]);
    if (i < kBoundsMicros.size()) {
      metric.histogram.bucket.push_back({count, static_cast<double>(kBoundsMicros[i]) / 1e6});
    }
  }
  metric.histogram.sample_count = count;
  metric.histogram.sample_sum =
      static_cast<double>(Sum(&RequestCounters::duration_sum_micros_)) / 1e6;
  family.metric.push_back(std::move(metric));
  return family;
}

std::vector<MetricFamily> Metrics::Collect() const {
  const std::lock_guard lock(mutex_);
  std::vector<MetricFamily> families;
  families.push_back(Build());
  families.push_back(Requests());
  families.push_back(Durations());
  const auto add = [&](const char* name, const char* help, MetricType type, uint64_t value) {
    families.push_back(Single(name, help, type, static_cast<double>(value)));
  };
  add("stator_request_body_bytes_total", "Bytes of request bodies, as received.",
      MetricType::Counter, Sum(&RequestCounters::body_bytes_));
  add("stator_answer_body_bytes_total", "Bytes of answers, as sent, without their heads.",
      MetricType::Counter, Sum(&RequestCounters::answer_bytes_));
  if (server_ == nullptr) return families;
  add("stator_connections", "Open connections.", MetricType::Gauge, server_->connections.load());
  add("stator_connections_accepted_total", "Connections accepted.", MetricType::Counter,
      server_->accepted.load());
  add("stator_connections_turned_away_total",
      "Connections closed at once because there were too many.", MetricType::Counter,
      server_->turned_away.load());
  add("stator_connections_timed_out_total",
      "Connections closed because the client was too slow or idle.", MetricType::Counter,
      server_->timed_out.load());
  add("stator_request_memory_bytes", "Memory that large requests under way and their answers take.",
      MetricType::Gauge, server_->budget.used());
  return families;
}

}  // namespace stator
