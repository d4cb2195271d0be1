#include "api/members.h"

#include <cmath>
#include <unordered_map>

#include "api/json_view.h"
#include "api/type_check.h"

namespace stator {

std::optional<Members::Element> Members::Raw(std::string_view name) const {
  std::optional<Element> found;
  for (const simdjson::dom::key_value_pair field : object_) {
    if (field.key == name) found = field.value;
  }
  if (found && found->is_null()) return std::nullopt;
  return found;
}

std::optional<std::string_view> Members::String(std::string_view name) const {
  const auto element = Raw(name);
  if (!element) return std::nullopt;
  return TextOf(*element);
}

int64_t Members::IntOf(Element element) {
  int64_t number;
  if (element.get(number) == simdjson::SUCCESS) return number;
  // The type check admits no number that does not fit.
  return static_cast<int64_t>(std::floor(element.get_double().value_unsafe()));
}

std::optional<int64_t> Members::Int(std::string_view name) const {
  const auto element = Raw(name);
  if (!element) return std::nullopt;
  return IntOf(*element);
}

std::optional<double> Members::Double(std::string_view name) const {
  const auto element = Raw(name);
  if (!element) return std::nullopt;
  return element->get_double().value_unsafe();
}

std::optional<bool> Members::Bool(std::string_view name) const {
  const auto element = Raw(name);
  if (!element) return std::nullopt;
  if (element->is_string()) return BooleanFromString(TextOf(*element));
  return element->get_bool().value_unsafe();
}

std::optional<Members> Members::Struct(std::string_view name) const {
  const auto element = Raw(name);
  if (!element) return std::nullopt;
  return Members(*element);
}

std::optional<simdjson::dom::array> Members::List(std::string_view name) const {
  const auto element = Raw(name);
  if (!element) return std::nullopt;
  return ArrayOf(*element);
}

Members::Entries Members::EntriesOf(simdjson::dom::object object) {
  // Most maps are small enough that comparing each key with those before it is cheapest.
  constexpr size_t kSmall = 16;
  Entries entries;
  std::unordered_map<std::string_view, size_t> index;
  for (const simdjson::dom::key_value_pair field : object) {
    size_t position = entries.size();
    if (entries.size() < kSmall) {
      for (size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].first == field.key) position = i;
      }
    } else {
      if (index.empty()) {
        for (size_t i = 0; i < entries.size(); ++i) index.emplace(entries[i].first, i);
      }
      position = index.emplace(field.key, entries.size()).first->second;
    }
    if (position == entries.size()) {
      entries.emplace_back(field.key, field.value);
    } else {
      entries[position].second = field.value;
    }
  }
  return entries;
}

std::optional<Members::Entries> Members::Map(std::string_view name) const {
  const auto element = Raw(name);
  if (!element) return std::nullopt;
  return EntriesOf(ObjectOf(*element));
}

std::optional<std::vector<std::string_view>> Members::Strings(std::string_view name) const {
  const auto list = List(name);
  if (!list) return std::nullopt;
  std::vector<std::string_view> strings;
  strings.reserve(list->size());
  for (const Element element : *list) {
    if (!element.is_null()) strings.push_back(TextOf(element));
  }
  return strings;
}

}  // namespace stator
