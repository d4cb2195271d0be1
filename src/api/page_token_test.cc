#include "api/page_token.h"

#include <gtest/gtest.h>

#include "api/patterns.h"

namespace stator {
namespace {

TEST(PageToken, RoundTrip) {
  for (const char* const id : {"01695353076000-a1b2c3d4", ""}) {
    const std::string token = PageTokenOf(id);
    EXPECT_TRUE(patterns::ImportToken(token));
    EXPECT_GE(token.size(), 112u);
    EXPECT_EQ(IdOfPageToken(token), id);
  }
  EXPECT_EQ(IdOfPageToken("0123456789abcdef"), std::nullopt);
}

}  // namespace
}  // namespace stator
