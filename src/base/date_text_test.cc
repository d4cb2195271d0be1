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

TEST(Rfc3339, ToTheSecond) {
  EXPECT_EQ(ParseRfc3339("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(ParseRfc3339("2013-06-09T10:00:15Z"), 1370772015);
  EXPECT_EQ(ParseRfc3339("2013-06-09T12:30:15+02:30"), 1370772015);
  EXPECT_EQ(ParseRfc3339("2013-06-09T00:00:15-10:00"), 1370772015);
  for (const char* text :
       {"", "latest", "2013-06-09", "2013-06-09T10:00:15", "2013-06-09 10:00:15Z",
        "2013-06-09T10:00:15.5Z", "2013-06-09T10:00:15+0200", "2013-06-09T10:00:15+24:00",
        "2013-02-30T10:00:15Z", "2013-06-09T24:00:15Z", "2013-06-09T10:00:15Zz",
        "2013-06-09T10:00:15z"}) {
    EXPECT_FALSE(ParseRfc3339(text)) << text;
  }
}

}  // namespace
}  // namespace stator
