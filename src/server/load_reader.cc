#include "server/load_reader.h"

#include <cstring>
#include <utility>

#include "model/attribute_value_json.h"

namespace stator {
namespace {

constexpr size_t kReadBytes = 64 << 10;

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// The only member of an object, if it has one only.
std::optional<simdjson::dom::key_value_pair> OnlyMember(const simdjson::dom::object& object) {
  auto member = object.begin();
  if (member == object.end()) return std::nullopt;
  const simdjson::dom::key_value_pair first = *member;
  if (++member != object.end()) return std::nullopt;
  return first;
}

std::string Compact(const AttributeMap& item) {
  std::string json;
  AppendJson(item, &json);
  return json;
}

// `object` as an item, or the item it has in its only member "Item". An item may have an attribute
// of this name, too: {"Item": {"S": "x"}} is one.
Expected<std::string, ValueError> ItemJson(const simdjson::dom::object& object) {
  const auto only = OnlyMember(object);
  simdjson::dom::object inner;
  const bool wrapped = only && only->key == "Item" && only->value.get(inner) == simdjson::SUCCESS;
  auto item = AttributeMapFromJson(wrapped ? inner : object);
  if (!item && wrapped) {
    if (auto plain = AttributeMapFromJson(object)) item = std::move(plain);
  }
  if (!item) return Unexpected(std::move(item).error());
  return Compact(*item);
}

}  // namespace

Unexpected<Status> LoadReader::Bad(std::string_view why) const {
  return Fail(StatusCode::kInvalidArgument, Place() + ": " + std::string(why));
}

Result<std::optional<LoadItem>> LoadReader::Next() {
  for (;;) {
    if (!batch_.empty()) {
      LoadItem item = std::move(batch_.front());
      batch_.pop_front();
      return std::optional(std::move(item));
    }
    std::string line;
    auto end = ReadLine(&line);
    if (!end) return Unexpected(std::move(end).error());
    if (IsBlank(line)) {
      if (*end == LineEnd::kEndOfFile) return std::optional<LoadItem>();
      continue;
    }
    if (!begun_) {
      begun_ = true;
      auto first = FirstLine(std::move(line));
      if (!first || *first) return first;
      continue;
    }
    auto item = ItemOfLine(line);
    if (!item) return Unexpected(std::move(item).error());
    return std::optional(std::move(*item));
  }
}

// Which form the file has shows in its first line: a whole item, or (the beginning of) a document.
Result<std::optional<LoadItem>> LoadReader::FirstLine(std::string line) {
  simdjson::dom::element document;
  if (parser_.parse(line).get(document) != simdjson::SUCCESS) {
    const uint64_t first_line = line_;
    std::string text = line + "\n";
    auto rest = ReadRest(&text);
    if (!rest) return Unexpected(std::move(rest).error());
    if (text.size() > kMaxLoadText || parser_.parse(text).get(document) != simdjson::SUCCESS) {
      line_ = first_line;
      return Bad("not JSON, and not the beginning of a JSON document of at most 16 MB either");
    }
    line = std::move(text);
  }
  auto is_batch = ReadBatch(document);
  if (!is_batch) return Unexpected(std::move(is_batch).error());
  if (*is_batch) return std::optional<LoadItem>();
  auto item = ItemOfLine(line);
  if (!item) return Unexpected(std::move(item).error());
  return std::optional(std::move(*item));
}

Result<LoadItem> LoadReader::ItemOfLine(const std::string& line) {
  simdjson::dom::element element;
  if (const auto error = parser_.parse(line).get(element)) {
    return Bad(std::string("not JSON: ") + simdjson::error_message(error));
  }
  simdjson::dom::object object;
  if (element.get(object) != simdjson::SUCCESS) return Bad("not an item: no JSON object");
  auto json = ItemJson(object);
  if (!json) return Bad("not an item in DynamoDB JSON: " + json.error().message);
  return LoadItem{"", std::move(*json), Place()};
}

// False if `document` has another form.
Result<bool> LoadReader::ReadBatch(const simdjson::dom::element& document) {
  simdjson::dom::object tables;
  if (document.get(tables) != simdjson::SUCCESS) return false;
  if (const auto only = OnlyMember(tables); only && only->key == "RequestItems") {
    // An array here is a table of this name.
    if (simdjson::dom::object inner; only->value.get(inner) == simdjson::SUCCESS) tables = inner;
  }
  bool any = false;
  for (const auto& [table, value] : tables) {
    simdjson::dom::array requests;
    if (value.get(requests) != simdjson::SUCCESS) {
      if (!any) return false;
      return Bad("table " + std::string(table) + ": not a list of requests");
    }
    any = true;
    auto read = ReadTable(table, requests);
    if (!read) return Unexpected(std::move(read).error());
  }
  return any;
}

Result<void> LoadReader::ReadTable(std::string_view table, const simdjson::dom::array& requests) {
  size_t index = 0;
  for (const simdjson::dom::element request : requests) {
    const std::string which = std::string(table) + "[" + std::to_string(index++) + "]";
    simdjson::dom::object item;
    if (request["PutRequest"]["Item"].get(item) != simdjson::SUCCESS) {
      return Bad(which + ": not a PutRequest with an Item");
    }
    auto map = AttributeMapFromJson(item);
    if (!map) return Bad(which + ": not an item in DynamoDB JSON: " + map.error().message);
    batch_.push_back({std::string(table), Compact(*map), name_ + ": " + which});
  }
  return {};
}

Result<void> LoadReader::ReadRest(std::string* text) {
  for (;;) {
    std::string line;
    auto end = ReadLine(&line);
    if (!end) return Unexpected(std::move(end).error());
    text->append(line).append("\n");
    if (*end == LineEnd::kEndOfFile || text->size() > kMaxLoadText) return {};
  }
}

// The next line without its end; what stands after the last line end is one as well, with
// kEndOfFile.
Result<LoadReader::LineEnd> LoadReader::ReadLine(std::string* line) {
  ++line_;
  for (;;) {
    const size_t end = buffer_.find('\n', position_);
    const size_t take = (end == std::string::npos ? buffer_.size() : end) - position_;
    if (line->size() + take > kMaxLoadText) return Bad("longer than 16 MB");
    line->append(buffer_, position_, take);
    bytes_consumed_ += take;
    position_ += take;
    if (end != std::string::npos) {
      ++position_;
      ++bytes_consumed_;
      return LineEnd::kLine;
    }
    auto more = FillBuffer();
    if (!more) return Unexpected(std::move(more).error());
    if (!*more) return LineEnd::kEndOfFile;
  }
}

// False at the end of the file.
Result<bool> LoadReader::FillBuffer() {
  buffer_.resize(kReadBytes);
  in_->read(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.resize(static_cast<size_t>(in_->gcount()));
  position_ = 0;
  if (in_->bad()) return Fail(StatusCode::kIoError, name_ + ": cannot be read");
  return !buffer_.empty();
}

}  // namespace stator
