#include "http_reader.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace stator::bench {
namespace {

// Gives `text` byte by byte; the answer must come with the last one and no sooner.
HttpAnswer ReadSlowly(HttpReader* reader, const std::string& text) {
  for (size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(reader->Read(std::string_view(text).substr(0, length))) << length;
  }
  auto answer = reader->Read(text);
  EXPECT_TRUE(answer);
  return answer.value_or(HttpAnswer{});
}

TEST(HttpReaderTest, ContentLength) {
  HttpReader reader;
  const std::string text = "HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\nX: y\r\n\r\nhello";
  const HttpAnswer answer = ReadSlowly(&reader, text);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello");
  EXPECT_FALSE(answer.close);
  EXPECT_EQ(reader.expected(), text.size());
}

TEST(HttpReaderTest, OneAfterAnother) {
  HttpReader reader;
  ReadSlowly(&reader, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab");
  reader.Next();
  const std::string text = "HTTP/1.1 400 Bad\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  const HttpAnswer answer = ReadSlowly(&reader, text);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body, "");
  EXPECT_TRUE(answer.close);
}

TEST(HttpReaderTest, Chunks) {
  HttpReader reader;
  const std::string text =
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
      "chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
  EXPECT_EQ(ReadSlowly(&reader, text).body, "abc0123456789");
  reader.Next();
  EXPECT_EQ(ReadSlowly(&reader, text).body, "abc0123456789");
}

TEST(HttpReaderTest, WhatIsNoAnswer) {
  EXPECT_THROW(HttpReader().Read("HTTP/1.0 200 OK\r\n\r\n"), std::runtime_error);
  EXPECT_THROW(HttpReader().Read("HTTP/1.1 200 OK\r\n\r\n"), std::runtime_error);
  EXPECT_THROW(HttpReader().Read("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
               std::runtime_error);
}

}  // namespace
}  // namespace stator::bench
