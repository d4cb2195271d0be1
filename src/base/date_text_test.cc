#include "base/date_text.h"

#include <gtest/gtest.h>

namespace stator {
namespace {

TEST(DateText, BothForms) {
  EXPECT_EQ(ParseIsoBasic("20130609T100015Z"), 1370772015);
  EXPECT_EQ(FormatIsoBasic(1370772015), "20130609T100015Z");
  EXPECT_EQ(ParseHttpDate("Sun, 09 Jun 2013 10:00:15 GMT"), 1370772015);
  EXPECT_EQ(FormatHttpDate(1370772015), "Sun, 09 Jun 2013 10:00:15 GMT");
  EXPECT_EQ(FormatHttpDate(0), "Thu, 01 Jan 1970 00:00:00 GMT");
  EXPECT_EQ(ParseIsoBasic("20240229T235959Z"), 1709251199);
}

TEST(DateText, RoundTrip) {
  for (int64_t t = 0; t < 4'000'000'000; t += 86'399 * 97) {
    EXPECT_EQ(ParseIsoBasic(FormatIsoBasic(t)), t);
    EXPECT_EQ(ParseHttpDate(FormatHttpDate(t)), t);
  }
}

TEST(DateText, OtherForms) {
  EXPECT_EQ(FormatIsoExtended(1370772015), "2013-06-09T10:00:15");
  EXPECT_EQ(FormatIsoMillis(1370772015007), "2013-06-09T10:00:15.007");
  EXPECT_EQ(FormatJavaDate(1370772015), "Sun Jun 09 10:00:15 UTC 2013");
}

TEST(DateText, NotDates) {
  for (const char* text :
       {"", "201", "20130609", "20130609T100015", "20130609T100015z", "2013060aT100015Z",
        "20130631T100015Z", "20230229T000000Z", "20130609T240000Z", "20130609T106015Z",
        "20130609T100060Z", "20130009T100015Z", "+0130609T100015Z"}) {
    EXPECT_FALSE(ParseIsoBasic(text)) << text;
  }
  for (const char* text : {"", "Sun, 09 Jun 2013 10:00:15", "Sun, 09 unJ 2013 10:00:15 GMT",
                           "Sun, 9 Jun 2013 10:00:15 GMT ", "Sun, 09 Jun 2013 10:00:15 UTC"}) {
    EXPECT_FALSE(ParseHttpDate(text)) << text;
  }
}

}  // namespace
}  // namespace stator
