#include "server/time_to_live_metrics.h"

#include <utility>

namespace stator {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily Single(const char* name, const char* help, MetricType type, double value) {
  MetricFamily family{name, help, type, {}};
  ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
  return family;
}

}  // namespace

std::vector<MetricFamily> TimeToLiveMetrics::Collect() const {
  const TimeToLiveStats stats = sweeper_->Stats();
  return {Single("stator_ttl_deleted_items_total", "Items deleted because they had expired.",
                 MetricType::Counter, static_cast<double>(stats.deleted)),
          Single("stator_ttl_lag_seconds",
                 "For how long the longest expired item has been waiting to be deleted.",
                 MetricType::Gauge, static_cast<double>(stats.lag_micros) / 1e6)};
}

}  // namespace stator
