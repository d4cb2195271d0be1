// What an answer tells of the items.
#ifndef STATOR_SIM_ANSWERS_H_
#define STATOR_SIM_ANSWERS_H_

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "history.h"
#include "schema.h"

namespace stator::sim {

using JsonObject = simdjson::dom::object;

// Thrown when an answer is wrong by itself, with what is wrong; the world catches it.
struct WrongAnswer {
  std::string text;
};

std::optional<JsonObject> Member(JsonObject object, std::string_view name);
// Throws WrongAnswer if there is none.
simdjson::dom::array List(JsonObject object, std::string_view name);
// "N" of a member that is a number.
int64_t Number(JsonObject item, std::string_view name);

ItemKey KeyOf(std::string_view table, JsonObject item);

// Of an item with all its attributes, or with those that an update changed. Throws WrongAnswer if
// they contradict each other.
Seen SeenIn(JsonObject item);

}  // namespace stator::sim

#endif  // STATOR_SIM_ANSWERS_H_
