#include "server/load_reader.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "server/load_state.h"

namespace stator {
namespace {

using Found = std::vector<std::string>;

// "table|json|place" of every item, "error: message" where there is none; "broken: message" if that
// is the end.
Found Read(const std::string& text) {
  std::istringstream in(text);
  LoadReader reader(&in, "f");
  Found found;
  for (;;) {
    auto item = reader.Next();
    if (!item) {
      const bool bad = item.error().code == StatusCode::kInvalidArgument;
      found.push_back((bad ? "error: " : "broken: ") + item.error().message);
      if (!bad) return found;
      continue;
    }
    if (!*item) break;
    found.push_back((*item)->table + "|" + (*item)->json + "|" + (*item)->place);
  }
  EXPECT_EQ(reader.bytes_read(), text.size());
  return found;
}

TEST(LoadReader, Lines) {
  EXPECT_EQ(Read(R"({"Item": {"Id": {"N": "1"}}}

{"Id": {"N": "2.0"}, "Item": {"S": "x"}})"
                 "\r\n{\"Item\": {\"S\": \"x\"}}"),
            (Found{R"(|{"Id":{"N":"1"}}|f:1)", R"(|{"Id":{"N":"2"},"Item":{"S":"x"}}|f:3)",
                   R"(|{"Item":{"S":"x"}}|f:4)"}));
  EXPECT_EQ(Read(""), Found{});
  EXPECT_EQ(Read(" \n\n"), Found{});
}

TEST(LoadReader, LinesAcrossReads) {
  const std::string line = R"({"Id":{"S":")" + std::string(50'000, 'x') + R"("}})";
  std::string text;
  for (int i = 0; i < 7; ++i) text += line + "\n";
  const Found found = Read(text);
  ASSERT_EQ(found.size(), 7u);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(found[i], "|" + line + "|f:" + std::to_string(i + 1));
}

TEST(LoadReader, Batch) {
  const std::string compact = R"({"T":[{"PutRequest":{"Item":{"a":{"S":"]}\"{"}}}},)"
                              R"({"PutRequest":{"Item":{"a":{"S":"2"}}}}],)"
                              R"("None":[],"Uvw":[{"PutRequest":{"Item":{"b":{"NULL":true}}}}]})";
  const Found expected = {R"(T|{"a":{"S":"]}\"{"}}|f:1: T[0])", R"(T|{"a":{"S":"2"}}|f:1: T[1])",
                          R"(Uvw|{"b":{"NULL":true}}|f:1: Uvw[0])"};
  EXPECT_EQ(Read(compact), expected);
  EXPECT_EQ(Read(compact + "\n"), expected);
  const std::string table = R"({"Table":[{"PutRequest":{"Item":{"a":{"S":"1"}}}}]})";
  const Found of_table = {R"(Table|{"a":{"S":"1"}}|f:1: Table[0])"};
  EXPECT_EQ(Read(R"({"RequestItems": )" + table + "}\n"), of_table);
  EXPECT_EQ(Read(R"({"RequestItems": )" + table + R"(, "ReturnConsumedCapacity": "TOTAL"})"),
            of_table);
  EXPECT_EQ(Read(R"({"RequestItems": [{"PutRequest": {"Item": {"a": {"S": "1"}}}}]}
)"),
            Found{R"(RequestItems|{"a":{"S":"1"}}|f:1: RequestItems[0])"});
}

TEST(LoadReader, BatchOverManyLines) {
  EXPECT_EQ(
      Read(R"(
{
  "RequestItems" : {
    "Table" : [
      { "PutRequest" :
        { "Item" : { "a" : { "S" : "1" } } } }
      ,
      { "PutRequest" : { "Item" : { "a" : { "S" : "2" } } } }
    ]
  }
}
{ "Other" : [ { "PutRequest" : { "Item" : { "a" : { "S" : "3" } } } } ] }
{ "a" : { "S" : "4" } }
)"),
      (Found{R"(Table|{"a":{"S":"1"}}|f:5: Table[0])", R"(Table|{"a":{"S":"2"}}|f:8: Table[1])",
             R"(Other|{"a":{"S":"3"}}|f:12: Other[0])", R"(|{"a":{"S":"4"}}|f:13)"}));
}

