#include "table/image_difference.h"

#include <algorithm>
#include <cstring>

namespace stator {
namespace {

// Of an item: version, size and number of entries, of which the size changes with any entry.
size_t HeaderSize(std::string_view image) {
  ByteReader in(image);
  uint8_t version = 0;
  uint64_t size = 0, entries = 0;
  if (!in.ReadU8(&version) || !in.ReadVarint(&size) || !in.ReadVarint(&entries)) return 0;
  return image.size() - in.remaining();
}

bool EqualWords(const char* a, const char* b) { return std::memcmp(a, b, 8) == 0; }

size_t SameAtFront(std::string_view a, std::string_view b) {
  const size_t most = std::min(a.size(), b.size());
  size_t n = 0;
  while (n + 8 <= most && EqualWords(a.data() + n, b.data() + n)) n += 8;
  while (n < most && a[n] == b[n]) ++n;
  return n;
}

size_t SameAtBack(std::string_view a, std::string_view b) {
  const size_t most = std::min(a.size(), b.size());
  size_t n = 0;
  while (n + 8 <= most && EqualWords(a.data() + a.size() - n - 8, b.data() + b.size() - n - 8)) {
    n += 8;
  }
  while (n < most && a[a.size() - n - 1] == b[b.size() - n - 1]) ++n;
  return n;
}

}  // namespace

ImageDifference DifferenceOf(std::string_view image, std::string_view other) {
  ImageDifference difference;
  difference.header = image.substr(0, HeaderSize(image));
  image.remove_prefix(difference.header.size());
  other.remove_prefix(HeaderSize(other));
  difference.front = SameAtFront(image, other);
  image.remove_prefix(difference.front);
  other.remove_prefix(difference.front);
  difference.back = SameAtBack(image, other);
  difference.middle = image.substr(0, image.size() - difference.back);
  return difference;
}

std::optional<std::string> ApplyDifference(const ImageDifference& difference,
                                           std::string_view other) {
  other.remove_prefix(HeaderSize(other));
  if (difference.front > other.size() || difference.back > other.size() - difference.front) {
    return std::nullopt;
  }
  std::string image;
  image.reserve(difference.header.size() + difference.front + difference.middle.size() +
                difference.back);
  image.append(difference.header)
      .append(other.substr(0, difference.front))
      .append(difference.middle)
      .append(other.substr(other.size() - difference.back));
  return image;
}

void AppendDifference(const ImageDifference& difference, std::string* out) {
  AppendLengthPrefixed(difference.header, out);
  AppendVarint(difference.front, out);
  AppendLengthPrefixed(difference.middle, out);
  AppendVarint(difference.back, out);
}

bool ReadDifference(ByteReader* in, ImageDifference* difference) {
  return in->ReadLengthPrefixed(&difference->header) && in->ReadVarint(&difference->front) &&
         in->ReadLengthPrefixed(&difference->middle) && in->ReadVarint(&difference->back);
}

}  // namespace stator
