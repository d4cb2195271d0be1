#include "objects/md5.h"

#include <openssl/evp.h>

namespace stator {

Md5::Md5() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_, EVP_md5(), nullptr); }

Md5::~Md5() { EVP_MD_CTX_free(context_); }

void Md5::Add(std::string_view bytes) { EVP_DigestUpdate(context_, bytes.data(), bytes.size()); }

std::string Md5::Digest() {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(context_, digest, &size);
  return {reinterpret_cast<const char*>(digest), size};
}

std::string Md5Of(std::string_view bytes) {
  Md5 md5;
  md5.Add(bytes);
  return md5.Digest();
}

}  // namespace stator
