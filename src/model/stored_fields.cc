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

std::string StoredFields::Text(std::string_view name) {
  auto text = StoredText(map_.Find(name));
  ok_ = ok_ && text;
  return text.value_or("");
}

int64_t StoredFields::Int(std::string_view name) {
  const auto number = StoredInt(map_.Find(name));
  ok_ = ok_ && number;
  return number.value_or(0);
}

bool StoredFields::Bool(std::string_view name) {
  const AttributeValue* value = map_.Find(name);
  ok_ = ok_ && value != nullptr && value->is(AttributeValue::Type::kBool);
  return ok_ && value->boolean();
}

std::vector<std::string> StoredFields::Texts(std::string_view name) {
  std::vector<std::string> texts;
  const AttributeValue* list = map_.Find(name);
  ok_ = ok_ && list != nullptr && list->is(AttributeValue::Type::kL);
  if (!ok_) return texts;
  for (const AttributeValue& value : list->l()) {
    auto text = StoredText(&value);
    ok_ = ok_ && text;
    texts.push_back(text.value_or(""));
  }
  return texts;
}

}  // namespace stator
