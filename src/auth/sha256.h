// SHA-256 and HMAC-SHA-256 for the request path, over OpenSSL's low-level calls: its EVP interface
// costs more than the hashing itself on inputs as short as ours.
#ifndef STATOR_AUTH_SHA256_H_
#define STATOR_AUTH_SHA256_H_

#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace stator {

using Sha256Digest = std::array<uint8_t, 32>;

Sha256Digest Sha256(std::string_view bytes);

// One key, made ready once: signing costs the message and two blocks. Immutable, so thread-safe.
class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);
  ~HmacSha256();
  HmacSha256(const HmacSha256&) = default;
  HmacSha256& operator=(const HmacSha256&) = default;

  Sha256Digest Sign(std::string_view message) const;

 private:
  SHA256_CTX inner_;
  SHA256_CTX outer_;
};

std::string_view AsBytes(const Sha256Digest& digest);
// Lower-case hexadecimal.
void AppendHex(const Sha256Digest& digest, std::string* out);

}  // namespace stator

#endif  // STATOR_AUTH_SHA256_H_
