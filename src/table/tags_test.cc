#include "table/tags.h"

#include <gtest/gtest.h>

namespace stator {
namespace {

std::string ErrorOf(ApiResult<Tags> result) {
  if (result) return "no error";
  EXPECT_EQ(result.error().type, ErrorType::kValidation);
  return result.error().message.value_or("no message");
}

std::string Repeated(std::string_view text, size_t count) {
  std::string result;
  for (size_t i = 0; i < count; ++i) result += text;
  return result;
}

TEST(AddTags, AddsAndOverwrites) {
  const Tags tags = AddTags({{"a", "1"}, {"b", "2"}}, {{"b", "3"}, {"c d+-=._:/@9", ""}}).value();
  EXPECT_EQ(tags, (Tags{{"a", "1"}, {"b", "3"}, {"c d+-=._:/@9", ""}}));
}

TEST(AddTags, LimitsAreInCharacters) {
  EXPECT_TRUE(AddTags({}, {{Repeated("é", 128), Repeated("é", 256)}}));
  EXPECT_EQ(ErrorOf(AddTags({}, {{Repeated("k", 129), ""}})),
            "The Tag Key provided is invalid, Key: " + Repeated("k", 129));
  EXPECT_EQ(ErrorOf(AddTags({}, {{"k", Repeated("v", 257)}})),
            "The Tag Value provided is invalid, Value: " + Repeated("v", 257));
}

TEST(AddTags, Texts) {
  EXPECT_EQ(ErrorOf(AddTags({}, {{"", "v"}})), "The Tag Key provided is invalid, Key: ");
  EXPECT_EQ(ErrorOf(AddTags({}, {{"a#b", "v"}})), "The Tag Key provided is invalid, Key: a#b");
  EXPECT_EQ(ErrorOf(AddTags({}, {{"a", "v;"}})), "The Tag Value provided is invalid, Value: v;");
  EXPECT_EQ(ErrorOf(AddTags({}, {{"aws:x", "v"}})),
            "Tag Key cannot be prefixed with aws:, Key: aws:x");
  EXPECT_EQ(ErrorOf(AddTags({}, {{"AWS:x", "v"}})),
            "Tag Key cannot be prefixed with aws:, Key: AWS:x");
  EXPECT_EQ(ErrorOf(AddTags({}, {{"k", "1"}, {"k", "2"}})),
            "Duplicate Tag Keys provided as input: Duplicate Tag Key found k");
}

TEST(AddTags, FiftyAtMostOverAll) {
  Tags tags;
  for (int i = 0; i < 50; ++i) tags["k" + std::to_string(i)] = "v";
  EXPECT_TRUE(AddTags(tags, {{"k0", "w"}}));
  EXPECT_EQ(ErrorOf(AddTags(tags, {{"new", "v"}})),
            "Number of Tags exceed the current limit for the provided ResourceArn");
}

}  // namespace
}  // namespace stator
