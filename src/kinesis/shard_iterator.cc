#include "kinesis/shard_iterator.h"

#include "base/base64.h"
#include "base/bytes.h"
#include "base/crc32c.h"

namespace stator::kinesis {
namespace {

constexpr uint64_t kVersion = 1;
constexpr size_t kChecksum = 4;

}  // namespace

std::string ShardIterator::ToString() const {
  std::string bytes;
  AppendU64(kVersion, &bytes);
  AppendU64(static_cast<uint64_t>(created_millis), &bytes);
  AppendU64(stream_id, &bytes);
  AppendU32(shard, &bytes);
  AppendPosition(position, &bytes);
  bytes += stream_name;
  AppendU32(Crc32c(bytes), &bytes);
  return Base64Encode(bytes);
}

std::optional<ShardIterator> ParseShardIterator(std::string_view text) {
  std::string bytes;
  if (!AppendBase64Decoded(text, &bytes) || bytes.size() < kChecksum) return std::nullopt;
  const std::string_view body = std::string_view(bytes).substr(0, bytes.size() - kChecksum);
  uint32_t checksum = 0;
  if (!ByteReader(std::string_view(bytes).substr(body.size())).ReadU32(&checksum) ||
      checksum != Crc32c(body)) {
    return std::nullopt;
  }
  ByteReader reader(body);
  ShardIterator iterator;
  uint64_t version = 0, created = 0;
  if (!reader.ReadU64(&version) || version != kVersion || !reader.ReadU64(&created) ||
      !reader.ReadU64(&iterator.stream_id) || !reader.ReadU32(&iterator.shard) ||
      !ReadPosition(&reader, &iterator.position)) {
    return std::nullopt;
  }
  iterator.created_millis = static_cast<int64_t>(created);
  iterator.stream_name = reader.rest();
  return iterator;
}

}  // namespace stator::kinesis
