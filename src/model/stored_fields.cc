#include "model/stored_fields.h"

#include <charconv>

namespace stator {

std::optional<int64_t> StoredInt(const AttributeValue* value) {
  if (value == nullptr || !value->is(AttributeValue::Type::kN)) return std::nullopt;
  const std::string text = value->n().ToString();
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::string> StoredText(const AttributeValue* value) {
  if (value == nullptr || !value->is(AttributeValue::Type::kS)) return std::nullopt;
  return value->s();
}

}  // namespace stator
