#include "server/step_progress.h"

#include <gtest/gtest.h>

#include "server/size_text.h"

namespace stator {
namespace {

TEST(StepProgress, Bar) {
  EXPECT_EQ(BarText(0), "[..............................]   0%");
  EXPECT_EQ(BarText(0.5, "7 items"), "[###############...............]  50%  7 items");
  EXPECT_EQ(BarText(7), "[##############################] 100%");
}

TEST(SizeText, Units) {
  EXPECT_EQ(SizeText(0), "0 bytes");
  EXPECT_EQ(SizeText(1023), "1023 bytes");
  EXPECT_EQ(SizeText(1536), "1.5 KiB");
  EXPECT_EQ(SizeText(uint64_t{12} << 30), "12.0 GiB");
  EXPECT_EQ(SizeText(uint64_t{5000} << 40), "5000.0 TiB");
  EXPECT_EQ(CountText(1, "entry", "entries"), "1 entry");
  EXPECT_EQ(CountText(0, "entry", "entries"), "0 entries");
}

}  // namespace
}  // namespace stator
