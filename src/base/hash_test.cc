#include "base/hash.h"

#include <gtest/gtest.h>

namespace stator {
namespace {

// Stored keys contain these values: they must be the same in every version and on every machine.
TEST(Hash, GoldenValues) {
  EXPECT_EQ(StableHash64(""), 0x2D06800538D394C2u);
  EXPECT_EQ(StableHash64("a"), 0xE6C632B61E964E1Fu);
  EXPECT_EQ(StableHash64("abc"), 0x78AF5F94892F3950u);
}

}  // namespace
}  // namespace stator
