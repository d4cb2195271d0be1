#include <simdjson.h>

#include <optional>

#include "base/base64.h"
#include "transfer/item_reader.h"
#include "transfer/value_parts.h"

namespace stator {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

enum class Row { kWhole, kBad, kCut };

// One row of RFC 4180, its line end included, if there is one.
class RowReader {
 public:
  RowReader(std::string_view text, char delimiter, bool ended)
      : text_(text), delimiter_(delimiter), ended_(ended) {}

  Row Read(std::vector<std::string>* fields) {
    fields->clear();
    for (;;) {
      fields->emplace_back();
      const Row row = At('"') ? ReadQuoted(&fields->back()) : ReadPlain(&fields->back());
      if (row != Row::kWhole) return row;
      if (At(delimiter_)) {
        ++position_;
        continue;
      }
      return EndRow();
    }
  }

  size_t taken() const { return position_; }

 private:
  bool At(char c) const { return position_ < text_.size() && text_[position_] == c; }

  Row ReadPlain(std::string* field) {
    const size_t begin = position_;
    while (position_ < text_.size() && text_[position_] != delimiter_ && text_[position_] != '\n' &&
           text_[position_] != '\r') {
      ++position_;
    }
    field->assign(text_.substr(begin, position_ - begin));
    return Row::kWhole;
  }

  Row ReadQuoted(std::string* field) {
    ++position_;
    for (;;) {
      const size_t quote = text_.find('"', position_);
      if (quote == std::string_view::npos) return Row::kCut;
      field->append(text_.substr(position_, quote - position_));
      position_ = quote + 1;
      if (position_ == text_.size() && !ended_) return Row::kCut;
      if (!At('"')) break;
      field->push_back('"');
      ++position_;
    }
    const bool closes = position_ == text_.size() || At(delimiter_) || At('\n') || At('\r');
    return closes ? Row::kWhole : Row::kBad;
  }

  Row EndRow() {
    if (position_ == text_.size()) return ended_ ? Row::kWhole : Row::kCut;
    if (At('\r')) {
      ++position_;
      if (position_ == text_.size() && !ended_) return Row::kCut;
    }
    if (At('\n')) ++position_;
    return Row::kWhole;
  }

  const std::string_view text_;
  const char delimiter_;
  const bool ended_;
  size_t position_ = 0;
};

class CsvItems final : public ItemReader {
 public:
  explicit CsvItems(const CsvOptions& options) : options_(options), header_(options.header) {}

 private:
  Parsed Parse(std::string_view rest, size_t* taken, Item* item, std::string* why) override {
    if (!begun_) {
      if (rest.size() < kByteOrderMark.size() && !ended()) return Parsed::kCut;
      begun_ = true;
      if (rest.starts_with(kByteOrderMark)) {
        *taken = kByteOrderMark.size();
        return Parsed::kNothing;
      }
    }
    RowReader row(rest, options_.delimiter, ended());
    switch (row.Read(&fields_)) {
      case Row::kCut:
        return Parsed::kCut;
      case Row::kBad:
        *why = "The row cannot be read: text after a closing quote";
        return Parsed::kBad;
      case Row::kWhole:
        break;
    }
    *taken = row.taken();
    if (!simdjson::validate_utf8(rest.data(), *taken)) {
      *why = "The row is not UTF-8";
      return Parsed::kBad;
    }
    if (header_.empty()) return TakeHeader(why);
    if (fields_.size() == 1 && fields_[0].empty() && header_.size() > 1) return Parsed::kNothing;
    return Build(item, why);
  }

  Parsed TakeHeader(std::string* why) {
    for (const std::string& name : fields_) {
      if (!name.empty()) continue;
      *why = "The header has a column without a name";
      return Parsed::kBad;
    }
    header_ = fields_;
    return Parsed::kNothing;
  }

  Parsed Build(Item* item, std::string* why) {
    if (fields_.size() != header_.size()) {
      *why = "The row has " + std::to_string(fields_.size()) + " fields, the header " +
             std::to_string(header_.size());
      return Parsed::kBad;
    }
    std::vector<AttributeMap::Entry> entries;
    entries.reserve(fields_.size());
    for (size_t i = 0; i < fields_.size(); ++i) {
      auto value = ValueOf(header_[i], std::move(fields_[i]));
      if (!value) {
        *why = std::move(value.error());
        return Parsed::kBad;
      }
      entries.emplace_back(header_[i], *std::move(value));
    }
    *item = AttributeMap::FromUnsorted(std::move(entries));
    return Parsed::kItem;
  }

  ValueText<AttributeValue> ValueOf(const std::string& name, std::string field) const {
    AttributeValue::Type type = AttributeValue::Type::kS;
    for (const KeyAttribute& key : options_.keys) {
      if (key.name == name) type = key.type;
    }
    if (type == AttributeValue::Type::kN) {
      auto number = NumberFromText(field);
      if (!number) return Unexpected<std::string>(std::move(number.error()));
      return AttributeValue::N(*number);
    }
    if (type == AttributeValue::Type::kB) {
      std::string bytes;
      if (!AppendBase64Decoded(field, &bytes)) {
        return Unexpected<std::string>("The value of " + name + " is not base64");
      }
      return AttributeValue::B(std::move(bytes));
    }
    return AttributeValue::S(std::move(field));
  }

  const CsvOptions options_;
  std::vector<std::string> header_;
  bool begun_ = false;
  std::vector<std::string> fields_;
};

}  // namespace

std::unique_ptr<ItemReader> NewCsvItems(const CsvOptions& options) {
  return std::make_unique<CsvItems>(options);
}

}  // namespace stator
