// What values count for against the item size limit, capacity units and table sizes: to the byte
// what the service counts (facts 2.5). Bytes. For numbers see Decimal::SizeInBytes.
#ifndef STATOR_MODEL_ITEM_SIZE_H_
#define STATOR_MODEL_ITEM_SIZE_H_

#include <cstddef>

#include "model/attribute_value.h"

namespace stator {

size_t SizeOf(const AttributeValue& value);
// Names and values. (A map nested in an item is SizeOf(AttributeValue::M), which counts more.)
size_t SizeOf(const AttributeMap& item);

// The levels of nesting, the value itself included: 1 for a scalar, a set, an empty list or map
// (facts 2.6).
int NestingLevels(const AttributeValue& value);

}  // namespace stator

#endif  // STATOR_MODEL_ITEM_SIZE_H_
