// The SHA256_* functions are marked as deprecated, with no successor of their speed in OpenSSL 3.0.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "auth/sha256.h"

#include <openssl/crypto.h>

#include <cstring>

namespace stator {
namespace {

constexpr size_t kBlock = 64;

void Start(const uint8_t (&key)[kBlock], uint8_t mask, SHA256_CTX* state) {
  uint8_t block[kBlock];
  for (size_t i = 0; i < kBlock; ++i) block[i] = key[i] ^ mask;
  SHA256_Init(state);
  SHA256_Update(state, block, kBlock);
  OPENSSL_cleanse(block, kBlock);
}

}  // namespace

Sha256Digest Sha256(std::string_view bytes) {
  SHA256_CTX state;
  Sha256Digest digest;
  SHA256_Init(&state);
  SHA256_Update(&state, bytes.data(), bytes.size());
  SHA256_Final(digest.data(), &state);
  return digest;
}

HmacSha256::HmacSha256(std::string_view key) {
  uint8_t block[kBlock] = {};
  if (key.size() > kBlock) {
    const Sha256Digest digest = Sha256(key);
    std::memcpy(block, digest.data(), digest.size());
  } else if (!key.empty()) {
    std::memcpy(block, key.data(), key.size());
  }
  Start(block, 0x36, &inner_);
  Start(block, 0x5C, &outer_);
  OPENSSL_cleanse(block, kBlock);
}

HmacSha256::~HmacSha256() {
  OPENSSL_cleanse(&inner_, sizeof(inner_));
  OPENSSL_cleanse(&outer_, sizeof(outer_));
}

Sha256Digest HmacSha256::Sign(std::string_view message) const {
  Sha256Digest digest;
  SHA256_CTX state = inner_;
  SHA256_Update(&state, message.data(), message.size());
  SHA256_Final(digest.data(), &state);
  state = outer_;
  SHA256_Update(&state, digest.data(), digest.size());
  SHA256_Final(digest.data(), &state);
  return digest;
}

std::string_view AsBytes(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

void AppendHex(const Sha256Digest& digest, std::string* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  char hex[64];
  for (size_t i = 0; i < digest.size(); ++i) {
    hex[2 * i] = kDigits[digest[i] >> 4];
    hex[2 * i + 1] = kDigits[digest[i] & 15];
  }
  out->append(hex, sizeof(hex));
}

}  // namespace stator
