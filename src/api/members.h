// Read access to a JSON object that has passed the type check, for the code of one operation.
//
// Nothing is copied: views and elements point into the parser that parsed the body. null counts as absent, and
// the last of several equal members wins (facts 1.1).
#ifndef STATOR_API_MEMBERS_H_
#define STATOR_API_MEMBERS_H_

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "api/json_view.h"

namespace stator {

class Members {
 public:
  using Element = simdjson::dom::element;

  explicit Members(simdjson::dom::object object) : object_(object) {}
  // REQUIRES: element is an object.
  explicit Members(Element element) : object_(ObjectOf(element)) {}

  // The member as it came, for attribute values and whatever has a decoder of its own.
  std::optional<Element> Raw(std::string_view name) const;
  bool Has(std::string_view name) const { return Raw(name).has_value(); }

  // REQUIRES (all below): the member, if present, has the type asked for, which the type check has seen to.
  std::optional<std::string_view> String(std::string_view name) const;
  std::optional<int64_t> Int(std::string_view name) const;      // decimals are floored
  std::optional<double> Double(std::string_view name) const;    // timestamps too: seconds
  std::optional<bool> Bool(std::string_view name) const;        // "true", "1", "yes" ... convert
  std::optional<Members> Struct(std::string_view name) const;
  // Not to be iterated as `for (x : *in.List("y"))`: the array would be gone.
  std::optional<simdjson::dom::array> List(std::string_view name) const;
  // A map's entries in the order of the body, each key once; entries that are null are left in, since a map may
  // hold attribute values, whose decoder knows what null means.
  using Entries = std::vector<std::pair<std::string_view, Element>>;
  std::optional<Entries> Map(std::string_view name) const;
  // The strings of a list; nulls are left out.
  std::optional<std::vector<std::string_view>> Strings(std::string_view name) const;

  simdjson::dom::object object() const { return object_; }

  // The entries of any object, as Map gives them.
  static Entries EntriesOf(simdjson::dom::object object);
  // An integer or decimal as Int gives it.
  static int64_t IntOf(Element element);

 private:
  simdjson::dom::object object_;
};

}  // namespace stator

#endif  // STATOR_API_MEMBERS_H_
