// Step 8 of a request (facts 1.5): lengths, ranges, patterns, enums and required members, reported together
// (facts 1.8). Where an operation's reports deviate from the general form: api/quirks.h.
#ifndef STATOR_API_CONSTRAINTS_H_
#define STATOR_API_CONSTRAINTS_H_

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/shape.h"
#include "model/api_error.h"

namespace stator {

// One broken constraint.
struct Violation {
  enum class Form {
    kValue,    // Value 'x' at 'tableName' failed to satisfy constraint: ...
    kNoValue,  // Value at 'TableName' failed to satisfy constraint: ...
    kBare,     // Failed to satisfy constraint: ...
  };
  std::string path;                  // keySchema.1.member.attributeName
  std::string model_path;            // KeySchema.1.member.AttributeName
  std::optional<std::string> value;  // nullopt: null
  std::string constraint;            // Member must not be null
  Form form = Form::kValue;

  std::string ToString() const;
};

inline constexpr size_t kMaxViolations = 10;

// The first kMaxViolations ones. REQUIRES: the body has passed CheckTypes(input, body).
std::vector<Violation> FindViolations(const Shape& input, simdjson::dom::object body);

// "2 validation errors detected: ...; ...". REQUIRES: !violations.empty().
std::string DescribeViolations(const std::vector<Violation>& violations);

// What the reports print for a list or map: a dump in the manner of Java's toString, cut after about
// `limit` bytes.
std::string DumpValue(const Shape& shape, simdjson::dom::element value, size_t limit = 1024);

// Length in UTF-16 code units of valid UTF-8.
size_t Utf16Length(std::string_view text);

// tableName for TableName.
std::string LowerCamel(std::string_view name);

}  // namespace stator

#endif  // STATOR_API_CONSTRAINTS_H_
