// Reads the items of a file for `stator load`, one after the other.
//
// Forms: DynamoDB JSON lines, each {"Item": {...}} (as exports to S3 have it) or an item itself;
// or one document as `batch-write-item --request-items` takes it, {"Table": [{"PutRequest":
// {"Item": {...}}}, ...]}, with or without {"RequestItems": ...} around it. Lines are read one at a
// time, a document as a whole; neither may be longer than kMaxLoadText.
#ifndef STATOR_SERVER_LOAD_READER_H_
#define STATOR_SERVER_LOAD_READER_H_

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <istream>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stator {

constexpr size_t kMaxLoadText = 16 << 20;  // bytes

struct LoadItem {
  std::string table;  // empty: the file does not say
  std::string json;   // compact
  std::string place;  // "items.jsonl:12", for messages
};

class LoadReader {
 public:
  // `in` must outlive this object. `name` is the file's, for messages.
  LoadReader(std::istream* in, std::string name) : in_(in), name_(std::move(name)) {}

  // The next item, nothing at the end. Errors: kInvalidArgument for what is not an item, kIoError;
  // the message begins with the place. After an error there is no going on.
  Result<std::optional<LoadItem>> Next();

  // Of the file, up to the item that was returned last or a little after it.
  uint64_t bytes_read() const { return bytes_consumed_; }

 private:
  enum class LineEnd { kLine, kEndOfFile };

  Result<LineEnd> ReadLine(std::string* line);
  Result<bool> FillBuffer();
  Result<std::optional<LoadItem>> FirstLine(std::string line);
  Result<LoadItem> ItemOfLine(const std::string& line);
  Result<void> ReadRest(std::string* text);
  Result<bool> ReadBatch(const simdjson::dom::element& document);
  Result<void> ReadTable(std::string_view table, const simdjson::dom::array& requests);
  std::string Place() const { return name_ + ":" + std::to_string(line_); }
  Unexpected<Status> Bad(std::string_view why) const;

  std::istream* in_;
  const std::string name_;
  simdjson::dom::parser parser_;
  std::string buffer_;  // read from in_; consumed up to position_
  size_t position_ = 0;
  uint64_t bytes_consumed_ = 0;
  uint64_t line_ = 0;
  bool begun_ = false;
  std::deque<LoadItem> batch_;  // of a document, still to be returned
};

}  // namespace stator

#endif  // STATOR_SERVER_LOAD_READER_H_
