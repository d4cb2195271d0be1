#include "signer.h"

#include <fmt/format.h>

#include <ctime>
#include <iterator>

#include "auth/sign_request.h"

namespace stator::bench {
namespace {

constexpr std::string_view kSignedHeaders = "content-type;host;x-amz-date;x-amz-target";
constexpr std::string_view kContentType = "application/x-amz-json-1.0";
constexpr std::string_view kTargetPrefix = "DynamoDB_20120810.";

}  // namespace

void Signer::SetSecond(long long unix_seconds) {
  second_ = unix_seconds;
  const std::time_t time = static_cast<std::time_t>(unix_seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  const std::string day =
      fmt::format("{:04}{:02}{:02}", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday);
  const std::string date =
      fmt::format("{}T{:02}{:02}{:02}Z", day, utc.tm_hour, utc.tm_min, utc.tm_sec);
  const std::string scope = fmt::format("{}/{}/dynamodb/aws4_request", day, credentials_.region);
  if (day != day_) {
    day_ = day;
    key_.emplace(DeriveSigningKey(credentials_.secret_key, day, credentials_.region, "dynamodb"));
  }
  head_ = fmt::format(
      "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\nX-Amz-Date: {}\r\nX-Amz-Target: {}",
      host_, kContentType, date, kTargetPrefix);
  head_end_ = fmt::format(
      "\r\nAuthorization: AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature=",
      credentials_.access_key, scope, kSignedHeaders);
  canonical_start_ =
      fmt::format("POST\n/\n\ncontent-type:{}\nhost:{}\nx-amz-date:{}\nx-amz-target:{}",
                  kContentType, host_, date, kTargetPrefix);
  to_sign_start_ = fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n", date, scope);
}

void Signer::AppendSignature(std::string_view operation, std::string_view body, std::string* out) {
  scratch_ = canonical_start_;
  scratch_.append(operation).append("\n\n").append(kSignedHeaders).append("\n");
  AppendHex(Sha256(body), &scratch_);
  const Sha256Digest canonical = Sha256(scratch_);
  scratch_ = to_sign_start_;
  AppendHex(canonical, &scratch_);
  AppendHex(key_->Sign(scratch_), out);
}

void Signer::AppendRequest(std::string_view operation, std::string_view body, std::string* out) {
  if (!fixed_ || second_ < 0) {
    const long long now = static_cast<long long>(std::time(nullptr));
    if (now != second_) SetSecond(now);
  }
  out->append(head_).append(operation).append(head_end_);
  if (!fixed_) {
    AppendSignature(operation, body, out);
  } else {
    if (fixed_signature_.empty()) AppendSignature(operation, body, &fixed_signature_);
    out->append(fixed_signature_);
  }
  fmt::format_to(std::back_inserter(*out), "\r\nContent-Length: {}\r\n\r\n", body.size());
  out->append(body);
}

}  // namespace stator::bench
