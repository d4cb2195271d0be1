// AttributeValues as they travel in JSON: {"S":"text"}, {"N":"12.5"}, ... (facts 2.1).
//
// Reading checks everything the service checks of a value by itself; what depends on a table (key
// types, sizes) is checked elsewhere. Members that are JSON null count as absent, unknown members
// are ignored, of several members with one name the last counts.
#ifndef STATOR_MODEL_ATTRIBUTE_VALUE_JSON_H_
#define STATOR_MODEL_ATTRIBUTE_VALUE_JSON_H_

#include <string>

#include "base/result.h"
#include "model/api_error.h"
#include "model/attribute_value.h"

namespace simdjson::dom {
class element;
class object;
}  // namespace simdjson::dom

namespace stator {

// Why a value was refused. Callers put the message into other words in some places
// (facts 2.1, 4.5, 1.11), depending on the kind.
struct ValueError {
  enum class Kind {
    kEmptyValue,        // no type member
    kMultipleTypes,     // several
    kNullFalse,         // {"NULL": false}
    kEmptySet,          // of any type
    kDuplicateInSet,    // SS, BS
    kDuplicateNumbers,  // NS
    kBadNumber,         // not numeric
    kNumberDigits,      // more than 38 significant digits
    kNumberMagnitude,   // overflow, underflow
    kNesting,           // more than kMaxNestingLevels
    kEmptyName,         // of an attribute
    kNameTooLong,       // of an attribute
    kSerialization,  // a JSON type that does not fit, or malformed base64: SerializationException
  };
  Kind kind;
  std::string message;  // the whole text as the service gives it when nothing is put around it
};

// SerializationException for kSerialization, else ValidationException.
ApiError ToApiError(ValueError error);

// The value counts as level 1 of nesting. The first fault in the order of the text wins, but a
// number's comes before kMultipleTypes.
Expected<AttributeValue, ValueError> AttributeValueFromJson(const simdjson::dom::element& json);
// {"name": {"S": "x"}, ...}: an item or a key. Its values are level 1.
Expected<AttributeMap, ValueError> AttributeMapFromJson(const simdjson::dom::object& json);

// The same forms, compact, names and set members in ascending order.
void AppendJson(const AttributeValue& value, std::string* out);
void AppendJson(const AttributeMap& map, std::string* out);

}  // namespace stator

#endif  // STATOR_MODEL_ATTRIBUTE_VALUE_JSON_H_
