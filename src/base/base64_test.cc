#include "base/base64.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"

namespace stator {
namespace {

Base64Check Check(std::string_view text) {
  std::string out = "before";
  const Base64Check check = AppendBase64Decoded(text, &out);
  EXPECT_TRUE(check || out == "before") << text;
  return check;
}

TEST(Base64, KnownForms) {
  EXPECT_EQ(Base64Encode(""), "");
  EXPECT_EQ(Base64Encode("f"), "Zg==");
  EXPECT_EQ(Base64Encode("fo"), "Zm8=");
  EXPECT_EQ(Base64Encode("foo"), "Zm9v");
  EXPECT_EQ(Base64Encode("foob"), "Zm9vYg==");
  EXPECT_EQ(Base64Encode("\xFF\xEF\xBE"), "/+++");
}

TEST(Base64, RoundTrip) {
  SeededRandom random(1);
  for (size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random.Next());
    std::string decoded = "before";
    ASSERT_TRUE(AppendBase64Decoded(Base64Encode(bytes), &decoded));
    ASSERT_EQ(decoded, "before" + bytes);
  }
}

TEST(Base64, Faults) {
  EXPECT_EQ(Check("23456").fault, Base64Fault::kLength);
  EXPECT_EQ(Check("=").fault, Base64Fault::kLength);
  EXPECT_EQ(Check("+/+=").fault, Base64Fault::kNotCanonical);
  EXPECT_EQ(Check("=+/=").fault, Base64Fault::kNotCanonical);  // before the bad first character
  EXPECT_EQ(Check("Zh==").fault, Base64Fault::kNotCanonical);
  EXPECT_EQ(Check("Zm9=").fault, Base64Fault::kNotCanonical);
  EXPECT_EQ(Check("Zm9*").fault, Base64Fault::kCharacter);
  EXPECT_EQ(Check("Zm9*").position, 3u);
  EXPECT_EQ(Check("====").fault, Base64Fault::kCharacter);
  EXPECT_EQ(Check("Z===").fault, Base64Fault::kCharacter);
  EXPECT_EQ(Check("Zg==Zg==").fault, Base64Fault::kCharacter);
  EXPECT_EQ(Check("Zg==Zg==").position, 2u);
  EXPECT_EQ(Check("Zm 9").fault, Base64Fault::kCharacter);
  EXPECT_EQ(Check("Zm-_").fault, Base64Fault::kCharacter);  // the URL alphabet is another one
  EXPECT_EQ(Check("\xFF\xFF\xFF\xFF").fault, Base64Fault::kCharacter);
}

}  // namespace
}  // namespace stator
