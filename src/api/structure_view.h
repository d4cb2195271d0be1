// A JSON object seen through the shape of a structure: one pass over its fields finds all its members.
#ifndef STATOR_API_STRUCTURE_VIEW_H_
#define STATOR_API_STRUCTURE_VIEW_H_

#include <simdjson.h>

#include <array>
#include <cstdint>

#include "api/shape.h"

namespace stator {

// Unknown fields are left out, null counts as absent, the last of several equal fields wins (facts 1.1).
class StructureView {
 public:
  // REQUIRES: shape.kind is kStructure.
  StructureView(const Shape& shape, simdjson::dom::object object) {
    for (const simdjson::dom::key_value_pair field : object) {
      for (size_t i = 0; i < shape.members.size(); ++i) {
        if (shape.members[i].name != field.key) continue;
        if (field.value.is_null()) {
          present_ &= ~(uint32_t{1} << i);
        } else {
          present_ |= uint32_t{1} << i;
          values_[i] = field.value;
        }
        break;
      }
    }
  }

  bool Has(size_t i) const { return (present_ >> i & 1) != 0; }
  // REQUIRES: Has(i).
  simdjson::dom::element operator[](size_t i) const { return values_[i]; }

 private:
  static_assert(kMaxStructureMembers <= 32);
  uint32_t present_ = 0;
  std::array<simdjson::dom::element, kMaxStructureMembers> values_;
};

}  // namespace stator

#endif  // STATOR_API_STRUCTURE_VIEW_H_
