// Makes whole HTTP requests signed by AWS Signature Version 4, as an SDK sends them.
#ifndef STATOR_BENCH_SIGNER_H_
#define STATOR_BENCH_SIGNER_H_

#include <optional>
#include <string>
#include <string_view>

#include "auth/sha256.h"

namespace stator::bench {

struct Credentials {
  std::string access_key = "local";
  std::string secret_key = "local";
  std::string region = "us-east-1";
};

// What does not change from request to request is worked out once a second. Not thread-safe: one
// for each thread.
class Signer {
 public:
  // `host` is what the Host header says. With `fixed`, the first signature is used for every
  // request: for a server that does not verify, so that the load generator's own work weighs less.
  Signer(Credentials credentials, std::string host, bool fixed)
      : credentials_(std::move(credentials)), host_(std::move(host)), fixed_(fixed) {}

  // Appends the bytes of a POST of `body` to DynamoDB's `operation`.
  void AppendRequest(std::string_view operation, std::string_view body, std::string* out);

 private:
  void SetSecond(long long unix_seconds);
  void AppendSignature(std::string_view operation, std::string_view body, std::string* out);

  Credentials credentials_;
  std::string host_;
  bool fixed_;

  long long second_ = -1;
  std::string day_;              // 20260131
  std::string head_;             // of requests, up to the name of the operation
  std::string head_end_;         // after it, up to the signature
  std::string canonical_start_;  // of the canonical request, up to the name of the operation
  std::string to_sign_start_;    // of the string to sign, up to the hash
  std::optional<HmacSha256> key_;
  std::string fixed_signature_;
  std::string scratch_;
};

}  // namespace stator::bench

#endif  // STATOR_BENCH_SIGNER_H_
