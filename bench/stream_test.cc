#include "stream.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace stator::bench {
namespace {

TEST(StreamTest, EveryProperty) {
  const Stream stream = ParseStream(
      "get:9,put connections=3 rate=1500.5 zipf=0.99 first=10 count=20 name=x table=t items=100 "
      "item-bytes=40KiB indexes=2",
      Stream());
  ASSERT_EQ(stream.mix.size(), 2u);
  EXPECT_EQ(stream.mix[0].operation, Operation::kGet);
  EXPECT_EQ(stream.mix[0].weight, 9);
  EXPECT_EQ(stream.mix[1].operation, Operation::kPut);
  EXPECT_EQ(stream.mix[1].weight, 1);
  EXPECT_EQ(stream.connections, 3);
  EXPECT_EQ(stream.rate, 1500.5);
  EXPECT_EQ(stream.zipf, 0.99);
  EXPECT_EQ(stream.first, 10u);
  EXPECT_EQ(stream.count, 20u);
  EXPECT_EQ(stream.name, "x");
  EXPECT_EQ(stream.table.name, "t");
  EXPECT_EQ(stream.table.items, 100u);
  EXPECT_EQ(stream.table.item_bytes, 40u << 10);
  EXPECT_EQ(stream.table.indexes, 2);
}

TEST(StreamTest, TheRestIsTheBase) {
  Stream base;
  base.connections = 7;
  base.table.items = 50;
  const Stream stream = ParseStream("scan first=40", base);
  EXPECT_EQ(stream.connections, 7);
  EXPECT_EQ(stream.count, 10u);
  EXPECT_EQ(stream.name, "scan");
}

TEST(StreamTest, WhatIsWrong) {
  for (const char* text :
       {"", "fly", "get:x", "get connections", "get speed=1", "get rate=-1", "get connections=0",
        "get items=10 first=10", "get items=10 count=11", "get item-bytes=1GB"}) {
    EXPECT_THROW(ParseStream(text, Stream()), std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace stator::bench
