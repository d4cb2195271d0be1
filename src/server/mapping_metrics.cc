#include "server/mapping_metrics.h"

#include <utility>

namespace stator {

std::vector<prometheus::MetricFamily> MappingMetrics::Collect() const {
  using prometheus::MetricFamily;
  using prometheus::MetricType;
  const std::vector<MappingFigures> all = sources_->Figures();
  std::vector<MetricFamily> families;
  if (all.empty()) return families;
  const auto add = [&](const char* name, const char* help, MetricType type, auto value_of) {
    MetricFamily family{name, help, type, {}};
    for (const MappingFigures& figures : all) {
      prometheus::ClientMetric metric;
      metric.label = {{"uuid", figures.uuid}, {"function", figures.function}};
      const auto value = static_cast<double>(value_of(figures));
      (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
      family.metric.push_back(std::move(metric));
    }
    families.push_back(std::move(family));
  };
  using F = MappingFigures;
  add("stator_mapping_oldest_record_age_seconds",
      "Age of the oldest record that was read and is not delivered; 0: there is none.",
      MetricType::Gauge, [](const F& f) { return static_cast<double>(f.oldest_age_micros) / 1e6; });
  add("stator_mapping_batches_total", "Batches that were delivered.", MetricType::Counter,
      [](const F& f) { return f.batches; });
  add("stator_mapping_records_total", "Records that were delivered.", MetricType::Counter,
      [](const F& f) { return f.records; });
  add("stator_mapping_filtered_total", "Records that no filter pattern matched.",
      MetricType::Counter, [](const F& f) { return f.filtered; });
  add("stator_mapping_failures_total", "Invocations that failed.", MetricType::Counter,
      [](const F& f) { return f.failures; });
  add("stator_mapping_not_invoked_total", "Invocations that the function was not reached for.",
      MetricType::Counter, [](const F& f) { return f.not_invoked; });
  add("stator_mapping_dead_letters_total", "Records that were given up.", MetricType::Counter,
      [](const F& f) { return f.dead_letters; });
  return families;
}

}  // namespace stator
