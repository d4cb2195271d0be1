#include "model/attribute_value.h"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace stator {
namespace {

bool NameBefore(const AttributeMap::Entry& entry, std::string_view name) {
  return entry.first < name;
}

template <class T>
std::vector<T> Sorted(std::vector<T> members) {
  assert(!members.empty());
  if (!std::is_sorted(members.begin(), members.end())) std::sort(members.begin(), members.end());
  assert(std::adjacent_find(members.begin(), members.end()) == members.end());
  return members;
}

}  // namespace

const AttributeValue* AttributeMap::Find(std::string_view name) const {
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), name, NameBefore);
  return it != entries_.end() && it->first == name ? &it->second : nullptr;
}

AttributeValue* AttributeMap::Find(std::string_view name) {
  return const_cast<AttributeValue*>(static_cast<const AttributeMap*>(this)->Find(name));
}

AttributeMap AttributeMap::FromUnsorted(std::vector<Entry> entries) {
  const auto by_name = [](const Entry& a, const Entry& b) { return a.first < b.first; };
  AttributeMap map;
  map.entries_ = std::move(entries);
  auto& sorted = map.entries_;
  if (!std::is_sorted(sorted.begin(), sorted.end(), by_name)) {
    std::stable_sort(sorted.begin(), sorted.end(), by_name);
  }
  // std::unique keeps the first of equal entries; from behind that is the last.
  const auto same_name = [](const Entry& a, const Entry& b) { return a.first == b.first; };
  const auto kept = std::unique(sorted.rbegin(), sorted.rend(), same_name);
  sorted.erase(sorted.begin(), kept.base());
  return map;
}

AttributeValue& AttributeMap::Set(std::string_view name, AttributeValue value) {
  auto it = std::lower_bound(entries_.begin(), entries_.end(), name, NameBefore);
  if (it != entries_.end() && it->first == name) {
    it->second = std::move(value);
  } else {
    it = entries_.emplace(it, std::string(name), std::move(value));
  }
  return it->second;
}

AttributeValue& AttributeMap::Append(std::string name, AttributeValue value) {
  assert(entries_.empty() || entries_.back().first < name);
  return entries_.emplace_back(std::move(name), std::move(value)).second;
}

bool AttributeMap::Erase(std::string_view name) {
  const auto it = std::lower_bound(entries_.begin(), entries_.end(), name, NameBefore);
  if (it == entries_.end() || it->first != name) return false;
  entries_.erase(it);
  return true;
}

bool AttributeMap::operator==(const AttributeMap& other) const {
  return entries_ == other.entries_;
}

AttributeValue AttributeValue::SS(std::vector<std::string> members) {
  return AttributeValue(Storage(std::in_place_index<5>, StringSet{Sorted(std::move(members))}));
}

AttributeValue AttributeValue::NS(std::vector<Decimal> members) {
  return AttributeValue(Storage(std::in_place_index<6>, NumberSet{Sorted(std::move(members))}));
}

AttributeValue AttributeValue::BS(std::vector<std::string> members) {
  return AttributeValue(Storage(std::in_place_index<7>, BinarySet{Sorted(std::move(members))}));
}

bool AttributeValue::operator==(const AttributeValue& other) const {
  return storage_ == other.storage_;
}

std::string_view TypeName(AttributeValue::Type type) {
  constexpr std::string_view kNames[] = {"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M"};
  return kNames[static_cast<size_t>(type)];
}

}  // namespace stator
