#include "base/stream_compress.h"

#include <gtest/gtest.h>

#include "base/compress.h"
#include "base/random.h"

namespace stator {
namespace {

TEST(GzipStream, WhatIsCompressedIsReadHoweverItWasCut) {
  SeededRandom random(7);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{1000}, size_t{1} << 20}) {
    std::string text;
    for (size_t i = 0; i < size; ++i) text.push_back(static_cast<char>(random.Uniform(40)));
    std::string whole;
    GzipStream at_once;
    at_once.Add(text, &whole);
    at_once.Finish(&whole);
    EXPECT_EQ(*Decompress(ContentCoding::kGzip, whole, size + 1), text);

    std::string pieces;
    GzipStream stream;
    for (size_t at = 0; at < size;) {
      const size_t piece = std::min<size_t>(1 + random.Uniform(100'000), size - at);
      stream.Add(std::string_view(text).substr(at, piece), &pieces);
      at += piece;
    }
    stream.Finish(&pieces);
    EXPECT_EQ(pieces, whole);
  }
}

}  // namespace
}  // namespace stator
