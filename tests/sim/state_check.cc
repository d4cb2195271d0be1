#include "state_check.h"

#include <limits>
#include <vector>

#include "storage/memory_store.h"
#include "table/check_tables.h"

namespace stator::sim {

std::optional<std::string> CheckState(const StoreContent& content) {
  MemoryStore store;  // a copy: reads of the real one let other things go on
  std::vector<WriteOp> ops;
  ops.reserve(content.size());
  for (const auto& [key, value] : content) ops.push_back({key, value});
  (void)store.Write(ops, /*sync=*/true);
  CheckReport report({.kept_per_kind = 1, .file_with = nullptr, .on_problem = nullptr});
  CheckOptions options;
  options.now_micros = std::numeric_limits<int64_t>::max();  // clocks go back in a run
  CheckTables(&store, options, &report);
  if (report.problems().empty()) return std::nullopt;
  return report.problems().front().Text();
}

}  // namespace stator::sim
