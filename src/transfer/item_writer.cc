#include "transfer/item_writer.h"

#include <algorithm>
#include <utility>

#include "base/base64.h"
#include "model/attribute_value_json.h"
#include "model/item_codec.h"

namespace stator {
namespace {

constexpr std::string_view kIonMark = "$ion_1_0 ";

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Whether it stands for itself without quotes. Symbols that begin with $ may be numbers of others.
bool IsPlainSymbol(std::string_view name) {
  if (name.empty() || !IsLetter(name[0]) || name[0] == '$') return false;
  if (name == "null" || name == "true" || name == "false" || name == "nan") return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return IsLetter(c) || IsDigit(c); });
}

void AppendQuoted(std::string_view text, char quote, std::string* out) {
  out->push_back(quote);
  for (const char c : text) {
    if (c == quote || c == '\\') {
      out->append({'\\', c});
    } else if (c == '\n') {
      out->append("\\n");
    } else if (c == '\r') {
      out->append("\\r");
    } else if (c == '\t') {
      out->append("\\t");
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out->append("\\x").push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
      out->push_back(kDigits[static_cast<unsigned char>(c) & 15]);
    } else {
      out->push_back(c);
    }
  }
  out->push_back(quote);
}

void AppendName(std::string_view name, std::string* out) {
  if (IsPlainSymbol(name)) {
    out->append(name);
  } else {
    AppendQuoted(name, '\'', out);
  }
}

// "103.", "12.5", "6d2", "5d-9": a point or a d says that it is a decimal.
void AppendDecimal(const Decimal& number, std::string* out) {
  constexpr int kSmallest = -6;  // with a magnitude below that a plain form has many zeros
  if (number.exponent() == 0) {
    number.AppendTo(out);
    out->push_back('.');
  } else if (number.exponent() < 0 && number.Magnitude() >= kSmallest) {
    number.AppendTo(out);
  } else {
    Decimal::FromParts(number.negative(), number.coefficient(), 0).AppendTo(out);
    out->append("d").append(std::to_string(number.exponent()));
  }
}

void AppendBlob(std::string_view bytes, std::string* out) {
  out->append("{{");
  AppendBase64(bytes, out);
  out->append("}}");
}

template <class Range, class Append>
void AppendList(const Range& range, std::string* out, Append append) {
  out->push_back('[');
  bool first = true;
  for (const auto& element : range) {
    if (!std::exchange(first, false)) out->push_back(',');
    append(element);
  }
  out->push_back(']');
}

}  // namespace

void AppendIon(const AttributeValue& value, std::string* out) {
  using Type = AttributeValue::Type;
  switch (value.type()) {
    case Type::kS:
      return AppendQuoted(value.s(), '"', out);
    case Type::kN:
      return AppendDecimal(value.n(), out);
    case Type::kB:
      return AppendBlob(value.b(), out);
    case Type::kBool:
      out->append(value.boolean() ? "true" : "false");
      return;
    case Type::kNull:
      out->append("null");
      return;
    case Type::kSS:
      out->append("$dynamodb_SS::");
      return AppendList(value.ss(), out,
                        [&](const std::string& text) { AppendQuoted(text, '"', out); });
    case Type::kNS:
      out->append("$dynamodb_NS::");
      return AppendList(value.ns(), out,
                        [&](const Decimal& number) { AppendDecimal(number, out); });
    case Type::kBS:
      out->append("$dynamodb_BS::");
      return AppendList(value.bs(), out, [&](const std::string& bytes) { AppendBlob(bytes, out); });
    case Type::kL:
      return AppendList(value.l(), out,
                        [&](const AttributeValue& element) { AppendIon(element, out); });
    case Type::kM:
      return AppendIon(value.m(), out);
  }
}

void AppendIon(const AttributeMap& map, std::string* out) {
  out->push_back('{');
  bool first = true;
  for (const auto& [name, value] : map) {
    if (!std::exchange(first, false)) out->push_back(',');
    AppendName(name, out);
    out->push_back(':');
    AppendIon(value, out);
  }
  out->push_back('}');
}

void AppendItemLine(ExportFormat format, const Item& item, std::string* out) {
  if (format == ExportFormat::kIon) {
    out->append(kIonMark).append("{Item:");
    AppendIon(item, out);
  } else {
    out->append("{\"Item\":");
    AppendJson(item, out);
  }
  out->append("}\n");
}

Result<void> AppendStoredItemLine(ExportFormat format, std::string_view item, std::string* out) {
  if (format == ExportFormat::kIon) {
    auto decoded = DecodeItem(item);
    if (!decoded) return Unexpected<Status>(std::move(decoded).error());
    AppendItemLine(format, *decoded, out);
    return {};
  }
  out->append("{\"Item\":");
  if (auto appended = AppendItemJson(item, out); !appended) return appended;
  out->append("}\n");
  return {};
}

void AppendChangeLine(ExportFormat format, const ChangeLine& change, std::string* out) {
  const std::string micros = std::to_string(change.micros);
  if (format == ExportFormat::kIon) {
    const auto append = [&](std::string_view name, const AttributeMap* map) {
      if (map == nullptr) return;
      out->append(name);
      AppendIon(*map, out);
    };
    out->append(kIonMark).append("{Record:{Metadata:{WriteTimestampMicros:");
    out->append(micros).append(".}");
    append(",Keys:", change.keys);
    append(",OldImage:", change.old_image);
    append(",NewImage:", change.new_image);
    out->append("}}\n");
    return;
  }
  const auto append = [&](std::string_view name, const AttributeMap* map) {
    if (map == nullptr) return;
    out->append(name);
    AppendJson(*map, out);
  };
  out->append("{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"").append(micros).append("\"}}");
  append(",\"Keys\":", change.keys);
  append(",\"OldImage\":", change.old_image);
  append(",\"NewImage\":", change.new_image);
  out->append("}\n");
}

}  // namespace stator
