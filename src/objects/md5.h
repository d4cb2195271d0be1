// MD5 of bytes that come in pieces: what S3 calls objects' entity tags by, and exports' checksums.
#ifndef STATOR_OBJECTS_MD5_H_
#define STATOR_OBJECTS_MD5_H_

#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace stator {

class Md5 {
 public:
  Md5();
  ~Md5();
  Md5(const Md5&) = delete;
  Md5& operator=(const Md5&) = delete;

  void Add(std::string_view bytes);
  // The 16 bytes of the digest. To be called once.
  std::string Digest();

 private:
  evp_md_ctx_st* const context_;
};

std::string Md5Of(std::string_view bytes);

}  // namespace stator

#endif  // STATOR_OBJECTS_MD5_H_
