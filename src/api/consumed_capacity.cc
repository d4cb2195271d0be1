#include "api/consumed_capacity.h"

#include <fmt/format.h>

#include <iterator>

#include "base/json_string.h"

namespace stator {
namespace {

// 1.0 and 0.5: always with a fraction, as the service writes its doubles.
void AppendUnits(double units, UnitKind kind, std::string* json) {
  fmt::format_to(std::back_inserter(*json), R"("CapacityUnits":{:.1f})", units);
  if (kind == UnitKind::kRead) {
    fmt::format_to(std::back_inserter(*json), R"(,"ReadCapacityUnits":{:.1f})", units);
  } else if (kind == UnitKind::kWrite) {
    fmt::format_to(std::back_inserter(*json), R"(,"WriteCapacityUnits":{:.1f})", units);
  }
}

void AppendIndexes(std::string_view member,
                   const std::map<std::string, double, std::less<>>& indexes, UnitKind kind,
                   std::string* json) {
  if (indexes.empty()) return;
  fmt::format_to(std::back_inserter(*json), R"(,"{}":)", member);
  char separator = '{';
  for (const auto& [name, units] : indexes) {
    json->push_back(separator);
    AppendJsonString(name, json);
    json->append(":{");
    AppendUnits(units, kind, json);
    json->push_back('}');
    separator = ',';
  }
  json->push_back('}');
}

}  // namespace

ReturnConsumedCapacity ParseReturnConsumedCapacity(std::string_view text) {
  if (text == "TOTAL") return ReturnConsumedCapacity::kTotal;
  if (text == "INDEXES") return ReturnConsumedCapacity::kIndexes;
  return ReturnConsumedCapacity::kNone;
}

double ConsumedCapacity::Total() const {
  double total = table;
  for (const auto& [name, units] : local_indexes) total += units;
  for (const auto& [name, units] : global_indexes) total += units;
  return total;
}

void AppendConsumedCapacity(const ConsumedCapacity& consumed, ReturnConsumedCapacity detail,
                            std::string* json) {
  json->append(R"({"TableName":)");
  AppendJsonString(consumed.table_name, json);
  json->push_back(',');
  AppendUnits(consumed.Total(), consumed.kind, json);
  if (detail == ReturnConsumedCapacity::kIndexes) {
    json->append(R"(,"Table":{)");
    AppendUnits(consumed.table, consumed.kind, json);
    json->push_back('}');
    AppendIndexes("LocalSecondaryIndexes", consumed.local_indexes, consumed.kind, json);
    AppendIndexes("GlobalSecondaryIndexes", consumed.global_indexes, consumed.kind, json);
  }
  json->push_back('}');
}

}  // namespace stator
