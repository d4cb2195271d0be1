#include "transfer/item_writer.h"

#include <gtest/gtest.h>

#include "model/item_codec.h"
#include "model/testing_values.h"
#include "transfer/item_reader.h"

namespace stator {
namespace {

using testing::RandomItem;

std::string Line(ExportFormat format, const Item& item) {
  std::string line;
  AppendItemLine(format, item, &line);
  return line;
}

Decimal Number(std::string_view text) { return *Decimal::Parse(text); }

TEST(ItemWriter, AsTheServiceWritesThem) {
  Item item;
  item.Set("Authors", AttributeValue::SS({"Author1", "Author2"}));
  item.Set("Id", AttributeValue::N(103));
  item.Set("InPublication", AttributeValue::Bool(false));
  item.Set("PageCount", AttributeValue::N(600));
  item.Set("Title", AttributeValue::S("Book \"103\"\n"));
  EXPECT_EQ(Line(ExportFormat::kIon, item),
            "$ion_1_0 {Item:{Authors:$dynamodb_SS::[\"Author1\",\"Author2\"],Id:103.,"
            "InPublication:false,PageCount:6d2,Title:\"Book \\\"103\\\"\\n\"}}\n");
  EXPECT_EQ(Line(ExportFormat::kDynamoDbJson, item),
            "{\"Item\":{\"Authors\":{\"SS\":[\"Author1\",\"Author2\"]},\"Id\":{\"N\":\"103\"},"
            "\"InPublication\":{\"BOOL\":false},\"PageCount\":{\"N\":\"600\"},"
            "\"Title\":{\"S\":\"Book \\\"103\\\"\\n\"}}}\n");
}

TEST(ItemWriter, IonOfEachType) {
  const auto ion = [](const AttributeValue& value) {
    std::string text;
    AppendIon(value, &text);
    return text;
  };
  EXPECT_EQ(ion(AttributeValue::NullValue()), "null");
  EXPECT_EQ(ion(AttributeValue::B("a")), "{{YQ==}}");
  EXPECT_EQ(ion(AttributeValue::BS({"a", "b"})), "$dynamodb_BS::[{{YQ==}},{{Yg==}}]");
  EXPECT_EQ(ion(AttributeValue::NS({Number("1"), Number("2.5")})), "$dynamodb_NS::[1.,2.5]");
  EXPECT_EQ(ion(AttributeValue::L({})), "[]");
  EXPECT_EQ(ion(AttributeValue::M({})), "{}");
  EXPECT_EQ(ion(AttributeValue::N(Number("0"))), "0.");
  EXPECT_EQ(ion(AttributeValue::N(Number("-0.005"))), "-0.005");
  EXPECT_EQ(ion(AttributeValue::N(Number("-12e-40"))), "-12d-40");
  EXPECT_EQ(ion(AttributeValue::N(Number("9e125"))), "9d125");
  EXPECT_EQ(ion(AttributeValue::S(std::string("\0\x7F\\", 3))), "\"\\x00\\x7f\\\\\"");
}

TEST(ItemWriter, NamesThatIonWouldTakeForSomethingElse) {
  AttributeMap map;
  for (const char* name : {"null", "true", "nan", "$ion_1_0", "$10", "a b", "'", "1a", "_a$1", ""})
    map.Set(name, AttributeValue::Bool(true));
  std::string text;
  AppendIon(map, &text);
  EXPECT_EQ(text,
            "{'':true,'$10':true,'$ion_1_0':true,'\\'':true,'1a':true,_a$1:true,'a b':true,"
            "'nan':true,'null':true,'true':true}");
}

TEST(ItemWriter, WhatIsWrittenIsRead) {
  SeededRandom random(11);
  for (int round = 0; round < 2000; ++round) {
    std::vector<Item> items;
    for (uint64_t n = random.Uniform(4); n > 0; --n) items.push_back(RandomItem(&random));
    for (const ExportFormat format : {ExportFormat::kDynamoDbJson, ExportFormat::kIon}) {
      std::string text;
      for (const Item& item : items) {
        std::string stored, line;
        EncodeItem(item, &stored);
        ASSERT_TRUE(AppendStoredItemLine(format, stored, &line));
        EXPECT_EQ(line, Line(format, item));
        EXPECT_EQ(line.find('\n'), line.size() - 1);
        text += line;
      }
      const auto reader = format == ExportFormat::kIon ? NewIonItems() : NewJsonItems();
      reader->Feed(text);
      reader->End();
      Item read;
      std::string why;
      for (const Item& item : items) {
        ASSERT_EQ(reader->Next(&read, &why), ItemReader::Found::kItem) << why << "\n" << text;
        EXPECT_EQ(read, item) << text;
      }
      EXPECT_EQ(reader->Next(&read, &why), ItemReader::Found::kMore);
    }
  }
}

TEST(ItemWriter, Changes) {
  Item keys, old_image, new_image;
  keys.Set("p", AttributeValue::S("a"));
  old_image = new_image = keys;
  old_image.Set("n", AttributeValue::N(1));
  new_image.Set("n", AttributeValue::N(2));
  const ChangeLine update{
      .micros = 1680109764000000, .keys = &keys, .old_image = &old_image, .new_image = &new_image};
  std::string text;
  AppendChangeLine(ExportFormat::kDynamoDbJson, update, &text);
  AppendChangeLine(ExportFormat::kDynamoDbJson, {.micros = 7, .keys = &keys}, &text);
  EXPECT_EQ(
      text,
      "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"1680109764000000\"}},"
      "\"Keys\":{\"p\":{\"S\":\"a\"}},\"OldImage\":{\"n\":{\"N\":\"1\"},\"p\":{\"S\":\"a\"}},"
      "\"NewImage\":{\"n\":{\"N\":\"2\"},\"p\":{\"S\":\"a\"}}}\n"
      "{\"Metadata\":{\"WriteTimestampMicros\":{\"N\":\"7\"}},\"Keys\":{\"p\":{\"S\":\"a\"}}}\n");
  text.clear();
  AppendChangeLine(ExportFormat::kIon, update, &text);
  EXPECT_EQ(text,
            "$ion_1_0 {Record:{Metadata:{WriteTimestampMicros:1680109764000000.},Keys:{p:\"a\"},"
            "OldImage:{n:1.,p:\"a\"},NewImage:{n:2.,p:\"a\"}}}\n");
}

}  // namespace
}  // namespace stator
