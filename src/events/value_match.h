// One element of an event pattern: what a value must be.
#ifndef STATOR_EVENTS_VALUE_MATCH_H_
#define STATOR_EVENTS_VALUE_MATCH_H_

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/decimal.h"

namespace stator {

struct ValueMatch {
  enum class Kind {
    kText,
    kNumber,
    kNull,
    kTrue,
    kFalse,
    kPrefix,
    kSuffix,
    kEqualsIgnoreCase,
    kNumeric,
    kExists,
    kAnythingBut,
  };
  enum class Comparison { kEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual };

  Kind kind = Kind::kNull;
  std::string text;          // of kText, kPrefix, kSuffix, kEqualsIgnoreCase
  bool ignore_case = false;  // of kPrefix, kSuffix
  Decimal number;            // of kNumber
  std::vector<std::pair<Comparison, Decimal>> range;  // of kNumeric
  bool of_text = false;               // kNumeric: numbers that are strings match too
  bool exists = false;                // of kExists
  std::vector<ValueMatch> not_these;  // of kAnythingBut

  // `value` is no list and no object.
  bool Matches(const simdjson::dom::element& value) const;
  // Where there is no value.
  bool MatchesNothing() const { return kind == Kind::kExists && !exists; }
};

// One element of a list of tests. `of_text`: see above.
// Errors: kInvalidArgument, without the place.
Result<ValueMatch> ParseValueMatch(const simdjson::dom::element& json, bool of_text);

}  // namespace stator

#endif  // STATOR_EVENTS_VALUE_MATCH_H_
