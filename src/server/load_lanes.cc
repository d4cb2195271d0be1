#include "server/load_lanes.h"

#include <simdjson.h>

#include "base/hash.h"
#include "base/json_string.h"
#include "model/attribute_value_json.h"

namespace stator {

Result<std::vector<std::string>> LoadLanes::KeyOf(const std::string& table) {
  std::string body = R"({"TableName":)";
  AppendJsonString(table, &body);
  auto answer = client_.Call("DescribeTable", body + "}");
  if (!answer) return Unexpected(std::move(answer).error());
  std::vector<std::string> names;
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  simdjson::dom::array schema;
  // Who may write a table need not be allowed to describe it. Other faults come up again, with an
  // item, when it is written.
  if (!answer->ok() || parser.parse(answer->body).get(document) != simdjson::SUCCESS ||
      document["Table"]["KeySchema"].get(schema) != simdjson::SUCCESS) {
    return names;
  }
  for (const simdjson::dom::element element : schema) {
    std::string_view name;
    if (element["AttributeName"].get(name) == simdjson::SUCCESS) names.emplace_back(name);
  }
  return names;
}

Result<size_t> LoadLanes::LaneOf(const LoadItem& item) {
  if (lanes_ == 1) return size_t{0};
  auto known = keys_.find(item.table);
  if (known == keys_.end()) {
    auto names = KeyOf(item.table);
    if (!names) return Unexpected(std::move(names).error());
    known = keys_.emplace(item.table, std::move(*names)).first;
  }
  std::string key = item.table;
  for (const std::string& name : known->second) {
    key += '\0';
    // Equal values have one JSON text, 1 and 1.0 too.
    if (const AttributeValue* value = item.item.Find(name)) AppendJson(*value, &key);
  }
  return StableHash64(key) % lanes_;
}

}  // namespace stator