// A line of 20 MB, of which no more than a request is in memory.
TEST(LoadReader, BatchLongerThanALineMayBe) {
  constexpr int kRequests = 60;
  const std::string pad(350'000, 'x');
  std::string text = R"({"Table":[)";
  for (int i = 0; i < kRequests; ++i) {
    text += (i == 0 ? "" : ",") + (R"({"PutRequest":{"Item":{"a":{"S":")" + pad + R"("}}}})");
  }
  text += "]}";
  ASSERT_GT(text.size(), kMaxLoadText);
  const Found found = Read(text);
  ASSERT_EQ(found.size(), size_t{kRequests});
  EXPECT_EQ(found.back(), R"(Table|{"a":{"S":")" + pad + R"("}}|f:1: Table[59])");
}

TEST(LoadReader, AnItemMayHaveAnAttributeRequestItems) {
  EXPECT_EQ(Read(R"({"RequestItems": {"L": [{"S": "x"}]}})"),
            Found{R"(|{"RequestItems":{"L":[{"S":"x"}]}}|f:1)"});
  EXPECT_EQ(Read(R"({"RequestItems": {"L": []}})"), Found{R"(|{"RequestItems":{"L":[]}}|f:1)"});
  EXPECT_EQ(Read(R"({"RequestItems": {"M": {"abc": {"S": "x"}}}})"),
            Found{R"(|{"RequestItems":{"M":{"abc":{"S":"x"}}}}|f:1)"});
}

TEST(LoadReader, BadItemsAreGoneOnAfter) {
  const std::string good = R"({"Id":{"N":"1"}})";
  const Found lines = Read(good + "\n{\"Id\": \n[1]\n" + R"({"Id": {"N": "one"}})" + "\n" +
                           R"({"Id": 1})" + "\n" + good);
  ASSERT_EQ(lines.size(), 6u);
  EXPECT_EQ(lines[0], "|" + good + "|f:1");
  EXPECT_EQ(lines[1].substr(0, 21), "error: f:2: not JSON:");
  EXPECT_EQ(lines[2], "error: f:3: not an item: no JSON object");
  EXPECT_EQ(lines[3].substr(0, 46), "error: f:4: not an item in DynamoDB JSON: The ");
  EXPECT_EQ(lines[4].substr(0, 42), "error: f:5: not an item in DynamoDB JSON: ");
  EXPECT_EQ(lines[5], "|" + good + "|f:6");

  const Found requests = Read(R"({"T": [{"DeleteRequest": {"Key": {"a": {"S": "1"}}}}, {x},
{"PutRequest": {"Item": {"a": {"Q": "1"}}}}, {"PutRequest": {"Item": {"a": {"S": "1"}}}}]})");
  ASSERT_EQ(requests.size(), 4u);
  EXPECT_EQ(requests[0], "error: f:1: T[0]: not a PutRequest with an Item");
  EXPECT_EQ(requests[1].substr(0, 27), "error: f:1: T[1]: not JSON:");
  EXPECT_EQ(requests[2].substr(0, 47), "error: f:2: T[2]: not an item in DynamoDB JSON:");
  EXPECT_EQ(requests[3], R"(T|{"a":{"S":"1"}}|f:2: T[3])");

  // Plain JSON is not DynamoDB's, and a list in it is not a table's requests.
  const Found plain = Read(R"({"Tags": ["x"]})"
                           "\n"
                           R"({"Tags": [{"x": 1}]})"
                           "\n" +
                           good);
  ASSERT_EQ(plain.size(), 3u);
  EXPECT_EQ(plain[0].substr(0, 42), "error: f:1: not an item in DynamoDB JSON: ");
  EXPECT_EQ(plain[1].substr(0, 42), "error: f:2: not an item in DynamoDB JSON: ");
  EXPECT_EQ(plain[2], "|" + good + "|f:3");

  EXPECT_EQ(Read("Id,Title\n").front().substr(0, 21), "error: f:1: not JSON:");
  EXPECT_EQ(Read(std::string(1, '\0') + "\n" + good).back(), "|" + good + "|f:2");
}

