// Members of records that are stored in the item format (model/item_codec.h).
#ifndef STATOR_MODEL_STORED_FIELDS_H_
#define STATOR_MODEL_STORED_FIELDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/attribute_value.h"

namespace stator {

// nullopt if the value is null or no N that is an integer of 64 bits.
std::optional<int64_t> StoredInt(const AttributeValue* value);
// nullopt if the value is null or no S.
std::optional<std::string> StoredText(const AttributeValue* value);

// Reads the members of a record and remembers whether one of them is not there. `map` outlives it.
class StoredFields {
 public:
  explicit StoredFields(const AttributeMap& map) : map_(map) {}

  bool Has(std::string_view name) const { return map_.Contains(name); }
  std::string Text(std::string_view name);
  int64_t Int(std::string_view name);
  bool Bool(std::string_view name);
  std::vector<std::string> Texts(std::string_view name);
  template <class Enum>
  Enum EnumUpTo(std::string_view name, Enum last) {
    const int64_t number = Int(name);
    ok_ = ok_ && number >= 0 && number <= static_cast<int64_t>(last);
    return ok_ ? static_cast<Enum>(number) : Enum{};
  }
  bool ok() const { return ok_; }

 private:
  const AttributeMap& map_;
  bool ok_ = true;
};

}  // namespace stator

#endif  // STATOR_MODEL_STORED_FIELDS_H_
