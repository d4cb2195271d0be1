#include "base/stream_decompress.h"

#include <zlib.h>
#include <zstd.h>

#include <string>

namespace stator {
namespace {

constexpr size_t kPieceBytes = size_t{256} << 10;
constexpr int kGzipWindowBits = 15 + 16;  // zlib's way to say gzip
// As `zstd` itself, without --long: 128 MiB of memory for one stream.
constexpr int kMaxZstdWindowLog = 27;

Unexpected<Status> Broken(const char* coding) {
  return Fail(StatusCode::kInvalidArgument, std::string("The data is not valid ") + coding);
}
Unexpected<Status> CutShort(const char* coding) {
  return Fail(StatusCode::kInvalidArgument,
              std::string("The data ends within a stream of ") + coding);
}

class Plain final : public StreamDecompressor {
 public:
  Result<void> Feed(std::string_view bytes, FunctionRef<bool(std::string_view)> take) override {
    take(bytes);
    return {};
  }
  Result<void> End() const override { return {}; }
};

class Gzip final : public StreamDecompressor {
 public:
  Gzip() { inflateInit2(&stream_, kGzipWindowBits); }
  ~Gzip() override { inflateEnd(&stream_); }

  Result<void> Feed(std::string_view bytes, FunctionRef<bool(std::string_view)> take) override {
    // zlib does not write to its input.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    bool full = false;
    while (stream_.avail_in > 0 || full) {
      if (!within_ && stream_.avail_in > 0) {
        inflateReset(&stream_);
        within_ = true;
      }
      stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
      stream_.avail_out = static_cast<uInt>(piece_.size());
      const int code = inflate(&stream_, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return Broken("gzip");
      const size_t size = piece_.size() - stream_.avail_out;
      if (size > 0 && !take({piece_.data(), size})) return {};
      if (code == Z_STREAM_END) within_ = false;
      full = within_ && stream_.avail_out == 0;
    }
    return {};
  }
  Result<void> End() const override {
    if (within_) return CutShort("gzip");
    return {};
  }

 private:
  z_stream stream_ = {};
  bool within_ = false;  // a member
  std::string piece_ = std::string(kPieceBytes, '\0');
};

class Zstd final : public StreamDecompressor {
 public:
  Zstd() { ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kMaxZstdWindowLog); }
  ~Zstd() override { ZSTD_freeDCtx(context_); }

  Result<void> Feed(std::string_view bytes, FunctionRef<bool(std::string_view)> take) override {
    ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
    bool full = false;
    while (in.pos < in.size || full) {
      ZSTD_outBuffer out{piece_.data(), piece_.size(), 0};
      const size_t left = ZSTD_decompressStream(context_, &out, &in);
      if (ZSTD_isError(left)) return Broken("zstd");
      within_ = left != 0;
      if (out.pos > 0 && !take({piece_.data(), out.pos})) return {};
      full = within_ && out.pos == out.size;
    }
    return {};
  }
  Result<void> End() const override {
    if (within_) return CutShort("zstd");
    return {};
  }

 private:
  ZSTD_DCtx* const context_ = ZSTD_createDCtx();
  bool within_ = false;  // a frame
  std::string piece_ = std::string(kPieceBytes, '\0');
};

}  // namespace

std::unique_ptr<StreamDecompressor> StreamDecompressor::Create(StreamCoding coding) {
  switch (coding) {
    case StreamCoding::kGzip:
      return std::make_unique<Gzip>();
    case StreamCoding::kZstd:
      return std::make_unique<Zstd>();
    case StreamCoding::kNone:
      break;
  }
  return std::make_unique<Plain>();
}

}  // namespace stator
