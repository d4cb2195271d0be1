#include "table/image_difference.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "model/item_codec.h"

namespace stator {
namespace {

std::string Encoded(const Item& item) {
  std::string bytes;
  EncodeItem(item, &bytes);
  return bytes;
}

std::string Written(std::string_view image, std::string_view other) {
  std::string bytes;
  AppendDifference(DifferenceOf(image, other), &bytes);
  return bytes;
}

std::optional<std::string> Rebuilt(std::string_view written, std::string_view other) {
  ByteReader in(written);
  ImageDifference difference;
  if (!ReadDifference(&in, &difference) || !in.empty()) return std::nullopt;
  return ApplyDifference(difference, other);
}

void ExpectRebuilt(const std::string& image, const std::string& other) {
  EXPECT_EQ(Rebuilt(Written(image, other), other), image);
}

Item Order(const std::string& status) {
  Item item;
  item.Set("address", AttributeValue::S(std::string(300, 'a')));
  item.Set("status", AttributeValue::S(status));
  item.Set("total", AttributeValue::S(std::string(300, 't')));
  return item;
}

TEST(ImageDifferenceTest, IsShortIfOneAttributeChanged) {
  const std::string old_image = Encoded(Order("PENDING")), new_image = Encoded(Order("DELIVERED"));
  ExpectRebuilt(old_image, new_image);
  EXPECT_LE(Written(old_image, new_image).size(), 24u);
}

TEST(ImageDifferenceTest, IsShortIfAnAttributeCameOrWent) {
  Item more = Order("PENDING");
  more.Set("note", AttributeValue::S("by the door"));
  const std::string with = Encoded(more), without = Encoded(Order("PENDING"));
  ExpectRebuilt(with, without);
  ExpectRebuilt(without, with);
  EXPECT_LE(Written(with, without).size(), 40u);
  EXPECT_LE(Written(without, with).size(), 12u);
}

TEST(ImageDifferenceTest, IsRightForAnyBytes) {
  const std::string image = Encoded(Order("PENDING"));
  for (const std::string& other : {std::string(), std::string("x"), std::string(3, '\x01'),
                                   std::string(1000, '\xff'), image, image + image}) {
    ExpectRebuilt(image, other);
    ExpectRebuilt(other, image);
    ExpectRebuilt(other, other);
  }
  SeededRandom random(20261130);
  const auto any = [&] {
    std::string bytes(random.Uniform(40), '\0');
    for (char& c : bytes) c = static_cast<char>(random.Uniform(3));
    return bytes;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = any(), b = any();
    ASSERT_EQ(Rebuilt(Written(a, b), b), a) << i;
  }
}

TEST(ImageDifferenceTest, OfAnotherImageOrOfOtherBytesIsRefused) {
  const std::string old_image = Encoded(Order("PENDING")), new_image = Encoded(Order("DELIVERED"));
  const std::string written = Written(old_image, new_image);
  EXPECT_EQ(Rebuilt(written, new_image.substr(0, 40)), std::nullopt);
  EXPECT_EQ(Rebuilt(written, ""), std::nullopt);
  for (size_t n = 0; n < written.size(); ++n) {
    EXPECT_EQ(Rebuilt(written.substr(0, n), new_image), std::nullopt) << n;
  }
  std::string huge;
  AppendDifference({.header = {}, .front = ~uint64_t{0}, .middle = {}, .back = 2}, &huge);
  EXPECT_EQ(Rebuilt(huge, new_image), std::nullopt);
  huge.clear();
  AppendDifference({.header = {}, .front = 2, .middle = {}, .back = ~uint64_t{0}}, &huge);
  EXPECT_EQ(Rebuilt(huge, new_image), std::nullopt);
}

// Golden bytes (docs/format.md).
TEST(ImageDifferenceTest, Bytes) {
  const std::string written = Written(std::string("\x01\x05\x02"
                                                  "front-OLD-back",
                                                  17),
                                      std::string("\x01\x06\x02"
                                                  "front-NEWER-back",
                                                  19));
  EXPECT_EQ(written, std::string("\x03\x01\x05\x02"
                                 "\x06"
                                 "\x03"
                                 "OLD"
                                 "\x05",
                                 10));
}

}  // namespace
}  // namespace stator
