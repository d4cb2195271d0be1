#include "base/compress.h"

#include <libdeflate.h>

#include <algorithm>
#include <memory>

namespace stator {
namespace {

// Answers are compressed while a client waits: a fast level.
constexpr int kLevel = 3;

struct FreeCompressor {
  void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
};
struct FreeDecompressor {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};

libdeflate_compressor* ThreadCompressor() {
  thread_local const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(
      libdeflate_alloc_compressor(kLevel));
  return compressor.get();
}

libdeflate_decompressor* ThreadDecompressor() {
  thread_local const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  return decompressor.get();
}

struct Step {
  libdeflate_result result;
  size_t consumed = 0;
  size_t produced = 0;
};

// One gzip member or one zlib stream from the front of `in`.
Step DecompressOne(ContentCoding coding, std::string_view in, char* out, size_t room) {
  Step step;
  auto* decompressor = ThreadDecompressor();
  step.result = coding == ContentCoding::kGzip
                    ? libdeflate_gzip_decompress_ex(decompressor, in.data(), in.size(), out, room,
                                                    &step.consumed, &step.produced)
                    : libdeflate_zlib_decompress_ex(decompressor, in.data(), in.size(), out, room,
                                                    &step.consumed, &step.produced);
  return step;
}

}  // namespace

std::string_view NameOf(ContentCoding coding) {
  return coding == ContentCoding::kGzip ? "gzip" : "deflate";
}

std::string Compress(ContentCoding coding, std::string_view bytes) {
  auto* compressor = ThreadCompressor();
  std::string out;
  if (coding == ContentCoding::kGzip) {
    out.resize(libdeflate_gzip_compress_bound(compressor, bytes.size()));
    out.resize(
        libdeflate_gzip_compress(compressor, bytes.data(), bytes.size(), out.data(), out.size()));
  } else {
    out.resize(libdeflate_zlib_compress_bound(compressor, bytes.size()));
    out.resize(
        libdeflate_zlib_compress(compressor, bytes.data(), bytes.size(), out.data(), out.size()));
  }
  out.shrink_to_fit();  // the bound is that of bytes that do not compress
  return out;
}

Result<std::string> Decompress(ContentCoding coding, std::string_view bytes, size_t max_size,
                               size_t tail_room) {
  std::string out;
  size_t produced = 0;
  out.resize(std::min(max_size, std::max<size_t>(4096, bytes.size() * 4)));
  do {
    const Step step = DecompressOne(coding, bytes, out.data() + produced, out.size() - produced);
    if (step.result == LIBDEFLATE_INSUFFICIENT_SPACE) {
      if (out.size() >= max_size) {
        return Fail(StatusCode::kOverloaded, "the plain bytes are over the limit");
      }
      out.resize(std::min(max_size, out.size() * 2));
      continue;
    }
    if (step.result != LIBDEFLATE_SUCCESS) {
      return Fail(StatusCode::kInvalidArgument, "not valid " + std::string(NameOf(coding)));
    }
    produced += step.produced;
    bytes.remove_prefix(step.consumed);
    if (coding == ContentCoding::kDeflate) {
      if (!bytes.empty())
        return Fail(StatusCode::kInvalidArgument, "bytes after the end of the stream");
      break;
    }
  } while (!bytes.empty());
  out.resize(produced);
  out.reserve(produced + tail_room);
  return out;
}

}  // namespace stator
