#include "server/load_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/attribute_value_json.h"

namespace stator {
namespace {

constexpr size_t kFormBytes = 4096;  // enough to tell the form: a name or two

// What a text begins with, as far as telling the forms apart takes.
class Beginning {
 public:
  explicit Beginning(std::string_view text) : rest_(text) {}

  bool Skip(char c) {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // "name": and what `name` is. Names that matter have no escapes.
  std::optional<std::string_view> SkipName() {
    if (!Skip('"')) return std::nullopt;
    const size_t end = rest_.find('"');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view name = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return Skip(':') ? std::optional(name) : std::nullopt;
  }

 private:
  std::string_view rest_;
};

enum class Form { kLine, kTables, kRequestItems };

// A table's requests: [] or [{"PutRequest": ...
bool SkipRequests(Beginning* beginning) {
  if (!beginning->Skip('[')) return false;
  if (!beginning->Skip('{')) return beginning->Skip(']');
  const auto name = beginning->SkipName();
  return name == "PutRequest" || name == "DeleteRequest";
}

// Whatever is not clearly the beginning of a document is a line, which can be skipped.
// {"RequestItems": {"L": [... is an item with an attribute of this name.
Form FormOf(std::string_view text) {
  Beginning beginning(text);
  if (!beginning.Skip('{')) return Form::kLine;
  const auto name = beginning.SkipName();
  if (!name) return Form::kLine;
  Beginning value = beginning;
  if (SkipRequests(&value)) return Form::kTables;
  if (*name != "RequestItems" || !beginning.Skip('{')) return Form::kLine;
  const auto table = beginning.SkipName();
  const bool is_list = table == "L";  // no table has so short a name
  return table && !is_list && SkipRequests(&beginning) ? Form::kRequestItems : Form::kLine;
}

// `object` as an item, or the item it has in its only member "Item". An item may have an attribute
// of this name, too: {"Item": {"S": "x"}} is one.
Expected<Item, ValueError> ReadItem(const simdjson::dom::object& object) {
  simdjson::dom::object inner;
  const bool wrapped = object.size() == 1 && object["Item"].get(inner) == simdjson::SUCCESS;
  auto item = AttributeMapFromJson(wrapped ? inner : object);
  if (!item && wrapped) {
    if (auto plain = AttributeMapFromJson(object)) return plain;
  }
  return item;
}

Unexpected<Status> Bad(const std::string& place, std::string_view why) {
  return Fail(StatusCode::kInvalidArgument, fmt::format("{}: {}", place, why));
}

Result<LoadItem> MakeLoadItem(Expected<Item, ValueError> item, std::string table,
                              std::string place) {
  if (!item) return Bad(place, "not an item in DynamoDB JSON: " + item.error().message);
  LoadItem made{std::move(table), std::move(*item), "", std::move(place), {}};
  AppendJson(made.item, &made.json);
  return made;
}

}  // namespace

Unexpected<Status> LoadReader::Broken(std::string_view why) const {
  if (text_.failed()) return Fail(StatusCode::kIoError, name_ + ": cannot be read");
  return Fail(StatusCode::kCorruption, fmt::format("{}:{}: {}", name_, text_.line(), why));
}

Result<std::optional<LoadItem>> LoadReader::Next() {
  while (left_out_ > 0) {
    --left_out_;
    auto item = TakeNext();
    // Faults of what was read before were reported then.
    const bool followed = item || item.error().code == StatusCode::kInvalidArgument;
    if (!followed || (item && !*item)) return item;
  }
  return TakeNext();
}

LoadPlace LoadReader::place() const {
  LoadPlace place = document_;
  if (state_ == State::kTop) place = {text_.bytes_taken(), text_.line(), 0};
  place.taken += left_out_;
  return place;
}

Result<std::optional<LoadItem>> LoadReader::TakeNext() {
  const auto found = [](Result<LoadItem> item) -> Result<std::optional<LoadItem>> {
    if (!item) return Unexpected(std::move(item).error());
    return std::optional(std::move(*item));
  };
  for (;;) {
    Result<void> moved;
    switch (state_) {
      case State::kTop: {
        if (text_.Peek() == '\0') {
          if (text_.failed()) return Broken("");
          if (text_.Lookahead(1).empty()) return std::optional<LoadItem>();
        }
        const Form form = FormOf(text_.Lookahead(kFormBytes));
        if (form == Form::kLine) return found(TakeLine());
        document_ = {text_.bytes_taken(), text_.line(), 0};
        text_.Take('{');
        wrapped_ = form == Form::kRequestItems;
        if (wrapped_) {
          text_.TakeString(&table_);
          text_.Take(':');
          text_.Take('{');
        }
        state_ = State::kTableName;
        break;
      }
      case State::kTableName:
        moved = TakeTableName();
        break;
      case State::kRequest:
        return found(TakeRequest());
      case State::kTableEnd:
        moved = TakeTableEnd();
        break;
      case State::kRequestItemsEnd:
        moved = TakeRequestItemsEnd();
        break;
    }
    if (!moved) return Unexpected(std::move(moved).error());
  }
}

Result<LoadItem> LoadReader::TakeLine() {
  std::string place = fmt::format("{}:{}", name_, text_.line());
  std::string line;
  if (!text_.TakeLine(kMaxLoadText, &line)) return Broken("a line longer than 16 MB");
  if (text_.failed()) return Broken("");
  simdjson::dom::element element;
  if (const auto error = parser_.parse(line).get(element)) {
    return Bad(place, fmt::format("not JSON: {}", simdjson::error_message(error)));
  }
  simdjson::dom::object object;
  if (element.get(object) != simdjson::SUCCESS) return Bad(place, "not an item: no JSON object");
  return MakeLoadItem(ReadItem(object), "", std::move(place));
}

Result<void> LoadReader::TakeTableName() {
  if (!text_.TakeString(&table_) || !text_.Take(':') || !text_.Take('[')) {
    return Broken("expected the name of a table and a list of requests");
  }
  index_ = 0;
  state_ = text_.Take(']') ? State::kTableEnd : State::kRequest;
  return {};
}

Result<LoadItem> LoadReader::TakeRequest() {
  text_.Peek();
  std::string place = fmt::format("{}:{}: {}[{}]", name_, text_.line(), table_, index_++);
  ++document_.taken;
  std::string text;
  if (!text_.TakeObject(kMaxLoadText, &text)) {
    return Broken("expected a whole request of at most 16 MB");
  }
  if (text_.Take(']')) {
    state_ = State::kTableEnd;
  } else if (!text_.Take(',')) {
    return Broken("expected ',' or ']' after a request");
  }
  simdjson::dom::element request;
  if (const auto error = parser_.parse(text).get(request)) {
    return Bad(place, fmt::format("not JSON: {}", simdjson::error_message(error)));
  }
  simdjson::dom::object item;
  if (request["PutRequest"]["Item"].get(item) != simdjson::SUCCESS) {
    return Bad(place, "not a PutRequest with an Item");
  }
  return MakeLoadItem(AttributeMapFromJson(item), table_, std::move(place));
}

Result<void> LoadReader::TakeTableEnd() {
  if (text_.Take(',')) {
    state_ = State::kTableName;
    return {};
  }
  if (!text_.Take('}')) return Broken("expected ',' or '}' after the requests of a table");
  state_ = wrapped_ ? State::kRequestItemsEnd : State::kTop;
  return {};
}

// Other parameters of BatchWriteItem may follow, all of them strings; they say nothing of items.
Result<void> LoadReader::TakeRequestItemsEnd() {
  if (text_.Take(',')) {
    if (!text_.TakeString(&table_) || !text_.Take(':') || !text_.TakeString(&table_)) {
      return Broken("expected a parameter of BatchWriteItem");
    }
    return {};
  }
  if (!text_.Take('}')) return Broken("expected ',' or '}' after RequestItems");
  state_ = State::kTop;
  return {};
}

}  // namespace stator
