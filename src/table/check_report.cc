#include "table/check_report.h"

#include <numeric>
#include <utility>

#include "model/attribute_value_json.h"

namespace stator {

std::string Json(const AttributeMap& map) {
  std::string text;
  AppendJson(map, &text);
  return text;
}

std::string_view NameOf(ProblemKind kind) {
  switch (kind) {
    case ProblemKind::kDirectory:
      return "directory";
    case ProblemKind::kFile:
      return "file";
    case ProblemKind::kLog:
      return "log";
    case ProblemKind::kUnreadable:
      return "unreadable";
    case ProblemKind::kKey:
      return "key";
    case ProblemKind::kCatalog:
      return "catalog";
    case ProblemKind::kGuard:
      return "epoch";
    case ProblemKind::kToken:
      return "token";
    case ProblemKind::kSize:
      return "size";
    case ProblemKind::kCollection:
      return "collection size";
    case ProblemKind::kChangeRecord:
      return "change record";
    case ProblemKind::kBackup:
      return "backup";
    case ProblemKind::kBackfill:
      return "backfill";
    case ProblemKind::kItem:
      return "item";
    case ProblemKind::kEntryMissing:
      return "entry missing";
    case ProblemKind::kEntryWrong:
      return "entry wrong";
    case ProblemKind::kEntryOrphan:
      return "entry without item";
    case ProblemKind::kLeftover:
      return "leftover";
  }
  return "";
}

std::string Problem::Text() const {
  std::string place;
  const auto add = [&place](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    place += place.empty() ? " " : ", ";
    place.append(name).append(" ").append(value);
  };
  add("table", table);
  add("index", index);
  add("key", key);
  add("in", file);
  return std::string(NameOf(kind)) + ":" + place + (place.empty() ? " " : ": ") + what;
}

void CheckReport::Add(Problem problem, std::string_view storage_key) {
  uint64_t& count = counts_[static_cast<size_t>(problem.kind)];
  if (++count > options_.kept_per_kind) return;
  if (problem.file.empty() && !storage_key.empty() && options_.file_with) {
    problem.file = options_.file_with(storage_key);
  }
  if (options_.on_problem) options_.on_problem(problem);
  problems_.push_back(std::move(problem));
}

uint64_t CheckReport::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0});
}

}  // namespace stator
