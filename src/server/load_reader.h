// Reads the items of a file for `stator load`, one after the other.
//
// Forms: DynamoDB JSON lines, each {"Item": {...}} (as exports to S3 have it) or an item itself;
// or what `batch-write-item --request-items` takes, {"Table": [{"PutRequest": {"Item": {...}}},
// ...], ...}, with or without {"RequestItems": ...} around it. A line, and a request of the second
// form, is in memory as a whole, and must not be longer than kMaxLoadText; a file may.
#ifndef STATOR_SERVER_LOAD_READER_H_
#define STATOR_SERVER_LOAD_READER_H_

#include <simdjson.h>

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

struct LoadItem {
  std::string table;  // empty: the file does not say
  Item item;
  std::string json;   // of the item, compact
  std::string place;  // "items.jsonl:12", "batch.json:1: Table[3]"; for messages
};

class LoadReader {
 public:
  // `in` must outlive this object. `name` is the file's, for messages.
  LoadReader(std::istream* in, std::string name) : text_(in), name_(std::move(name)) {}

  // The next item, nothing at the end. Errors: kInvalidArgument for what is not an item, the next
  // call goes on after it; kCorruption (the text has no form that can be followed) and kIoError, no
  // going on. The message begins with the place.
  Result<std::optional<LoadItem>> Next();

  // Of the file, up to the item that was returned last or a little after it.
  uint64_t bytes_read() const { return text_.bytes_taken(); }

 private:
  // Where in the file the next byte is.
  enum class State { kTop, kTableName, kRequest, kTableEnd, kRequestItemsEnd };

  Result<LoadItem> TakeLine();
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
};

}  // namespace stator

#endif  // STATOR_SERVER_LOAD_READER_H_
