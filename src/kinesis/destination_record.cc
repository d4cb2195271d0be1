#include "kinesis/destination_record.h"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

#include "base/bytes.h"
#include "base/json_string.h"
#include "table/change_record.h"

namespace stator::kinesis {
namespace {

using Digest = std::array<uint8_t, 16>;

Digest Md5(std::string_view bytes) {
  Digest digest{};
  unsigned int size = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_md5(), nullptr);
  return digest;
}

void AppendHexDigit(int digit, std::string* out) {
  out->push_back("0123456789abcdef"[digit & 0xF]);
}

std::string HexText(const Digest& digest) {
  std::string text;
  for (const uint8_t byte : digest) {
    AppendHexDigit(byte >> 4, &text);
    AppendHexDigit(byte, &text);
  }
  return text;
}

// A UUID of version 3, which is what names are hashed to with MD5.
std::string EventId(const TableDefinition& table, const LogPosition& position) {
  std::string name = table.uuid;
  AppendPosition(position, &name);
  Digest digest = Md5(name);
  digest[6] = static_cast<uint8_t>((digest[6] & 0x0F) | 0x30);
  digest[8] = static_cast<uint8_t>((digest[8] & 0x3F) | 0x80);
  std::string text = HexText(digest);
  for (const size_t at : {20, 16, 12, 8}) text.insert(at, 1, '-');
  return text;
}

}  // namespace

Result<DestinationRecord> MakeDestinationRecord(const TableDefinition& table, const LogEntry& entry,
                                                TimePrecision precision) {
  auto record = DecodeChangeRecord(entry.record);
  if (!record) return Unexpected<Status>(std::move(record.error()));
  DestinationRecord made{.partition_key = HexText(Md5(record->item_key)), .data = {}};
  std::string& json = made.data;
  json.reserve(512 + 2 * WholeSize(entry.record));
  json += "{\"awsRegion\":";
  AppendJsonString(table.scope.region, &json);
  json.append(",\"eventID\":\"").append(EventId(table, entry.position));
  json.append("\",\"eventName\":\"").append(EventNameOf(*record)).append("\",\"userIdentity\":");
  json += record->actor == Actor::kTimeToLive
              ? R"({"principalId":"dynamodb.amazonaws.com","type":"Service"})"
              : "null";
  json += ",\"recordFormat\":\"application/json\",\"tableName\":";
  AppendJsonString(table.name, &json);
  const bool micros = precision == TimePrecision::kMicrosecond;
  json += ",\"dynamodb\":{\"ApproximateCreationDateTime\":";
  json += std::to_string(micros ? entry.position.micros : entry.position.micros / 1000);
  if (micros) json += ",\"ApproximateCreationDateTimePrecision\":\"MICROSECOND\"";
  json += ',';
  if (auto added = AppendImages(table, *record, true, true, &json); !added) {
    return Unexpected<Status>(std::move(added.error()));
  }
  json += "},\"eventSource\":\"aws:dynamodb\"}";
  return made;
}

}  // namespace stator::kinesis
