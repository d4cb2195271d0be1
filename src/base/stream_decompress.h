// Decompression of what comes in pieces and is larger than memory; base/compress.h is for what
// fits.
#ifndef STATOR_BASE_STREAM_DECOMPRESS_H_
#define STATOR_BASE_STREAM_DECOMPRESS_H_

#include <memory>
#include <string_view>

#include "base/function_ref.h"
#include "base/result.h"

namespace stator {

enum class StreamCoding {
  kNone,
  kGzip,  // RFC 1952; several members are one text
  kZstd,  // RFC 8878; several frames, too
};

// Not thread-safe.
class StreamDecompressor {
 public:
  static std::unique_ptr<StreamDecompressor> Create(StreamCoding coding);
  virtual ~StreamDecompressor() = default;

  // Hands the plain bytes to `take`, in pieces of at most a few hundred KB but for kNone, until it
  // returns false. Errors: kInvalidArgument, of bytes that are no such stream; after one it is of
  // no more use.
  virtual Result<void> Feed(std::string_view bytes, FunctionRef<bool(std::string_view)> take) = 0;
  // kInvalidArgument: the stream was cut short.
  virtual Result<void> End() const = 0;
};

}  // namespace stator

#endif  // STATOR_BASE_STREAM_DECOMPRESS_H_
