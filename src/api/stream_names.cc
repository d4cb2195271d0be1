#include "api/stream_names.h"

#include <algorithm>
#include <vector>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/crc32.h"
#include "table/catalog.h"

namespace stator {
namespace {

constexpr uint8_t kIteratorVersion = 1;

// "arn:aws:dynamodb:<region>:<account>:table/<table>/stream/<label>" without its beginning.
struct StreamArn {
  Scope scope;
  std::string table;
  std::string label;
};

// Takes what is before `separator` off the front of *text, with it; false if it is not there.
bool Take(std::string_view* text, std::string_view separator, std::string* out) {
  const size_t at = text->find(separator);
  if (at == std::string_view::npos || at == 0) return false;
  out->assign(text->substr(0, at));
  text->remove_prefix(at + separator.size());
  return true;
}

std::optional<StreamArn> ParseStreamArn(std::string_view text) {
  constexpr std::string_view kBegin = "arn:aws:dynamodb:";
  if (!text.starts_with(kBegin)) return std::nullopt;
  text.remove_prefix(kBegin.size());
  StreamArn arn;
  if (!Take(&text, ":", &arn.scope.region) || !Take(&text, ":table/", &arn.scope.account_id) ||
      !Take(&text, "/stream/", &arn.table) || text.empty()) {
    return std::nullopt;
  }
  arn.label = text;
  return arn;
}

}  // namespace

Unexpected<ApiError> NoSuchStream(std::string_view arn) {
  return ApiFail(ErrorType::kResourceNotFound,
                 "Requested resource not found: Stream: " + std::string(arn) + " not found");
}

Unexpected<ApiError> NoSuchShard(std::string_view shard, std::string_view arn) {
  return ApiFail(ErrorType::kResourceNotFound,
                 "Requested resource not found: Shard: " + std::string(shard) +
                     " in Stream: " + std::string(arn) + " not found");
}

Unexpected<ApiError> TrimmedData() {
  return ApiFail(ErrorType::kTrimmedDataAccess,
                 "The operation attempted to read past the oldest stream record in a shard.");
}

ApiResult<FoundStream> FindStreamByArn(const Catalog& catalog, std::string_view arn,
                                       const Caller& caller) {
  const auto parsed = ParseStreamArn(arn);
  if (!parsed) return Invalid("Invalid StreamArn");
  if (parsed->scope != Scope{caller.account_id, caller.region}) return NoSuchStream(arn);
  if (TablePtr table = catalog.Find(parsed->scope, parsed->table)) {
    if (const StreamDefinition* stream = table->log.FindStream(parsed->label))
      return FoundStream{table, stream};
  }
  for (const TablePtr& table : catalog.Dropped()) {
    if (table->scope != parsed->scope || table->name != parsed->table) continue;
    if (const StreamDefinition* stream = table->log.FindStream(parsed->label))
      return FoundStream{table, stream};
  }
  return NoSuchStream(arn);
}

const LogShard* FindShardByName(const FoundStream& found, std::string_view name) {
  for (const LogShard& shard : found.table->log.shards) {
    if (found.stream->Has(shard) && shard.Name() == name) return &shard;
  }
  return nullptr;
}

std::string EncodeShardIterator(const ShardIterator& iterator) {
  std::string bytes;
  AppendU8(kIteratorVersion, &bytes);
  AppendU64(iterator.shard_id, &bytes);
  AppendU8(iterator.from ? 1 : 0, &bytes);
  const LogPosition from = iterator.from.value_or(LogPosition{});
  AppendPosition(from, &bytes);
  AppendU64(static_cast<uint64_t>(iterator.created_micros), &bytes);
  // Not against forgers, who could only read what they may: against what was cut short or mixed up.
  AppendU32(Crc32(iterator.stream_arn + bytes), &bytes);
  return iterator.stream_arn + "|1|" + Base64Encode(bytes);
}

std::optional<ShardIterator> DecodeShardIterator(std::string_view text) {
  const size_t end = text.find("|1|");
  if (end == std::string_view::npos) return std::nullopt;
  ShardIterator iterator;
  iterator.stream_arn = text.substr(0, end);
  std::string bytes;
  if (!AppendBase64Decoded(text.substr(end + 3), &bytes)) return std::nullopt;
  ByteReader in(bytes);
  uint8_t version = 0, has_from = 0;
  LogPosition from;
  uint64_t created = 0;
  uint32_t crc = 0;
  if (!in.ReadU8(&version) || version != kIteratorVersion || !in.ReadU64(&iterator.shard_id) ||
      !in.ReadU8(&has_from) || !ReadPosition(&in, &from) || !in.ReadU64(&created) ||
      !in.ReadU32(&crc) || !in.empty()) {
    return std::nullopt;
  }
  if (Crc32(iterator.stream_arn + bytes.substr(0, bytes.size() - sizeof crc)) != crc)
    return std::nullopt;
  if (has_from != 0) iterator.from = from;
  iterator.created_micros = static_cast<int64_t>(created);
  return iterator;
}

}  // namespace stator
