// An image of an item as what differs from another one: an update changes few attributes of many,
// and items are stored in the order of their names, so that two images of one item mostly begin and
// end alike. Part of the on-disk format (docs/format.md, "Change records").
#ifndef STATOR_TABLE_IMAGE_DIFFERENCE_H_
#define STATOR_TABLE_IMAGE_DIFFERENCE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace stator {

// Views into the image. An image is its header (item_codec.h), so many bytes of what follows the
// other one's header, the middle, and so many bytes of the other one's end.
struct ImageDifference {
  std::string_view header;
  uint64_t front = 0;
  std::string_view middle;
  uint64_t back = 0;
};

// Right for any bytes, short for images of one item.
ImageDifference DifferenceOf(std::string_view image, std::string_view other);
// nullopt if it is not one from that image.
std::optional<std::string> ApplyDifference(const ImageDifference& difference,
                                           std::string_view other);

void AppendDifference(const ImageDifference& difference, std::string* out);
[[nodiscard]] bool ReadDifference(ByteReader* in, ImageDifference* difference);

}  // namespace stator

#endif  // STATOR_TABLE_IMAGE_DIFFERENCE_H_
