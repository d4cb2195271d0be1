// What the storage engine counts, in Prometheus' terms.
#ifndef STATOR_SERVER_ENGINE_METRICS_H_
#define STATOR_SERVER_ENGINE_METRICS_H_

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <string>
#include <vector>

#include "storage/engine.h"

namespace stator {

// Thread-safe.
class EngineMetrics final : public prometheus::Collectable {
 public:
  // `durability`: the mode, in the words of the setting. REQUIRES: `engine` outlives it.
  EngineMetrics(Engine* engine, std::string durability)
      : engine_(engine), durability_(std::move(durability)) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  Engine* const engine_;
  const std::string durability_;
};

}  // namespace stator

#endif  // STATOR_SERVER_ENGINE_METRICS_H_
