#include "kinesis/destination_record.h"

#include <gtest/gtest.h>

#include "model/item_codec.h"
#include "table/change_record.h"
#include "table/layout.h"
#include "table/test_tables.h"

namespace stator::kinesis {
namespace {

std::string Encoded(const Item& item) {
  std::string bytes;
  EncodeItem(item, &bytes);
  return bytes;
}

DestinationRecord Make(const std::optional<Item>& before, const std::optional<Item>& after,
                       Actor actor, TimePrecision precision) {
  TableDefinition table = testing::TestTable();
  AddReader("kinesis-1", 1, &table.log);
  std::optional<std::string> old_bytes, new_bytes;
  if (before) old_bytes = Encoded(*before);
  if (after) new_bytes = Encoded(*after);
  const Append append =
      ChangeAppend(table, ItemKey(table, before ? *before : *after), old_bytes, new_bytes, actor);
  auto made = MakeDestinationRecord(table, {{1'700'000'000'123'456, 2}, append.value}, precision);
  EXPECT_TRUE(made);
  return made ? *made : DestinationRecord();
}

// To the letter: consumers parse it.
TEST(DestinationRecordTest, GoldenJson) {
  Item before = testing::TestItem("a", 1), after = before;
  before.Set("x", AttributeValue::S("old"));
  after.Set("x", AttributeValue::S("new"));
  const DestinationRecord record = Make(before, after, Actor::kUser, TimePrecision::kMillisecond);
  EXPECT_EQ(record.partition_key.size(), 32u);
  const size_t id = record.data.find("eventID") + 10;
  std::string data = record.data;
  const std::string event_id = data.substr(id, 36);
  data.replace(id, 36, "<id>");
  EXPECT_EQ(data,
            R"({"awsRegion":"us-east-1","eventID":"<id>","eventName":"MODIFY","userIdentity":null,)"
            R"("recordFormat":"application/json","tableName":"t","dynamodb":{)"
            R"("ApproximateCreationDateTime":1700000000123,"Keys":{"p":{"S":"a"},"r":{"N":"1"}},)"
            R"("NewImage":{"p":{"S":"a"},"r":{"N":"1"},"x":{"S":"new"}},)"
            R"("OldImage":{"p":{"S":"a"},"r":{"N":"1"},"x":{"S":"old"}},"SizeBytes":23},)"
            R"("eventSource":"aws:dynamodb"})");
  EXPECT_EQ(event_id[14], '3');
}

TEST(DestinationRecordTest, PrecisionAndWhoDidIt) {
  const Item item = testing::TestItem("a", 1);
  const DestinationRecord record =
      Make(item, std::nullopt, Actor::kTimeToLive, TimePrecision::kMicrosecond);
  EXPECT_NE(record.data.find(
                R"("userIdentity":{"principalId":"dynamodb.amazonaws.com","type":"Service"})"),
            std::string::npos);
  EXPECT_NE(record.data.find(R"("ApproximateCreationDateTime":1700000000123456,)"
                             R"("ApproximateCreationDateTimePrecision":"MICROSECOND")"),
            std::string::npos);
  EXPECT_NE(record.data.find(R"("eventName":"REMOVE")"), std::string::npos);
  EXPECT_EQ(record.data.find("NewImage"), std::string::npos);
}

TEST(DestinationRecordTest, ItemsHaveKeysAndChangesHaveIdsOfTheirOwn) {
  const auto insert = [](const char* p) {
    return Make(std::nullopt, testing::TestItem(p, 1), Actor::kUser, TimePrecision::kMillisecond);
  };
  EXPECT_EQ(insert("a").partition_key, insert("a").partition_key);
  EXPECT_NE(insert("a").partition_key, insert("b").partition_key);
  EXPECT_EQ(insert("a").data, insert("a").data);
}

TEST(DestinationRecordTest, OtherBytesAreCorrupt) {
  EXPECT_FALSE(MakeDestinationRecord(testing::TestTable(), {{1, 0}, "no record"},
                                     TimePrecision::kMillisecond));
}

}  // namespace
}  // namespace stator::kinesis
