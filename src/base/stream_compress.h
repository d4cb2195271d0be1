// Compression of what is larger than memory; base/compress.h is for what fits.
#ifndef STATOR_BASE_STREAM_COMPRESS_H_
#define STATOR_BASE_STREAM_COMPRESS_H_

#include <memory>
#include <string>
#include <string_view>

struct z_stream_s;

namespace stator {

// One member of gzip (RFC 1952), without a time: equal texts have equal bytes, however they are
// cut. Not thread-safe.
class GzipStream {
 public:
  GzipStream();
  ~GzipStream();

  // Appends what is ready of the compressed text to *out.
  void Add(std::string_view text, std::string* out);
  // The rest. To be called once, last.
  void Finish(std::string* out);

 private:
  void Run(std::string_view text, int flush, std::string* out);

  const std::unique_ptr<z_stream_s> stream_;
};

}  // namespace stator

#endif  // STATOR_BASE_STREAM_COMPRESS_H_
