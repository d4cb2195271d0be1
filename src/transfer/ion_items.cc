#include <simdjson.h>

#include <optional>

#include "base/base64.h"
#include "model/limits.h"
#include "transfer/item_reader.h"
#include "transfer/put_condition.h"
#include "transfer/value_parts.h"

namespace stator {
namespace {

constexpr std::string_view kBadSyntax = "The data is not Ion text that can be read";

bool IsBlank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsNameStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool IsNamePart(char c) { return IsNameStart(c) || IsDigit(c); }

void AppendUtf8(uint32_t code, std::string* out) {
  if (code < 0x80) {
    out->push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out->push_back(static_cast<char>(0xC0 | code >> 6));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else if (code < 0x10000) {
    out->push_back(static_cast<char>(0xE0 | code >> 12));
    out->push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  } else {
    out->push_back(static_cast<char>(0xF0 | code >> 18));
    out->push_back(static_cast<char>(0x80 | (code >> 12 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code >> 6 & 0x3F)));
    out->push_back(static_cast<char>(0x80 | (code & 0x3F)));
  }
}

// Reads one value after the other; the first fault ends it. At the end of a text that is cut off
// the fault is kCut, which wins over whatever else seems wrong there.
class IonParser {
 public:
  IonParser(std::string_view text, bool ended) : text_(text), ended_(ended) {}

  enum class Fault { kNone, kBad, kCut };
  Fault fault() const { return fault_; }
  std::string TakeWhy() { return std::move(why_); }
  size_t position() const { return position_; }

  // Past white space and comments; false at the end, or after a fault.
  bool SkipBlank() {
    for (;;) {
      while (position_ < text_.size() && IsBlank(text_[position_])) ++position_;
      if (text_.substr(position_).starts_with("//")) {
        const size_t end = text_.find('\n', position_);
        if (end == std::string_view::npos) {
          if (!ended_) return Cut();
          position_ = text_.size();
          return false;
        }
        position_ = end;
      } else if (text_.substr(position_).starts_with("/*")) {
        const size_t end = text_.find("*/", position_ + 2);
        if (end == std::string_view::npos) return Cut();
        position_ = end + 2;
      } else {
        if (position_ + 1 == text_.size() && text_[position_] == '/' && !ended_) return Cut();
        return position_ < text_.size();
      }
    }
  }

  // The annotations of a value: name::name::
  bool ReadAnnotations(std::vector<std::string>* names) {
    for (;;) {
      const size_t before = position_;
      if (MayBeLongString()) return Cut();
      if (!Need() || (!IsNameStart(Peek()) && (Peek() != '\'' || AtLongString()))) return Ok();
      std::string name;
      if (!ReadSymbol(&name)) return false;
      SkipBlank();
      if (fault_ != Fault::kNone) return false;
      if (position_ + 1 >= text_.size() && !ended_) return Cut();
      if (!text_.substr(position_).starts_with("::")) {
        position_ = before;
        return true;
      }
      position_ += 2;
      names->push_back(std::move(name));
      SkipBlank();
    }
  }

  bool ReadValue(int level, AttributeValue* value) {
    std::vector<std::string> annotations;
    SkipBlank();
    if (!ReadAnnotations(&annotations)) return false;
    for (const std::string& name : annotations) {
      if (name == "$dynamodb_SS" || name == "$dynamodb_NS" || name == "$dynamodb_BS") {
        return ReadSet(name.back() == 'S' ? name[name.size() - 2] : 'S', value);
      }
    }
    if (!Need()) return false;
    if (level > kMaxNestingLevels) {
      return Bad(
          "Nesting Levels have exceeded supported limits: Attributes have more than 32 levels of "
          "nesting");
    }
    const char c = Peek();
    if (c == '{') return At("{{") ? ReadBlob(value) : CutAt("{") ? false : ReadMap(level, value);
    if (c == '[') return ReadList(level, value);
    if (c == '"' || AtLongString()) {
      std::string text;
      if (!ReadString(&text)) return false;
      *value = AttributeValue::S(std::move(text));
      return true;
    }
    if (c == '\'') {
      std::string text;
      if (!ReadSymbol(&text)) return false;
      *value = AttributeValue::S(std::move(text));
      return true;
    }
    if (IsDigit(c) || c == '-' || c == '+') return ReadNumber(value);
    if (IsNameStart(c)) return ReadWord(value);
    return Bad();
  }

  // {name: value, ...} without its values' types: `level` is that of the values.
  bool ReadFields(int level, AttributeMap* map) {
    if (!Take('{')) return Bad();
    std::vector<AttributeMap::Entry> entries;
    for (;;) {
      SkipBlank();
      if (!Need()) return false;
      if (Take('}')) break;
      if (MayBeLongString()) return Cut();
      std::string name;
      if (Peek() == '"' || AtLongString() ? !ReadString(&name) : !ReadSymbol(&name)) return false;
      if (name.empty()) return Bad("Empty attribute name");
      if (name.size() > kMaxAttributeNameSize) {
        return Bad("Attribute name is too large, must be less than 65536 bytes");
      }
      SkipBlank();
      if (!Need()) return false;
      if (!Take(':')) return Bad();
      AttributeValue value;
      if (!ReadValue(level, &value)) return false;
      entries.emplace_back(std::move(name), std::move(value));
      SkipBlank();
      if (!Need()) return false;
      if (Take(',')) continue;
      if (Peek() != '}') return Bad();
    }
    *map = AttributeMap::FromUnsorted(std::move(entries));
    return true;
  }

  // A value whose contents do not matter.
  bool SkipValue() {
    AttributeValue ignored;
    return ReadValue(1, &ignored);
  }

  bool At(std::string_view text) const { return text_.substr(position_).starts_with(text); }
  char Peek() const { return text_[position_]; }
  bool Bad(std::string_view why = kBadSyntax) {
    if (fault_ == Fault::kNone) {
      fault_ = Fault::kBad;
      why_ = why;
    }
    return false;
  }
  // Whether there is another character.
  bool Need() {
    if (position_ < text_.size()) return fault_ == Fault::kNone;
    return Cut();
  }

  bool ReadSymbol(std::string* name) {
    if (!Need()) return false;
    if (Peek() == '\'') {
      ++position_;
      return ReadQuoted("'", name);
    }
    if (!IsNameStart(Peek())) return Bad();
    const size_t begin = position_;
    while (position_ < text_.size() && IsNamePart(text_[position_])) ++position_;
    if (position_ == text_.size() && !ended_) return Cut();
    name->assign(text_.substr(begin, position_ - begin));
    return true;
  }

 private:
  bool Ok() const { return fault_ == Fault::kNone; }
  bool Cut() {
    if (fault_ != Fault::kNone) return false;
    fault_ = ended_ ? Fault::kBad : Fault::kCut;
    why_ = "The data ends within an item";
    return false;
  }
  bool Take(char c) {
    if (position_ == text_.size() || text_[position_] != c) return false;
    ++position_;
    return true;
  }
  bool AtLongString() const { return At("'''"); }
  bool MayBeLongString() const { return At("'") && text_.size() - position_ < 3 && !ended_; }
  // The text ends with `text`, and might go on with what makes another token of it.
  bool CutAt(std::string_view text) {
    if (ended_ || text_.substr(position_) != text) return false;
    Cut();
    return true;
  }

  bool ReadString(std::string* text) {
    if (Take('"')) return ReadQuoted("\"", text);
    // Long strings that follow one another are one.
    while (AtLongString()) {
      position_ += 3;
      if (!ReadQuoted("'''", text)) return false;
      SkipBlank();
      if (!Ok()) return false;
      if (text_.size() - position_ < 3 && !ended_) return Cut();
    }
    return true;
  }

  bool ReadQuoted(std::string_view quote, std::string* out) {
    for (;;) {
      size_t stop = position_;
      while (stop < text_.size() && text_[stop] != quote[0] && text_[stop] != '\\' &&
             (text_[stop] != '\n' || quote.size() > 1)) {
        ++stop;
      }
      if (stop == text_.size()) {
        position_ = text_.size();
        return Cut();
      }
      out->append(text_.substr(position_, stop - position_));
      position_ = stop;
      if (text_[stop] == '\\') {
        if (!ReadEscape(out)) return false;
        continue;
      }
      if (text_[stop] == '\n') return Bad();
      if (text_.size() - stop < quote.size() && !ended_) return Cut();
      if (At(quote)) {
        position_ += quote.size();
        if (!simdjson::validate_utf8(out->data(), out->size())) return Bad("The data is not UTF-8");
        return true;
      }
      out->push_back('\'');  // of a long string, alone
      ++position_;
    }
  }

  bool ReadHex(size_t digits, uint32_t* code) {
    if (text_.size() - position_ < digits) return Cut();
    *code = 0;
    for (size_t i = 0; i < digits; ++i) {
      const char c = text_[position_++];
      const int digit = IsDigit(c)             ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return Bad();
      *code = *code << 4 | static_cast<uint32_t>(digit);
    }
    return true;
  }

  bool ReadEscape(std::string* out) {
    ++position_;
    if (!Need()) return false;
    const char c = text_[position_++];
    constexpr std::string_view kNames = "abtnfrv0\"'\\/?";
    constexpr std::string_view kMeant("\a\b\t\n\f\r\v\0\"'\\/?", 13);
    if (const size_t at = kNames.find(c); at != std::string_view::npos) {
      out->push_back(kMeant[at]);
      return true;
    }
    if (c == '\n') return true;
    if (c == '\r') {
      if (!Need()) return false;
      Take('\n');
      return true;
    }
    if (c != 'x' && c != 'u' && c != 'U') return Bad();
    uint32_t code = 0;
    if (!ReadHex(c == 'x' ? 2 : c == 'u' ? 4 : 8, &code)) return false;
    if (code >= 0xD800 && code < 0xDC00) {  // the first half of a pair
      uint32_t low = 0;
      if (text_.size() - position_ < 2) return Cut();
      if (!At("\\u")) return Bad();
      position_ += 2;
      if (!ReadHex(4, &low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return Bad();
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    if (code > 0x10FFFF || (code >= 0xDC00 && code < 0xE000)) return Bad();
    AppendUtf8(code, out);
    return true;
  }

  bool ReadNumberToken(std::string* token) {
    const size_t begin = position_;
    while (position_ < text_.size() &&
           (IsNamePart(text_[position_]) || text_[position_] == '.' || text_[position_] == '+' ||
            text_[position_] == '-' || text_[position_] == ':')) {
      ++position_;
    }
    if (position_ == text_.size() && !ended_) return Cut();
    token->assign(text_.substr(begin, position_ - begin));
    return true;
  }

  // Decimals (1.5, 15d-1, 3.), integers, floats (1e3). Timestamps are none.
  bool ReadDecimal(Decimal* number) {
    std::string token;
    if (!ReadNumberToken(&token)) return false;
    std::erase(token, '_');
    const std::string shown = token;
    if (const size_t exponent = token.find_first_of("dD"); exponent != std::string::npos) {
      token[exponent] = 'e';
    }
    const size_t digits = std::min(token.find('e'), token.size());
    if (digits > 0 && token[digits - 1] == '.') token.erase(digits - 1, 1);
    const bool plain = token.find_first_not_of("0123456789.eE+-") == std::string::npos;
    auto parsed = NumberFromText(token);
    if (!parsed || !plain) {
      return Bad(parsed ? std::string(DecimalErrorText(DecimalError::kSyntax)) + ": " + shown
                        : parsed.error());
    }
    *number = *parsed;
    return true;
  }

  bool ReadNumber(AttributeValue* value) {
    if (At("-inf") || At("+inf")) return Bad("A number must be finite");
    Decimal number;
    if (!ReadDecimal(&number)) return false;
    *value = AttributeValue::N(number);
    return true;
  }

  // true, false, null, null.string; other names are symbols.
  bool ReadWord(AttributeValue* value) {
    std::string word;
    if (!ReadSymbol(&word)) return false;
    if (word == "null") {
      if (Take('.')) {
        std::string type;
        if (!ReadSymbol(&type)) return false;
      }
      *value = AttributeValue::NullValue();
    } else if (word == "true" || word == "false") {
      *value = AttributeValue::Bool(word == "true");
    } else if (word == "nan") {
      return Bad("A number must be finite");
    } else if (word.size() > 1 && word[0] == '$' && IsDigit(word[1])) {
      return Bad("The data has a symbol by number: " + word);
    } else {
      *value = AttributeValue::S(std::move(word));
    }
    return true;
  }

  bool ReadBytes(std::string* bytes) {
    if (CutAt("{") || !At("{{")) return Bad();
    const size_t end = text_.find("}}", position_);
    if (end == std::string_view::npos) return Cut();
    std::string text(text_.substr(position_ + 2, end - position_ - 2));
    std::erase_if(text, IsBlank);
    if (!AppendBase64Decoded(text, bytes)) return Bad("A blob is not base64");
    position_ = end + 2;
    return true;
  }

  bool ReadBlob(AttributeValue* value) {
    std::string bytes;
    if (!ReadBytes(&bytes)) return false;
    *value = AttributeValue::B(std::move(bytes));
    return true;
  }

  bool ReadMap(int level, AttributeValue* value) {
    AttributeMap map;
    if (!ReadFields(level + 1, &map)) return false;
    *value = AttributeValue::M(std::move(map));
    return true;
  }

  // The elements of a list, each read by `element`.
  template <class Element>
  bool ReadElements(Element element) {
    if (!Need()) return false;
    if (!Take('[')) return Bad();
    for (;;) {
      SkipBlank();
      if (!Need()) return false;
      if (Take(']')) return true;
      if (!element()) return false;
      SkipBlank();
      if (!Need()) return false;
      if (Take(',')) continue;
      if (Peek() != ']') return Bad();
    }
  }

  bool ReadList(int level, AttributeValue* value) {
    AttributeValue::List list;
    if (!ReadElements([&] { return ReadValue(level + 1, &list.emplace_back()); })) return false;
    *value = AttributeValue::L(std::move(list));
    return true;
  }

  template <class T>
  bool CheckSet(const std::vector<T>& members) {
    constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";
    if (members.empty()) return Bad(std::string(kInvalid) + "A set may not be empty");
    if (HasEqualMembers(members))
      return Bad(std::string(kInvalid) + "Input collection contains duplicates");
    return true;
  }

  bool ReadSet(char type, AttributeValue* value) {
    if (type == 'N') {
      std::vector<Decimal> members;
      if (!ReadElements([&] { return ReadDecimal(&members.emplace_back()); })) return false;
      if (!CheckSet(members)) return false;
      *value = AttributeValue::NS(std::move(members));
      return true;
    }
    std::vector<std::string> members;
    const auto read = [&] {
      std::string* member = &members.emplace_back();
      if (type == 'B') return ReadBytes(member);
      if (MayBeLongString()) return Cut();
      return Peek() == '"' || AtLongString() ? ReadString(member) : ReadSymbol(member);
    };
    if (!ReadElements(read) || !CheckSet(members)) return false;
    *value = type == 'B' ? AttributeValue::BS(std::move(members))
                         : AttributeValue::SS(std::move(members));
    return true;
  }

  const std::string_view text_;
  const bool ended_;
  size_t position_ = 0;
  Fault fault_ = Fault::kNone;
  std::string why_;
};

using Type = AttributeValue::Type;

// The fields next to the Item. Empty: all is well; otherwise what is wrong.
std::string ReadCondition(AttributeMap* record, PutConditionText* condition) {
  const auto wrong = [](const std::string& field, std::string_view type) {
    return "The data's member " + field + " is no " + std::string(type);
  };
  for (auto& [name, value] : *record) {
    if (name == "Item" || value.is(Type::kNull)) continue;
    if (name == kPutCondition) {
      if (!value.is(Type::kS)) return wrong(name, "string");
      condition->expression = value.s();
    } else if (name == kPutConditionNames) {
      if (!value.is(Type::kM)) return wrong(name, "struct");
      condition->names.emplace();
      for (const auto& [placeholder, attribute] : value.m()) {
        if (!attribute.is(Type::kS)) return wrong(name, "struct of strings");
        condition->names->emplace_back(placeholder, attribute.s());
      }
    } else if (name == kPutConditionValues) {
      if (!value.is(Type::kM)) return wrong(name, "struct");
      condition->values = std::move(value.m());
    } else {
      return "The data has a member that a put does not have: " + name;
    }
  }
  return "";
}

class IonItems final : public ItemReader {
 public:
  explicit IonItems(bool puts) : puts_(puts) {}

 private:
  Parsed Parse(std::string_view rest, size_t* taken, Item* item, std::string* why) override {
    IonParser parser(rest, ended());
    const Parsed parsed = ParseTop(&parser, item);
    *taken = parser.position();
    if (parsed != Parsed::kBad) return parsed;
    *why = parser.TakeWhy();
    // Behind a value that was whole, or else behind the line.
    if (parser.fault() == IonParser::Fault::kBad && !whole_) *taken = 0;
    return Parsed::kBad;
  }

  // The outermost values: version markers, symbol tables, {Item: {...}}.
  Parsed ParseTop(IonParser* parser, Item* item) {
    whole_ = false;
    const bool more = parser->SkipBlank();
    // What stands behind is looked at by itself, wherever the text has been cut.
    if (parser->position() > 0) return Parsed::kNothing;
    if (!more) return Outcome(*parser, Parsed::kNothing);
    std::vector<std::string> annotations;
    if (!parser->ReadAnnotations(&annotations)) return Outcome(*parser, Parsed::kBad);
    if (!annotations.empty() && annotations[0] == "$ion_symbol_table") {
      return Outcome(*parser, parser->SkipValue() ? Parsed::kNothing : Parsed::kBad);
    }
    if (parser->Need() && IsNameStart(parser->Peek())) {
      std::string word;
      if (parser->ReadSymbol(&word) && word != "$ion_1_0") parser->Bad();
      return Outcome(*parser, Parsed::kNothing);
    }
    if (!parser->Need() || parser->Peek() != '{') {
      parser->Bad();
      return Outcome(*parser, Parsed::kBad);
    }
    // {Item: ...} is not a value of the item: what is in it is on level 1.
    AttributeMap record;
    if (!parser->ReadFields(0, &record)) return Outcome(*parser, Parsed::kBad);
    whole_ = true;
    AttributeValue* const found = record.Find("Item");
    if (found == nullptr || !found->is(AttributeValue::Type::kM)) {
      parser->Bad("The data has no member Item that is a struct");
      return Parsed::kBad;
    }
    if (puts_) {
      std::string wrong = ReadCondition(&record, put_condition());
      if (!wrong.empty()) {
        parser->Bad(std::move(wrong));
        return Parsed::kBad;
      }
    }
    *item = std::move(found->m());
    return Parsed::kItem;
  }

  static Parsed Outcome(const IonParser& parser, Parsed otherwise) {
    switch (parser.fault()) {
      case IonParser::Fault::kNone:
        return otherwise;
      case IonParser::Fault::kBad:
        return Parsed::kBad;
      case IonParser::Fault::kCut:
        return Parsed::kCut;
    }
    return otherwise;
  }

  const bool puts_;
  bool whole_ = false;  // the value that is no item was read to its end
};

}  // namespace

std::unique_ptr<ItemReader> NewIonItems() { return std::make_unique<IonItems>(false); }
std::unique_ptr<ItemReader> NewIonPuts() { return std::make_unique<IonItems>(true); }

}  // namespace stator
