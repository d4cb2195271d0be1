#include "storage/format.h"

#include <charconv>

#include "base/bytes.h"

namespace stator {
namespace {

constexpr std::string_view kFormatPrefix = "stator data\nformat ";
constexpr uint8_t kValueVersion = 1;

}  // namespace

std::string EncodeFormatFile(uint32_t version) {
  return std::string(kFormatPrefix) + std::to_string(version) + "\n";
}

Result<uint32_t> DecodeFormatFile(std::string_view bytes) {
  uint32_t version = 0;
  if (bytes.starts_with(kFormatPrefix)) {
    const char* const begin = bytes.data() + kFormatPrefix.size();
    const char* const end = bytes.data() + bytes.size();
    const auto [rest, error] = std::from_chars(begin, end, version);
    if (error == std::errc() && std::string_view(rest, end) == "\n" && version > 0) return version;
  }
  return Fail(StatusCode::kCorruption, "is not a Stator FORMAT file");
}

std::string LogSizeKey(std::string_view prefix, uint64_t position) {
  std::string key;
  key.reserve(kLogSizeKey.size() + prefix.size() + kAppendStampBytes);
  key.append(kLogSizeKey).append(prefix).append(kAppendStampBytes, '\0');
  SetLogSizeHour(position, &key);
  return key;
}

void SetLogSizeHour(uint64_t position, std::string* key) {
  uint64_t hour = position - position % kAppendHour;
  char* const first = key->data() + key->size() - kAppendStampBytes;
  for (int i = 7; i >= 0; --i, hour >>= 8) first[i] = static_cast<char>(hour & 0xff);
}

std::string_view FirstRecordOf(std::string_view log_size_key) {
  return log_size_key.substr(kLogSizeKey.size());
}

std::string DroppedKey(std::string_view begin, std::string_view end) {
  std::string key(kDroppedKey);
  AppendLengthPrefixed(begin, &key);
  return key.append(end);
}

bool DecodeDroppedKey(std::string_view key, std::string_view* begin, std::string_view* end) {
  if (!key.starts_with(kDroppedKey)) return false;
  ByteReader reader(key.substr(kDroppedKey.size()));
  return reader.ReadLengthPrefixed(begin) && reader.ReadBytes(reader.remaining(), end) &&
         *begin < *end;
}

std::string EncodeGuard(uint64_t value) {
  std::string out;
  AppendU8(kValueVersion, &out);
  AppendU64(value, &out);
  return out;
}

Result<uint64_t> DecodeGuard(std::optional<std::string_view> bytes) {
  if (!bytes) return uint64_t{0};
  ByteReader reader(*bytes);
  uint8_t version;
  uint64_t value;
  if (reader.ReadU8(&version) && version == kValueVersion && reader.ReadU64(&value) &&
      reader.empty()) {
    return value;
  }
  return Fail(StatusCode::kCorruption, "a guard's value cannot be decoded");
}

std::string EncodeCounter(const Counter& counter) {
  std::string out;
  AppendU8(kValueVersion, &out);
  AppendU64(static_cast<uint64_t>(counter.count), &out);
  AppendU64(static_cast<uint64_t>(counter.bytes), &out);
  return out;
}

Result<Counter> DecodeCounter(std::optional<std::string_view> bytes) {
  if (!bytes) return Counter{};
  ByteReader reader(*bytes);
  uint8_t version;
  uint64_t count, sum;
  if (reader.ReadU8(&version) && version == kValueVersion && reader.ReadU64(&count) &&
      reader.ReadU64(&sum) && reader.empty()) {
    return Counter{static_cast<int64_t>(count), static_cast<int64_t>(sum)};
  }
  return Fail(StatusCode::kCorruption, "a counter's value cannot be decoded");
}

std::string EncodeGroupMark(uint64_t group) {
  std::string out("g");
  AppendU64(group, &out);
  return out;
}

std::optional<uint64_t> FindGroupMark(std::string_view record) {
  // RocksDB's tag of such data, and the length.
  constexpr std::string_view kBegin("\x03\x09g");
  constexpr size_t kBytes = kGroupMarkBytes + 2;
  if (record.size() < kBytes) return std::nullopt;
  const std::string_view mark = record.substr(record.size() - kBytes);
  uint64_t group;
  if (!mark.starts_with(kBegin) || !ByteReader(mark.substr(kBegin.size())).ReadU64(&group)) {
    return std::nullopt;
  }
  return group;
}

}  // namespace stator
