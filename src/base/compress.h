// The two content codings of HTTP that DynamoDB speaks (facts 1.2).
//
// Thread-safe: each thread keeps one compressor and one decompressor of its own.
#ifndef STATOR_BASE_COMPRESS_H_
#define STATOR_BASE_COMPRESS_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stator {

enum class ContentCoding {
  kGzip,     // RFC 1952
  kDeflate,  // zlib, RFC 1950
};

// "gzip" or "deflate".
std::string_view NameOf(ContentCoding coding);

std::string Compress(ContentCoding coding, std::string_view bytes);

// The plain bytes. gzip may consist of several members; anything left over is an error. The
// result's capacity exceeds its size by at least `tail_room`.
//
// Errors: kInvalidArgument if `bytes` is empty, broken or cut short; kOverloaded if the plain bytes
// are more than `max_size`.
Result<std::string> Decompress(ContentCoding coding, std::string_view bytes, size_t max_size,
                               size_t tail_room = 0);

}  // namespace stator

#endif  // STATOR_BASE_COMPRESS_H_
