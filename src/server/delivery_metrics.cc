#include "server/delivery_metrics.h"

#include <utility>

namespace stator {

std::vector<prometheus::MetricFamily> DeliveryMetrics::Collect() const {
  prometheus::MetricFamily family{
      "stator_kinesis_records_too_large_total",
      "Changes of a table that were not sent to Kinesis because it takes no record so large.",
      prometheus::MetricType::Counter,
      {}};
  for (const auto& [table_arn, count] : delivery_->skipped().Counts()) {
    prometheus::ClientMetric metric;
    metric.label = {{"table_arn", table_arn}};
    metric.counter.value = static_cast<double>(count);
    family.metric.push_back(std::move(metric));
  }
  if (family.metric.empty()) return {};
  return {std::move(family)};
}

}  // namespace stator
