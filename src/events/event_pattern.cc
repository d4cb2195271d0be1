#include "events/event_pattern.h"

#include <simdjson.h>

#include <algorithm>
#include <set>
#include <utility>

#include "events/value_match.h"

namespace stator {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;

constexpr int kMaxDepth = 64;

}  // namespace

struct EventPattern::Object {
  struct Member {
    std::string name;
    std::vector<ValueMatch> tests;         // one of these must match the value
    std::shared_ptr<const Object> object;  // or, not null, this the object
  };
  std::vector<Member> members;
  std::vector<std::vector<Object>> alternatives;  // of each "$or"

  bool Matches(const element* event) const;
};

namespace {

enum class Found { kMatch, kNoMatch, kNothing };

// kNothing: there is no value to test.
Found TestValue(const std::vector<ValueMatch>& tests, const element& value) {
  if (value.is_object()) return Found::kNothing;
  simdjson::dom::array list;
  if (value.get_array().get(list) != SUCCESS) {
    return std::any_of(tests.begin(), tests.end(),
                       [&](const ValueMatch& test) { return test.Matches(value); })
               ? Found::kMatch
               : Found::kNoMatch;
  }
  Found found = Found::kNothing;
  for (const element one : list) {
    const Found here = TestValue(tests, one);
    if (here == Found::kMatch) return here;
    if (here == Found::kNoMatch) found = here;
  }
  return found;
}

}  // namespace

// `event` null: there is none, which `exists` may ask for.
bool EventPattern::Object::Matches(const element* event) const {
  simdjson::dom::array list;
  if (event != nullptr && event->get_array().get(list) == SUCCESS) {
    bool tried = false;
    for (const element one : list) {
      if (!one.is_object() && !one.is_array()) continue;
      tried = true;
      if (Matches(&one)) return true;
    }
    return !tried && Matches(nullptr);
  }
  if (event != nullptr && !event->is_object()) event = nullptr;
  const auto matches = [&](const Member& member) {
    element value;
    const bool present = event != nullptr && event->at_key(member.name).get(value) == SUCCESS;
    if (member.object != nullptr) return member.object->Matches(present ? &value : nullptr);
    const Found found = present ? TestValue(member.tests, value) : Found::kNothing;
    if (found != Found::kNothing) return found == Found::kMatch;
    return std::any_of(member.tests.begin(), member.tests.end(),
                       [](const ValueMatch& test) { return test.MatchesNothing(); });
  };
  return std::all_of(members.begin(), members.end(), matches) &&
         std::all_of(alternatives.begin(), alternatives.end(), [&](const auto& any) {
           return std::any_of(any.begin(), any.end(),
                              [&](const Object& object) { return object.Matches(event); });
         });
}

class PatternParser {
 public:
  using Object = EventPattern::Object;

  static Result<EventPattern> Parse(const element& json) {
    auto root = ParseObject(json, "", 0);
    if (!root) return Unexpected(std::move(root).error());
    return EventPattern(std::make_shared<const Object>(std::move(*root)));
  }

 private:
  static Unexpected<Status> Bad(const std::string& place, const std::string& what) {
    return Fail(StatusCode::kInvalidArgument, place.empty() ? what : place + ": " + what);
  }

  static Result<Object> ParseObject(const element& json, const std::string& place, int depth) {
    simdjson::dom::object object;
    if (json.get_object().get(object) != SUCCESS) return Bad(place, "must be an object");
    if (depth > kMaxDepth) return Bad("", "nested too deeply");
    if (object.begin() == object.end()) return Bad(place, "an object without members");
    Object out;
    std::set<std::string_view> names;
    for (const auto member : object) {
      if (!names.insert(member.key).second) {
        return Bad(place, "the member '" + std::string(member.key) + "' is there twice");
      }
      const std::string inner =
          place.empty() ? std::string(member.key) : place + "." + std::string(member.key);
      auto added = member.key == "$or" ? AddAlternatives(member.value, inner, depth, &out)
                                       : AddMember(member.key, member.value, inner, depth, &out);
      if (!added) return Unexpected(std::move(added).error());
    }
    return out;
  }

  static Result<void> AddAlternatives(const element& json, const std::string& place, int depth,
                                      Object* out) {
    simdjson::dom::array list;
    if (json.get_array().get(list) != SUCCESS || list.begin() == list.end()) {
      return Bad(place, "must be a list of patterns");
    }
    std::vector<Object> any;
    for (const element one : list) {
      auto object = ParseObject(one, place, depth + 1);
      if (!object) return Unexpected(std::move(object).error());
      any.push_back(std::move(*object));
    }
    out->alternatives.push_back(std::move(any));
    return {};
  }

  static Result<void> AddMember(std::string_view name, const element& json,
                                const std::string& place, int depth, Object* out) {
    Object::Member member;
    member.name = name;
    if (json.is_object()) {
      auto object = ParseObject(json, place, depth + 1);
      if (!object) return Unexpected(std::move(object).error());
      member.object = std::make_shared<const Object>(std::move(*object));
    } else {
      simdjson::dom::array list;
      if (json.get_array().get(list) != SUCCESS) {
        return Bad(place, "must be an object, or a list of values");
      }
      for (const element one : list) {
        auto test = ParseValueMatch(one, name == "N");
        if (!test) return Bad(place, test.error().message);
        member.tests.push_back(std::move(*test));
      }
      if (member.tests.empty()) return Bad(place, "a list without values");
    }
    out->members.push_back(std::move(member));
    return {};
  }
};

Result<EventPattern> EventPattern::Parse(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  if (parser.parse(json.data(), json.size()).get(root) != SUCCESS) {
    return Fail(StatusCode::kInvalidArgument, "not JSON");
  }
  return PatternParser::Parse(root);
}

bool EventPattern::Matches(const element& event) const { return root_->Matches(&event); }

Result<EventFilter> EventFilter::Parse(std::span<const std::string> patterns) {
  EventFilter out;
  for (const std::string& pattern : patterns) {
    auto parsed = EventPattern::Parse(pattern);
    if (!parsed) return Unexpected(std::move(parsed).error());
    out.patterns_.push_back(std::move(*parsed));
  }
  return out;
}

bool EventFilter::Matches(const element& event) const {
  return patterns_.empty() ||
         std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const EventPattern& pattern) { return pattern.Matches(event); });
}

}  // namespace stator
