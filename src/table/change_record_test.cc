#include "table/change_record.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "model/item_codec.h"
#include "storage/test_seed.h"

namespace stator {
namespace {

std::string Encoded(const std::string& status) {
  Item item;
  item.Set("address", AttributeValue::S(std::string(300, 'a')));
  item.Set("status", AttributeValue::S(status));
  std::string bytes;
  EncodeItem(item, &bytes);
  return bytes;
}

ChangeRecord Modification(std::string_view old_image, std::string_view new_image) {
  ChangeRecord record;
  record.had_old = record.has_new = true;
  record.item_key = "12345678key";
  record.old_image = old_image;
  record.new_image = new_image;
  return record;
}

TEST(ChangeRecordTest, BothImagesAreReadAsTheyWere) {
  const std::string old_image = Encoded("PENDING"), new_image = Encoded("DELIVERED");
  const ChangeRecord record = Modification(old_image, new_image);
  const std::string bytes = EncodeChangeRecord(record);
  EXPECT_LT(bytes.size(), new_image.size() + 50);
  auto decoded = DecodeChangeRecord(bytes);
  ASSERT_TRUE(decoded);
  // Also when it is moved, and what it was moved from is gone.
  const ChangeRecord moved = std::exchange(*decoded, {});
  EXPECT_TRUE(moved.had_old && moved.has_new);
  EXPECT_EQ(moved.item_key, record.item_key);
  EXPECT_EQ(moved.old_image, old_image);
  EXPECT_EQ(moved.new_image, new_image);
}

TEST(ChangeRecordTest, AnyPartOfOneIsRefusedOrEndsInTheNewImage) {
  const std::string old_image = Encoded("PENDING"), new_image = Encoded("DELIVERED");
  const ChangeRecord record = Modification(old_image, new_image);
  const std::string bytes = EncodeChangeRecord(record);
  for (size_t n = 0; n < bytes.size() - new_image.size(); ++n) {
    EXPECT_FALSE(DecodeChangeRecord(bytes.substr(0, n))) << n;
  }
}

// What a record names as a part of the old image is that, wherever it is kept.
TEST(ChangeRecordTest, NamesAPartOfTheOldImage) {
  SeededRandom random(TestSeed());
  const std::string key = std::string(13, '\1') + "12345678key";
  int named = 0;
  for (int i = 0; i < 2000; ++i) {
    TableDefinition table;
    EnableStream(random.OneIn(4) ? StreamViewType::kOldImage : StreamViewType::kNewAndOldImages,
                 /*now=*/1, /*earliest=*/1, &table.log);
    const std::string old_image = Encoded(std::string(random.Uniform(200), 'a' + i % 3));
    const std::string new_image = Encoded(std::string(random.Uniform(200), 'a' + i % 5));
    std::optional<std::string_view> new_item;
    if (!random.OneIn(4)) new_item = new_image;
    const Append append = ChangeAppend(table, key, old_image, new_item, Actor::kUser, 3);
    if (!append.former) continue;
    ++named;
    const Append::Former& part = *append.former;
    EXPECT_EQ(part.mutation, 3u);
    ASSERT_LE(part.at + part.length, append.value.size());
    ASSERT_LE(part.from + part.length, old_image.size());
    EXPECT_EQ(append.value.substr(part.at, part.length), old_image.substr(part.from, part.length));
  }
  EXPECT_GT(named, 1000);
}

// Pages of records are bounded by what is made of them.
TEST(ChangeRecordTest, WholeSizeHasBothImages) {
  const std::string old_image = Encoded("PENDING"), new_image = Encoded("DELIVERED");
  const ChangeRecord both = Modification(old_image, new_image);
  ChangeRecord old_alone = both;
  old_alone.new_image.reset();
  const std::string of_old = EncodeChangeRecord(old_alone), of_both = EncodeChangeRecord(both);
  EXPECT_EQ(WholeSize(of_old), of_old.size());
  EXPECT_GE(WholeSize(of_both), old_image.size() + new_image.size());
  EXPECT_LE(WholeSize(of_both), old_image.size() + new_image.size() + 40);
  EXPECT_EQ(WholeSize(""), 0u);
}

}  // namespace
}  // namespace stator
