// Members of records that are stored in the item format (model/item_codec.h).
#ifndef STATOR_MODEL_STORED_FIELDS_H_
#define STATOR_MODEL_STORED_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/attribute_value.h"

namespace stator {

// nullopt if the value is null or no N that is an integer of 64 bits.
std::optional<int64_t> StoredInt(const AttributeValue* value);
// nullopt if the value is null or no S.
std::optional<std::string> StoredText(const AttributeValue* value);

}  // namespace stator

#endif  // STATOR_MODEL_STORED_FIELDS_H_
