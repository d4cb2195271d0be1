#include "table/token_record.h"

#include "base/bytes.h"

namespace stator {
namespace {

constexpr uint8_t kVersion = 1;

}  // namespace

// version u8 | request hash u64 | expires u64 | for each table: its name, its read units (whole numbers).
std::string EncodeTokenRecord(const TokenRecord& record) {
  std::string bytes;
  AppendU8(kVersion, &bytes);
  AppendU64(record.request_hash, &bytes);
  AppendU64(static_cast<uint64_t>(record.expires_micros), &bytes);
  for (const ReplayUnits& units : record.units) {
    AppendLengthPrefixed(units.table_name, &bytes);
    AppendVarint(static_cast<uint64_t>(units.units), &bytes);
  }
  return bytes;
}

Result<TokenRecord> DecodeTokenRecord(std::string_view bytes) {
  ByteReader reader(bytes);
  TokenRecord record;
  uint8_t version = 0;
  uint64_t expires = 0;
  if (!reader.ReadU8(&version) || version != kVersion || !reader.ReadU64(&record.request_hash) ||
      !reader.ReadU64(&expires)) {
    return Fail(StatusCode::kCorruption, "a ClientRequestToken record cannot be read");
  }
  record.expires_micros = static_cast<int64_t>(expires);
  while (!reader.empty()) {
    std::string_view name;
    uint64_t units = 0;
    if (!reader.ReadLengthPrefixed(&name) || !reader.ReadVarint(&units)) {
      return Fail(StatusCode::kCorruption, "a ClientRequestToken record cannot be read");
    }
    record.units.push_back({std::string(name), static_cast<double>(units)});
  }
  return record;
}

}  // namespace stator
