#include "api/request_hash.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/json_view.h"
#include "base/bytes.h"
#include "base/hash.h"

namespace stator {
namespace {

// Deeper values are refused by the decoder before their hash matters.
constexpr int kMaxDepth = 200;

// Each value: a tag, then what it holds, lengths first, so that no two values have the same bytes.
void AppendCanonical(simdjson::dom::element json, int depth, std::string* out) {
  using simdjson::dom::element_type;
  const element_type type = json.type();
  out->push_back(static_cast<char>(type));
  if (depth >= kMaxDepth) return;
  switch (type) {
    case element_type::OBJECT: {
      std::vector<std::pair<std::string_view, simdjson::dom::element>> members;
      for (auto [key, value] : ObjectOf(json)) members.emplace_back(key, value);
      std::stable_sort(members.begin(), members.end(),
                       [](const auto& a, const auto& b) { return a.first < b.first; });
      AppendVarint(members.size(), out);
      for (const auto& [key, value] : members) {
        AppendLengthPrefixed(key, out);
        AppendCanonical(value, depth + 1, out);
      }
      break;
    }
    case element_type::ARRAY: {
      const simdjson::dom::array array = ArrayOf(json);
      AppendVarint(array.size(), out);
      for (simdjson::dom::element value : array) AppendCanonical(value, depth + 1, out);
      break;
    }
    case element_type::STRING:
      AppendLengthPrefixed(json.get_string().value_unsafe(), out);
      break;
    case element_type::INT64:
      AppendU64(static_cast<uint64_t>(json.get_int64().value_unsafe()), out);
      break;
    case element_type::UINT64:
      AppendU64(json.get_uint64().value_unsafe(), out);
      break;
    case element_type::DOUBLE: {
      const double number = json.get_double().value_unsafe();
      out->append(reinterpret_cast<const char*>(&number), sizeof(number));
      break;
    }
    case element_type::BOOL:
      out->push_back(json.get_bool().value_unsafe() ? 1 : 0);
      break;
    case element_type::NULL_VALUE:
      break;
  }
}

}  // namespace

uint64_t CanonicalHash(simdjson::dom::element json) {
  std::string canonical;
  AppendCanonical(json, 0, &canonical);
  return StableHash64(canonical);
}

uint64_t HashOfMembers(const Members& in, std::span<const std::string_view> names) {
  constexpr uint64_t kOdd = 0x9E3779B97F4A7C15ull;
  uint64_t hash = 0;
  for (const std::string_view name : names) {
    const auto member = in.Raw(name);
    hash = (hash + (member ? CanonicalHash(*member) : 0)) * kOdd;
  }
  return hash;
}

}  // namespace stator
