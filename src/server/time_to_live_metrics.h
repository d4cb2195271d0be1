// What the deletion of expired items counts, in Prometheus' terms.
#ifndef STATOR_SERVER_TIME_TO_LIVE_METRICS_H_
#define STATOR_SERVER_TIME_TO_LIVE_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

#include "table/time_to_live_sweeper.h"

namespace stator {

// Thread-safe.
class TimeToLiveMetrics final : public prometheus::Collectable {
 public:
  // REQUIRES: `sweeper` outlives it.
  explicit TimeToLiveMetrics(const TimeToLiveSweeper* sweeper) : sweeper_(sweeper) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const TimeToLiveSweeper* const sweeper_;
};

}  // namespace stator

#endif  // STATOR_SERVER_TIME_TO_LIVE_METRICS_H_
