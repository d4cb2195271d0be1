// Which shard a record belongs to: the MD5 of its partition key, as a number of 128 bits, falls
// into the shard's range.
#ifndef STATOR_KINESIS_HASH_KEY_H_
#define STATOR_KINESIS_HASH_KEY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stator::kinesis {

using HashKey = unsigned __int128;

HashKey HashKeyOf(std::string_view partition_key);

// Decimal. nullopt if the text is no number below 2^128.
std::optional<HashKey> ParseHashKey(std::string_view text);
std::string HashKeyText(HashKey key);

struct HashKeyRange {
  HashKey begin;
  HashKey end;  // inclusive
};
// Even parts; the last takes what is left over. REQUIRES: shard < shard_count.
HashKeyRange RangeOfShard(uint32_t shard, uint32_t shard_count);
uint32_t ShardOf(HashKey key, uint32_t shard_count);

}  // namespace stator::kinesis

#endif  // STATOR_KINESIS_HASH_KEY_H_
