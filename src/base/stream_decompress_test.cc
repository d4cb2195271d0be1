#include "base/stream_decompress.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <string>

#include "base/compress.h"

namespace stator {
namespace {

std::string ZstdOf(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

struct Outcome {
  std::string text;
  bool ok = true;
};

Outcome Read(StreamCoding coding, std::string_view bytes, size_t piece) {
  Outcome outcome;
  const auto stream = StreamDecompressor::Create(coding);
  for (size_t i = 0; i < bytes.size() && outcome.ok; i += piece) {
    outcome.ok = stream
                     ->Feed(bytes.substr(i, piece),
                            [&](std::string_view text) {
                              outcome.text += text;
                              return true;
                            })
                     .has_value();
  }
  outcome.ok = outcome.ok && stream->End();
  return outcome;
}

TEST(StreamDecompress, InPieces) {
  std::string text;
  for (int i = 0; i < 200'000; ++i) text += std::to_string(i * 7919 % 1000);
  const std::string more = "and more";
  const std::pair<StreamCoding, std::string> kStreams[] = {
      {StreamCoding::kNone, text + more},
      {StreamCoding::kGzip,
       Compress(ContentCoding::kGzip, text) + Compress(ContentCoding::kGzip, more)},
      {StreamCoding::kZstd, ZstdOf(text) + ZstdOf(more)}};
  for (const auto& [coding, bytes] : kStreams) {
    for (const size_t piece : {size_t{1000}, size_t{65536}, bytes.size()}) {
      const Outcome read = Read(coding, bytes, piece);
      EXPECT_TRUE(read.ok);
      EXPECT_EQ(read.text.size(), text.size() + more.size());
      EXPECT_TRUE(read.text == text + more);
    }
  }
}

TEST(StreamDecompress, WhatIsBrokenOrCutShort) {
  const std::string gzip = Compress(ContentCoding::kGzip, std::string(1000, 'x'));
  const std::string zstd = ZstdOf(std::string(1000, 'x'));
  EXPECT_FALSE(Read(StreamCoding::kGzip, gzip.substr(0, gzip.size() - 1), 7).ok);
  EXPECT_FALSE(Read(StreamCoding::kZstd, zstd.substr(0, zstd.size() - 1), 7).ok);
  EXPECT_FALSE(Read(StreamCoding::kGzip, "plain text", 100).ok);
  EXPECT_FALSE(Read(StreamCoding::kZstd, "plain text", 100).ok);
  EXPECT_TRUE(Read(StreamCoding::kGzip, "", 100).ok);
}

}  // namespace
}  // namespace stator
