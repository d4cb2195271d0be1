// Makes whole HTTP requests signed by AWS Signature Version 4, as an SDK sends them.
#ifndef STATOR_BENCH_SIGNER_H_
#define STATOR_BENCH_SIGNER_H_

#include <string>
#include <string_view>

namespace stator::bench {

struct Credentials {
  std::string access_key = "local";
  std::string secret_key = "local";
  std::string region = "us-east-1";
};

// Not thread-safe: one for each thread.
class Signer {
 public:
  // `host` is what the Host header says. With `fixed`, the first signature is used for every
  // request: for a server that does not verify, so that the load generator's own work weighs less.
  Signer(Credentials credentials, std::string host, bool fixed)
      : credentials_(std::move(credentials)), host_(std::move(host)), fixed_(fixed) {}

  // The bytes of a POST of `body` to DynamoDB's `operation`.
  std::string Request(std::string_view operation, std::string_view body);

 private:
  void SetSecond(long long unix_seconds);
  std::string Signature(std::string_view target, std::string_view body) const;

  Credentials credentials_;
  std::string host_;
  bool fixed_;

  long long second_ = -1;    // of date_
  std::string date_;         // 20260131T235959Z
  std::string scope_;        // 20260131/us-east-1/dynamodb/aws4_request
  std::string signing_key_;  // of scope_
  std::string fixed_signature_;
};

}  // namespace stator::bench

#endif  // STATOR_BENCH_SIGNER_H_
