#include "answers.h"

#include <charconv>

namespace stator::sim {
namespace {

int64_t NumberIn(simdjson::dom::element value) {
  std::string_view digits;
  if (value["N"].get(digits) != simdjson::SUCCESS) throw WrongAnswer{"a number is missing"};
  int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

}  // namespace

std::optional<JsonObject> Member(JsonObject object, std::string_view name) {
  JsonObject member;
  if (object[name].get(member) != simdjson::SUCCESS) return std::nullopt;
  return member;
}

simdjson::dom::array List(JsonObject object, std::string_view name) {
  simdjson::dom::array list;
  if (object[name].get(list) != simdjson::SUCCESS)
    throw WrongAnswer{"no " + std::string(name) + " in an answer"};
  return list;
}

int64_t Number(JsonObject item, std::string_view name) {
  simdjson::dom::element value;
  if (item[name].get(value) != simdjson::SUCCESS)
    throw WrongAnswer{"no " + std::string(name) + " in an item"};
  return NumberIn(value);
}

ItemKey KeyOf(std::string_view table, JsonObject item) {
  ItemKey key{std::string(table), {}, 0};
  std::string_view p;
  if (item["p"]["S"].get(p) != simdjson::SUCCESS) throw WrongAnswer{"an item without its key"};
  key.p = p;
  if (table == kFirstTable) key.r = static_cast<int>(Number(item, "r"));
  return key;
}

Seen SeenIn(JsonObject item) {
  simdjson::dom::array list;
  if (item["l"]["L"].get(list) != simdjson::SUCCESS) throw WrongAnswer{"an item without its list"};
  Seen seen;
  for (simdjson::dom::element element : list)
    seen.push_back(static_cast<WriteId>(NumberIn(element)));
  if (seen.empty()) throw WrongAnswer{"an item whose list is empty"};
  if (Number(item, "c") != static_cast<int64_t>(seen.size())) {
    throw WrongAnswer{"an item that counts " + std::to_string(Number(item, "c")) +
                      " writes and lists " + std::to_string(seen.size())};
  }
  if (Number(item, "v") != seen.back())
    throw WrongAnswer{"an item whose last write is not the last in its list"};
  return seen;
}

}  // namespace stator::sim
