// Items as stored: a compact binary form, from which JSON is written without a tree in between. The
// form is described in docs/format.md ("Items"); equal items have equal bytes.
//
// All readers are safe on arbitrary bytes: what is not the encoding of an item is kCorruption.
// Readers that do not read everything find only the faults on their way. That text is UTF-8 is not
// checked again.
#ifndef STATOR_MODEL_ITEM_CODEC_H_
#define STATOR_MODEL_ITEM_CODEC_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/result.h"
#include "model/attribute_value.h"

namespace stator {

// The first byte of every stored item. kUnsupported if a reader meets another.
inline constexpr unsigned char kItemFormatVersion = 1;

// More than the service's limit of 32, so that an item that slipped past that check stays readable.
inline constexpr int kMaxStoredNestingLevels = 64;

// Appends. REQUIRES: at most kMaxStoredNestingLevels levels (model/item_size.h).
void EncodeItem(const Item& item, std::string* out);

// As EncodeItem of the item with its wanted attributes alone; returns the SizeOf that.
size_t EncodePartOfItem(const Item& item, FunctionRef<bool(std::string_view name)> wanted,
                        std::string* out);

Result<Item> DecodeItem(std::string_view encoded);

// Appends {"name":{"S":"x"},...}, the same bytes as AppendJson(*DecodeItem(encoded)). On an error
// *out is as before.
Result<void> AppendItemJson(std::string_view encoded, std::string* out);

// SizeOf(item) at the time it was encoded, read from the header.
Result<size_t> EncodedItemSize(std::string_view encoded);

// One top-level attribute, nullopt if there is none of that name.
Result<std::optional<AttributeValue>> FindInEncoded(std::string_view encoded,
                                                    std::string_view top_level_name);

}  // namespace stator

#endif  // STATOR_MODEL_ITEM_CODEC_H_
