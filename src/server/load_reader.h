// Reads the items of a file for `stator load`, one after the other.
//
// Forms: DynamoDB JSON lines, each {"Item": {...}} (as exports to S3 have it) or an item itself;
// or what `batch-write-item --request-items` takes, {"Table": [{"PutRequest": {"Item": {...}}},
// ...], ...}, with or without {"RequestItems": ...} around it. A line, and a request of the second
// form, is in memory as a whole, and must not be longer than kMaxLoadText; a file may.
#ifndef STATOR_SERVER_LOAD_READER_H_
#define STATOR_SERVER_LOAD_READER_H_

#include <simdjson.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/attribute_value.h"
#include "server/load_text.h"

namespace stator {

constexpr size_t kMaxLoadText = 16 << 20;  // bytes

// A place in a file from which a reader can begin: a line, or a document of the second form.
struct LoadPlace {
  uint64_t offset = 0;
  uint64_t line = 1;
  uint64_t taken = 0;  // requests of the document there that are to be left out

  auto operator<=>(const LoadPlace&) const = default;
};

struct LoadPosition {
  size_t file = 0;  // of those of the load
  LoadPlace place;

  auto operator<=>(const LoadPosition&) const = default;
};

struct LoadItem {
  std::string table;  // empty: the file does not say
  Item item;
  std::string json;   // of the item, compact
  std::string place;  // "items.jsonl:12", "batch.json:1: Table[3]"; for messages
  LoadPosition position = {};
};

class LoadReader {
 public:
  // `in` must outlive this object; its next byte is that of `begin`. `name` is the file's, for
  // messages.
  LoadReader(std::istream* in, std::string name, LoadPlace begin = {})
      : text_(in, begin.offset, begin.line), name_(std::move(name)), left_out_(begin.taken) {}

  // The next item, nothing at the end. Errors: kInvalidArgument for what is not an item, the next
  // call goes on after it; kCorruption (the text has no form that can be followed) and kIoError, no
  // going on. The message begins with the place.
  Result<std::optional<LoadItem>> Next();

  // Of what Next() takes next.
  LoadPlace place() const;

  // Of the file, up to the item that was returned last or a little after it.
  uint64_t bytes_read() const { return text_.bytes_taken(); }

 private:
  // Where in the file the next byte is.
  enum class State { kTop, kTableName, kRequest, kTableEnd, kRequestItemsEnd };

  Result<LoadItem> TakeLine();
  Result<std::optional<LoadItem>> TakeNext();
  Result<void> TakeTableName();
  Result<LoadItem> TakeRequest();
  Result<void> TakeTableEnd();
  Result<void> TakeRequestItemsEnd();
  Unexpected<Status> Broken(std::string_view why) const;

  LoadText text_;
  const std::string name_;
  simdjson::dom::parser parser_;
  State state_ = State::kTop;
  bool wrapped_ = false;  // inside {"RequestItems": ...}
  std::string table_;
  uint64_t index_ = 0;  // of the next request of table_
  LoadPlace document_;  // within one: where it begins, and what was taken of it
  uint64_t left_out_;   // to be, before the next item
};

}  // namespace stator

#endif  // STATOR_SERVER_LOAD_READER_H_
