#include "kinesis/hash_key.h"

#include <openssl/evp.h>

#include <algorithm>

namespace stator::kinesis {
namespace {

constexpr HashKey kMax = ~HashKey{0};

// 2^128 / shard_count, rounded down. REQUIRES: shard_count > 1.
HashKey WidthOf(uint32_t shard_count) {
  // (2^128 - 1) / n is less than that only if n divides 2^128.
  return kMax / shard_count + (kMax % shard_count == shard_count - 1 ? 1 : 0);
}

}  // namespace

HashKey HashKeyOf(std::string_view partition_key) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(partition_key.data(), partition_key.size(), digest, &size, EVP_md5(), nullptr);
  HashKey key = 0;
  for (size_t i = 0; i < sizeof(key); ++i) key = key << 8 | digest[i];
  return key;
}

std::optional<HashKey> ParseHashKey(std::string_view text) {
  HashKey key = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<HashKey>(c - '0');
    if (key > (kMax - digit) / 10) return std::nullopt;
    key = key * 10 + digit;
  }
  return text.empty() ? std::nullopt : std::optional(key);
}

std::string HashKeyText(HashKey key) {
  std::string text;
  do {
    text += static_cast<char>('0' + static_cast<int>(key % 10));
    key /= 10;
  } while (key != 0);
  std::reverse(text.begin(), text.end());
  return text;
}

HashKeyRange RangeOfShard(uint32_t shard, uint32_t shard_count) {
  if (shard_count == 1) return {0, kMax};
  const HashKey width = WidthOf(shard_count);
  return {width * shard, shard + 1 == shard_count ? kMax : width * (shard + 1) - 1};
}

uint32_t ShardOf(HashKey key, uint32_t shard_count) {
  if (shard_count == 1) return 0;
  const HashKey shard = key / WidthOf(shard_count);
  return static_cast<uint32_t>(std::min<HashKey>(shard, shard_count - 1));
}

}  // namespace stator::kinesis
