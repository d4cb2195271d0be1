#include "server/load_state.h"

#include <simdjson.h>

#include "api/json_object.h"

namespace stator {

std::string ToJson(const LoadState& state) {
  std::string text;
  JsonObject object(&text);
  object.String("endpoint", state.endpoint);
  object.String("table", state.table);
  AppendJsonArray(state.files, object.Name("files"), AppendJsonString);
  const LoadPlace& place = state.position.place;
  object.Int("file", static_cast<int64_t>(state.position.file));
  object.Int("offset", static_cast<int64_t>(place.offset));
  object.Int("line", static_cast<int64_t>(place.line));
  object.Int("taken", static_cast<int64_t>(place.taken));
  object.Close();
  return text + "\n";
}

Result<LoadState> LoadStateFromJson(std::string_view text) {
  const auto bad = [] { return Fail(StatusCode::kCorruption, "not the state of a load"); };
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  simdjson::dom::array files;
  std::string_view endpoint, table;
  uint64_t file = 0;
  LoadState state;
  LoadPlace& place = state.position.place;
  if (parser.parse(text.data(), text.size()).get(document) != simdjson::SUCCESS ||
      document["endpoint"].get(endpoint) != simdjson::SUCCESS ||
      document["table"].get(table) != simdjson::SUCCESS ||
      document["files"].get(files) != simdjson::SUCCESS ||
      document["file"].get(file) != simdjson::SUCCESS ||
      document["offset"].get(place.offset) != simdjson::SUCCESS ||
      document["line"].get(place.line) != simdjson::SUCCESS ||
      document["taken"].get(place.taken) != simdjson::SUCCESS) {
    return bad();
  }
  state.endpoint = endpoint;
  state.table = table;
  for (const simdjson::dom::element member : files) {
    std::string_view name;
    if (member.get(name) != simdjson::SUCCESS) return bad();
    state.files.emplace_back(name);
  }
  if (file >= state.files.size()) return bad();
  state.position.file = file;
  return state;
}

}  // namespace stator