TEST(LoadReader, Broken) {
  const std::string request = R"({"PutRequest":{"Item":{"a":{"S":"1"}}}})";
  const auto last = [](const std::string& text) { return Read(text).back(); };
  EXPECT_EQ(last(R"({"T": [)" + request + "\n" + request + "]}"),
            "broken: f:2: expected ',' or ']' after a request");
  EXPECT_EQ(last(R"({"T": [)" + request + ",\n]}"),
            "broken: f:2: expected a whole request of at most 16 MB");
  EXPECT_EQ(last(R"({"T": [)" + request.substr(0, 20)),
            "broken: f:1: expected a whole request of at most 16 MB");
  EXPECT_EQ(last(R"({"T": [)" + request + "]"),
            "broken: f:1: expected ',' or '}' after the requests of a table");
  EXPECT_EQ(last(R"({"T": [], "U": {}})"),
            "broken: f:1: expected the name of a table and a list of requests");
  EXPECT_EQ(last(R"({"RequestItems": {"Tab": []})"),
            "broken: f:1: expected ',' or '}' after RequestItems");
  EXPECT_EQ(last(R"({"RequestItems": {"Tab": []}, "More": 1})"),
            "broken: f:1: expected a parameter of BatchWriteItem");
  EXPECT_EQ(last("\n" + std::string(kMaxLoadText + 1, 'x')),
            "broken: f:2: a line longer than 16 MB");
}

TEST(LoadReader, AStreamThatFails) {
  std::istringstream in(R"({"Id":{"N":"1"}})");
  in.setstate(std::ios::badbit);
  LoadReader reader(&in, "f");
  auto item = reader.Next();
  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().code, StatusCode::kIoError);
  EXPECT_EQ(item.error().message, "f: cannot be read");
}

// From the place before each item the same items follow, at the same places, as if all had been
// read.
TEST(LoadReader, GoesOnFromEveryPlace) {
  const std::string item = R"({"PutRequest": {"Item": {"Id": {"N": "1"}}}})";
  const std::string text =
      "{\"Id\": {\"N\": \"1\"}}\n\n{\"Item\": {\"Id\": {\"N\": \"2\"}}}\n not JSON\n" +
      std::string(R"({"T": [)") + item + ", " + item + "],\n" + R"("Uuu": [)" + item + ", {}, " +
      item + "]}\n" + R"({"RequestItems": {"T": [)" + item + "]}}\n{\"Id\": {\"N\": \"3\"}}";
  std::istringstream in(text);
  LoadReader reader(&in, "f");
  std::vector<LoadPlace> places;
  Found all;
  const auto next = [](LoadReader* from) -> std::string {
    auto found = from->Next();
    if (!found) return found.error().message;
    return *found ? (*found)->table + (*found)->json + (*found)->place : "";
  };
  for (;;) {
    places.push_back(reader.place());
    all.push_back(next(&reader));
    if (all.back().empty()) break;
  }
  ASSERT_EQ(all.size(), 11u);
  for (size_t i = 0; i < places.size(); ++i) {
    std::istringstream again(text.substr(places[i].offset));
    LoadReader from(&again, "f", places[i]);
    EXPECT_EQ(from.place(), places[i]);
    for (size_t j = i; j < all.size(); ++j) EXPECT_EQ(next(&from), all[j]) << i << " " << j;
  }
}

TEST(LoadState, ReadsWhatItWrites) {
  const LoadState state{"127.0.0.1:8000", "T", {"a \"b\"", "c"}, {1, {uint64_t{5} << 32, 12, 3}}};
  auto read = LoadStateFromJson(ToJson(state));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, state);
  LoadState beyond = state;
  beyond.position.file = 2;
  for (const std::string& text : {std::string(), std::string("{}"), ToJson(beyond)}) {
    EXPECT_FALSE(LoadStateFromJson(text)) << text;
  }
}

}  // namespace
}  // namespace stator
