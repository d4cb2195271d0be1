#include "server/engine_metrics.h"

#include <utility>

namespace stator {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

MetricFamily Single(const char* name, const char* help, MetricType type, uint64_t value) {
  MetricFamily family{name, help, type, {}};
  ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) =
      static_cast<double>(value);
  family.metric.push_back(std::move(metric));
  return family;
}

MetricFamily Histogram(const char* name, const char* help, const Distribution& distribution,
                       double unit) {
  MetricFamily family{name, help, MetricType::Histogram, {}};
  ClientMetric metric;
  uint64_t count = 0;
  for (size_t i = 0; i < kDistributionBuckets; ++i) {
    count += distribution.counts[i];
    if (i + 1 == kDistributionBuckets) break;  // it has no bound
    metric.histogram.bucket.push_back({count, static_cast<double>(uint64_t{1} << i) * unit});
  }
  metric.histogram.sample_count = count;
  metric.histogram.sample_sum = static_cast<double>(distribution.sum) * unit;
  family.metric.push_back(std::move(metric));
  return family;
}

}  // namespace

std::vector<MetricFamily> EngineMetrics::Collect() const {
  const EngineStats stats = engine_->Stats();
  std::vector<MetricFamily> families;
  MetricFamily durability = Single(
      "stator_durability_info", "When writes are forced to disk; always 1.", MetricType::Gauge, 1);
  durability.metric.front().label = {{"mode", durability_}};
  families.push_back(std::move(durability));
  const auto counter = [&](const char* name, const char* help, uint64_t value) {
    families.push_back(Single(name, help, MetricType::Counter, value));
  };
  const auto gauge = [&](const char* name, const char* help, uint64_t value) {
    families.push_back(Single(name, help, MetricType::Gauge, value));
  };
  counter("stator_commits_total", "Commits that were applied.", stats.commits);
  counter("stator_commits_refused_total", "Commits that their condition refused.", stats.refused);
  counter("stator_commits_conflicting_total", "Commits that met a running transaction.",
          stats.conflicts);
  counter("stator_log_syncs_total", "Times that the log was forced to disk.", stats.syncs);
  families.push_back(Histogram("stator_commit_group_size", "Commits that were written together.",
                               stats.group_sizes, 1));
  families.push_back(Histogram("stator_commit_write_seconds",
                               "How long a group of commits took to write, its sync included.",
                               stats.write_micros, 1e-6));
  gauge("stator_commits_pending", "Commits that are decided and not yet written.",
        stats.pending_commits);
  gauge("stator_commits_pending_bytes", "Memory of those.", stats.pending_bytes);
  gauge("stator_storage_disk_bytes", "Size of the tables on disk.", stats.disk_bytes);
  gauge("stator_storage_log_bytes",
        "Bytes of all records of changes and of Kinesis streams, before compression.",
        stats.log_bytes);
  gauge("stator_storage_log_limit_bytes", "Most of those; 0: no limit.", stats.log_limit_bytes);
  gauge("stator_storage_log_alarm", "1 if they are at 80 % of the limit or above, else 0.",
        stats.log_alarm ? 1 : 0);
  gauge("stator_storage_memory_bytes", "Memory of caches, memtables and pending commits.",
        stats.memory_bytes);
  gauge("stator_storage_writable", "1 if writes are taken, 0 after a failed one or on a full disk.",
        stats.writable ? 1 : 0);
  return families;
}

}  // namespace stator
