// The language of event patterns, by which Lambda's event source mappings and EventBridge choose
// events: JSON in the form of the event, with lists of the values that are wanted.
//
//   {"eventName": ["INSERT", "MODIFY"],
//    "dynamodb": {"NewImage": {"total": {"N": [{"numeric": [">=", 100]}]}}}}
//
// All members must match, each with any element of its list. A test is a string, a number, null,
// true or false, which must be equal, or an object with one of: prefix, suffix, equals-ignore-case,
// anything-but (of a string, a number, a list, or a prefix, suffix or equals-ignore-case), numeric,
// exists. "$or" is a list of patterns of which one must match.
//
// Where the event has a list, any of its elements may match. Numbers compare as decimals.
// DynamoDB's numbers are strings in events, {"N": "5"}: numeric takes those too, under a member
// "N". equals-ignore-case knows the letters a to z. exists looks at values, not at objects.
#ifndef STATOR_EVENTS_EVENT_PATTERN_H_
#define STATOR_EVENTS_EVENT_PATTERN_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace simdjson::dom {
class element;
}  // namespace simdjson::dom

namespace stator {

// Immutable.
class EventPattern {
 public:
  // Errors: kInvalidArgument, with the place and what is wrong there: "dynamodb.Keys: ...".
  static Result<EventPattern> Parse(std::string_view json);

  bool Matches(const simdjson::dom::element& event) const;

 private:
  friend class PatternParser;
  struct Object;
  explicit EventPattern(std::shared_ptr<const Object> root) : root_(std::move(root)) {}

  std::shared_ptr<const Object> root_;
};

// Matches what any of its patterns matches; without patterns, everything.
class EventFilter {
 public:
  // Errors: those of EventPattern::Parse.
  static Result<EventFilter> Parse(std::span<const std::string> patterns);

  bool Matches(const simdjson::dom::element& event) const;
  bool matches_everything() const { return patterns_.empty(); }

 private:
  std::vector<EventPattern> patterns_;
};

}  // namespace stator

#endif  // STATOR_EVENTS_EVENT_PATTERN_H_
