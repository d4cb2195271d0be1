// What the runner of event source mappings counts, in Prometheus' terms.
#ifndef STATOR_SERVER_MAPPING_METRICS_H_
#define STATOR_SERVER_MAPPING_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

#include "events/event_sources.h"

namespace stator {

// Thread-safe.
class MappingMetrics final : public prometheus::Collectable {
 public:
  // REQUIRES: `sources` outlives it.
  explicit MappingMetrics(const EventSources* sources) : sources_(sources) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const EventSources* const sources_;
};

}  // namespace stator

#endif  // STATOR_SERVER_MAPPING_METRICS_H_
