#include "server/dump_state.h"

#include <simdjson.h>

#include <utility>

#include "api/json_object.h"

namespace stator {

std::string ToJson(const DumpState& state) {
  std::string text;
  JsonObject object(&text);
  object.String("table", state.table);
  object.String("table_id", state.table_id);
  object.Int("length", static_cast<int64_t>(state.length));
  object.Int("items", static_cast<int64_t>(state.items));
  AppendJsonArray(state.segments, object.Name("segments"),
                  [](const DumpState::Segment& segment, std::string* out) {
                    JsonObject member(out);
                    if (segment.done) {
                      member.Bool("done", true);
                    } else if (!segment.after.empty()) {
                      member.Name("after")->append(segment.after);
                    }
                    member.Close();
                  });
  object.Close();
  return text + "\n";
}

Result<DumpState> DumpStateFromJson(std::string_view text) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  simdjson::dom::array segments;
  std::string_view table, table_id;
  DumpState state;
  if (parser.parse(text.data(), text.size()).get(document) != simdjson::SUCCESS ||
      document["table"].get(table) != simdjson::SUCCESS ||
      document["table_id"].get(table_id) != simdjson::SUCCESS ||
      document["length"].get(state.length) != simdjson::SUCCESS ||
      document["items"].get(state.items) != simdjson::SUCCESS ||
      document["segments"].get(segments) != simdjson::SUCCESS || segments.size() == 0) {
    return Fail(StatusCode::kCorruption, "not the state of a dump");
  }
  state.table = table;
  state.table_id = table_id;
  for (const simdjson::dom::element member : segments) {
    DumpState::Segment segment;
    simdjson::dom::object key;
    if (member["done"].get(segment.done) != simdjson::SUCCESS &&
        member["after"].get(key) == simdjson::SUCCESS) {
      segment.after = simdjson::minify(key);
    }
    state.segments.push_back(std::move(segment));
  }
  return state;
}

}  // namespace stator
