#include "schema.h"

namespace stator::sim {
namespace {

std::string KeySchema(std::string_view hash, std::string_view range = {}) {
  std::string json =
      R"("KeySchema":[{"AttributeName":")" + std::string(hash) + R"(","KeyType":"HASH"})";
  if (!range.empty())
    json += R"(,{"AttributeName":")" + std::string(range) + R"(","KeyType":"RANGE"})";
  return json + "]";
}

std::string Index(std::string_view name, const std::string& keys, std::string_view projection) {
  return R"({"IndexName":")" + std::string(name) + "\"," + keys +
         R"(,"Projection":{"ProjectionType":")" + std::string(projection) + "\"}}";
}

std::string Attribute(std::string_view name, std::string_view type) {
  return R"({"AttributeName":")" + std::string(name) + R"(","AttributeType":")" +
         std::string(type) + "\"}";
}

std::string TableName(std::string_view table) {
  return R"("TableName":")" + std::string(table) + '"';
}

std::string StreamSpecification(std::string_view view) {
  return R"("StreamSpecification":{"StreamEnabled":)" +
         (view.empty() ? "false}" : R"(true,"StreamViewType":")" + std::string(view) + "\"}");
}

}  // namespace

std::string ItemKey::Json() const {
  std::string json = R"("p":{"S":")" + p + "\"}";
  if (r > 0) json += R"(,"r":{"N":")" + std::to_string(r) + "\"}";
  return json;
}

std::vector<ItemKey> KeysOf(std::string_view table, const Settings& settings) {
  std::vector<ItemKey> keys;
  if (table == kExpiringTable && !settings.expiring_table) return keys;
  for (int i = 0; i < settings.keys; ++i) {
    if (table != kFirstTable) {
      keys.push_back({std::string(table), std::string(1, static_cast<char>('x' + i)), 0});
    } else {
      const int in_first = (settings.keys + 1) / 2;
      keys.push_back(
          {std::string(table), i < in_first ? "a" : "b", i < in_first ? i + 1 : i - in_first + 1});
    }
  }
  return keys;
}

std::string CreateTableBody(std::string_view table, const Settings& settings) {
  std::string json = "{" + TableName(table) + R"(,"BillingMode":"PAY_PER_REQUEST",)";
  if (settings.streams) json += StreamSpecification("NEW_AND_OLD_IMAGES") + ",";
  if (table != kFirstTable) {
    return json + KeySchema("p") + R"(,"AttributeDefinitions":[)" + Attribute("p", "S") + "]}";
  }
  json += KeySchema("p", "r") + R"(,"AttributeDefinitions":[)" + Attribute("p", "S") + "," +
          Attribute("r", "N") + "," + Attribute("g", "S") + "]";
  json += R"(,"GlobalSecondaryIndexes":[)" + Index("byg", KeySchema("g"), "ALL") + "]";
  if (settings.local_index) {
    json += R"(,"LocalSecondaryIndexes":[)" + Index("loc", KeySchema("p", "g"), "KEYS_ONLY") + "]";
  }
  return json + "}";
}

std::string CreateIndexBody(std::string_view table) {
  return "{" + TableName(table) + R"(,"AttributeDefinitions":[)" + Attribute("g", "S") +
         R"(],"GlobalSecondaryIndexUpdates":[{"Create":)" +
         Index("dyn", KeySchema("g"), "KEYS_ONLY") + "}]}";
}

std::string DeleteIndexBody(std::string_view table) {
  return "{" + TableName(table) +
         R"(,"GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"dyn"}}]})";
}

std::string ItemJson(const ItemKey& key, const Seen& seen, const std::string& g,
                     int64_t now_micros) {
  std::string json = "{" + key.Json() + R"(,"l":{"L":[)";
  for (WriteId id : seen) {
    if (json.back() != '[') json += ',';
    json += R"({"N":")" + std::to_string(id) + "\"}";
  }
  json += R"(]},"c":{"N":")" + std::to_string(seen.size()) + R"("},"v":{"N":")" +
          std::to_string(seen.back()) + "\"}";
  if (!g.empty()) json += R"(,"g":{"S":")" + g + "\"}";
  if (const WriteId last = seen.back(); last % 3 != 0)
    json += R"(,"t":)" + TimeJson(key.table, last, now_micros);
  return json + "}";
}

std::string TimeJson(std::string_view table, WriteId id, int64_t now_micros) {
  const int64_t base = table == kExpiringTable ? now_micros / 1'000'000 : 4'000'000'000;
  return R"({"N":")" + std::to_string(base + id % 5) + "\"}";
}

std::string TimeToLiveBody(std::string_view table, bool enabled) {
  return "{" + TableName(table) + R"(,"TimeToLiveSpecification":{"AttributeName":"t","Enabled":)" +
         (enabled ? "true}}" : "false}}");
}

std::string StreamBody(std::string_view table, std::string_view view) {
  return "{" + TableName(table) + "," + StreamSpecification(view) + "}";
}

std::string KinesisDestinationBody(std::string_view table, bool enable) {
  std::string json = "{" + TableName(table) +
                     R"(,"StreamArn":"arn:aws:kinesis:us-east-1:000000000000:stream/)" +
                     std::string(kKinesisStream) + '"';
  if (enable) {
    json += R"(,"EnableKinesisStreamingConfiguration":)"
            R"({"ApproximateCreationDateTimePrecision":"MICROSECOND"})";
  }
  return json + "}";
}

}  // namespace stator::sim
