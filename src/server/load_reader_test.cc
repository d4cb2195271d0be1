#include "server/load_reader.h"

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace stator {
namespace {

// "table|json|place" of every item; an error is the last, as "error: message".
std::vector<std::string> Read(const std::string& text) {
  std::istringstream in(text);
  LoadReader reader(&in, "f");
  std::vector<std::string> found;
  for (;;) {
    auto item = reader.Next();
    if (!item) {
      found.push_back("error: " + item.error().message);
      return found;
    }
    if (!*item) break;
    found.push_back((*item)->table + "|" + (*item)->json + "|" + (*item)->place);
  }
  EXPECT_EQ(reader.bytes_read(), text.size());
  return found;
}

using Found = std::vector<std::string>;

TEST(LoadReader, Lines) {
  EXPECT_EQ(Read(R"({"Item": {"Id": {"N": "1"}}}

{"Id": {"N": "2"}, "Item": {"S": "x"}})"
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
  const std::string compact =
      R"({"T":[{"PutRequest":{"Item":{"a":{"S":"1"}}}},{"PutRequest":{"Item":{"a":{"S":"2"}}}}],)"
      R"("U":[{"PutRequest":{"Item":{"b":{"NULL":true}}}}]})";
  const Found expected = {R"(T|{"a":{"S":"1"}}|f: T[0])", R"(T|{"a":{"S":"2"}}|f: T[1])",
                          R"(U|{"b":{"NULL":true}}|f: U[0])"};
  std::string pretty;
  for (char c : compact)
    pretty += c == '[' || c == '{' ? std::string(1, c) + "\n " : std::string(1, c);
  EXPECT_EQ(Read(compact), expected);
  EXPECT_EQ(Read(compact + "\n"), expected);
  EXPECT_EQ(Read(R"({"RequestItems": )" + compact + "}\n"), expected);
  EXPECT_EQ(Read("\n" + pretty + "\n").size(), 3u);
  EXPECT_EQ(Read(R"({"RequestItems": [{"PutRequest": {"Item": {"a": {"S": "1"}}}}]}
)"),
            Found{R"(RequestItems|{"a":{"S":"1"}}|f: RequestItems[0])"});
}

TEST(LoadReader, Bad) {
  const std::string good = R"({"Id": {"N": "1"}})";
  const auto error_of = [](const std::string& text) { return Read(text).back(); };
  EXPECT_EQ(error_of(good + "\n" + good + "\n{\"Id\": \n" + good).substr(0, 19),
            "error: f:3: not JSO");
  EXPECT_EQ(error_of(good + "\n[1]\n"), "error: f:2: not an item: no JSON object");
  EXPECT_EQ(error_of(good + "\n" + R"({"Id": {"N": "one"}})").substr(0, 46),
            "error: f:2: not an item in DynamoDB JSON: The ");
  EXPECT_EQ(error_of(R"({"Id": 1})").substr(0, 24), "error: f:1: not an item ");
  EXPECT_EQ(
      error_of("Id,Title\n1,x\n"),
      "error: f:1: not JSON, and not the beginning of a JSON document of at most 16 MB either");
  EXPECT_EQ(error_of(R"({"T": [{"DeleteRequest": {"Key": {"a": {"S": "1"}}}}]})"),
            "error: f:1: T[0]: not a PutRequest with an Item");
  EXPECT_EQ(error_of(good + "\n" + std::string(kMaxLoadText + 1, ' ')),
            "error: f:2: longer than 16 MB");
}

}  // namespace
}  // namespace stator
