// What the delivery of changes to Kinesis counts, in Prometheus' terms.
#ifndef STATOR_SERVER_DELIVERY_METRICS_H_
#define STATOR_SERVER_DELIVERY_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

#include "kinesis/delivery.h"

namespace stator {

// Thread-safe.
class DeliveryMetrics final : public prometheus::Collectable {
 public:
  // REQUIRES: `delivery` outlives it.
  explicit DeliveryMetrics(const kinesis::Delivery* delivery) : delivery_(delivery) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const kinesis::Delivery* const delivery_;
};

}  // namespace stator

#endif  // STATOR_SERVER_DELIVERY_METRICS_H_
