#include "base/stream_compress.h"

#include <zlib.h>

namespace stator {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // zlib's way to say gzip
constexpr int kMemoryLevel = 8;           // zlib's own choice
constexpr size_t kPieceBytes = size_t{64} << 10;

}  // namespace

GzipStream::GzipStream() : stream_(std::make_unique<z_stream>()) {
  deflateInit2(stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
               Z_DEFAULT_STRATEGY);
}

GzipStream::~GzipStream() { deflateEnd(stream_.get()); }

void GzipStream::Add(std::string_view text, std::string* out) { Run(text, Z_NO_FLUSH, out); }

void GzipStream::Finish(std::string* out) { Run({}, Z_FINISH, out); }

void GzipStream::Run(std::string_view text, int flush, std::string* out) {
  // zlib does not write to its input.
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream_->avail_in = static_cast<uInt>(text.size());
  char piece[kPieceBytes];
  do {
    stream_->next_out = reinterpret_cast<Bytef*>(piece);
    stream_->avail_out = sizeof(piece);
    deflate(stream_.get(), flush);
    out->append(piece, sizeof(piece) - stream_->avail_out);
  } while (stream_->avail_out == 0);
}

}  // namespace stator
