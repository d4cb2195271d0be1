#include "model/item_size.h"

#include <algorithm>

namespace stator {
namespace {

constexpr size_t kContainerOverhead = 3;
constexpr size_t kMemberOverhead = 1;

using Type = AttributeValue::Type;

size_t SizeOfStrings(const std::vector<std::string>& members) {
  size_t size = 0;
  for (const std::string& member : members) size += member.size();
  return size;
}

size_t SizeOfNumbers(const std::vector<Decimal>& members) {
  size_t size = 0;
  for (const Decimal& member : members) size += static_cast<size_t>(member.SizeInBytes());
  return size;
}

}  // namespace

size_t SizeOf(const AttributeValue& value) {
  switch (value.type()) {
    case Type::kS:
      return value.s().size();
    case Type::kN:
      return static_cast<size_t>(value.n().SizeInBytes());
    case Type::kB:
      return value.b().size();
    case Type::kBool:
    case Type::kNull:
      return 1;
    case Type::kSS:
      return SizeOfStrings(value.ss());
    case Type::kNS:
      return SizeOfNumbers(value.ns());
    case Type::kBS:
      return SizeOfStrings(value.bs());
    case Type::kL: {
      size_t size = kContainerOverhead;
      for (const AttributeValue& member : value.l()) size += kMemberOverhead + SizeOf(member);
      return size;
    }
    case Type::kM:
      return kContainerOverhead + kMemberOverhead * value.m().size() + SizeOf(value.m());
  }
  return 0;
}

size_t SizeOf(const AttributeMap& item) {
  size_t size = 0;
  for (const auto& [name, value] : item) size += name.size() + SizeOf(value);
  return size;
}

int NestingLevels(const AttributeValue& value) {
  int below = 0;
  if (value.is(Type::kL)) {
    for (const AttributeValue& member : value.l()) below = std::max(below, NestingLevels(member));
  } else if (value.is(Type::kM)) {
    for (const auto& [name, member] : value.m()) below = std::max(below, NestingLevels(member));
  }
  return below + 1;
}

}  // namespace stator
