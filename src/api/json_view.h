// A JSON element as what it is known to be. By value: in a range-based for, `element.get_array().value_unsafe()`
// would refer into a temporary that is gone.
#ifndef STATOR_API_JSON_VIEW_H_
#define STATOR_API_JSON_VIEW_H_

#include <simdjson.h>

#include <string_view>

namespace stator {

// REQUIRES (each): the element has that type.
inline simdjson::dom::array ArrayOf(simdjson::dom::element element) {
  return element.get_array().value_unsafe();
}
inline simdjson::dom::object ObjectOf(simdjson::dom::element element) {
  return element.get_object().value_unsafe();
}
inline std::string_view TextOf(simdjson::dom::element element) {
  return element.get_string().value_unsafe();
}

}  // namespace stator

#endif  // STATOR_API_JSON_VIEW_H_
