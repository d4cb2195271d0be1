// Items from a text that comes in pieces: what ImportTable reads (facts 9.5). Pure.
//
// A text that breaks the rules of its format costs the record it is in, or as far as the record's
// first line goes, and reading goes on behind it. After many records without an end the rest of the
// text is given up.
#ifndef STATOR_TRANSFER_ITEM_READER_H_
#define STATOR_TRANSFER_ITEM_READER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/attribute_value.h"
#include "table/table_definition.h"
#include "transfer/put_condition.h"

namespace stator {

// A record that is longer is not read: many times what an item of 400 KB can take.
inline constexpr size_t kMaxRecordBytes = size_t{16} << 20;

// Not thread-safe.
class ItemReader {
 public:
  enum class Found {
    kItem,
    kBad,   // no item, and why
    kMore,  // none as far as the text has come; after End: none at all
  };

  virtual ~ItemReader() = default;

  void Feed(std::string_view text);
  void End() { ended_ = true; }
  // `item` is set with kItem, `why` with kBad. What is said of values is as the service says it.
  Found Next(Item* item, std::string* why);
  // Of the item that was given last, by a reader of puts.
  const PutConditionText& condition() const { return condition_; }

 protected:
  enum class Parsed { kItem, kBad, kNothing, kCut };

  // The record at the front of `rest`, which may be cut off unless ended(); it adds to *taken what
  // it has read. kNothing: no record there (white space, a header). kCut: it needs more text.
  // After kBad *taken says where to go on; 0: behind the first line.
  // `rest` has kTail readable bytes after its end.
  virtual Parsed Parse(std::string_view rest, size_t* taken, Item* item, std::string* why) = 0;

  static constexpr size_t kTail = 64;
  bool ended() const { return ended_; }
  PutConditionText* put_condition() { return &condition_; }  // empty at the start of a record

 private:
  Found Skip(std::string* why, std::string_view rest, size_t taken);

  std::string text_;
  size_t position_ = 0;
  bool ended_ = false;
  bool skipping_ = false;  // up to the end of the line
  int cuts_ = 0;           // records that had no end
  PutConditionText condition_;
};

// {"Item": {...}}, one after the other, with or without white space between them.
std::unique_ptr<ItemReader> NewJsonItems();

// Ion text: $ion_1_0 {Item: {...}}, as exports have it. Decimals, integers and floats are numbers,
// symbols and strings strings, blobs binary values; lists are lists, or sets if they are annotated
// $dynamodb_SS, $dynamodb_NS or $dynamodb_BS. Timestamps, clobs and S-expressions are no values.
std::unique_ptr<ItemReader> NewIonItems();

// The same forms, where the members of PutItem that make up a condition may stand next to the Item:
// ConditionExpression, ExpressionAttributeNames, ExpressionAttributeValues. No others may.
std::unique_ptr<ItemReader> NewJsonPuts();
std::unique_ptr<ItemReader> NewIonPuts();

struct CsvOptions {
  char delimiter = ',';
  std::vector<std::string> header;  // empty: it is the first line of the text
  // The columns that are not of type S: key attributes of the table and its indexes.
  std::vector<KeyAttribute> keys;
};

// Quoting as in RFC 4180. An empty field is an empty string.
std::unique_ptr<ItemReader> NewCsvItems(const CsvOptions& options);

}  // namespace stator

#endif  // STATOR_TRANSFER_ITEM_READER_H_
