#include "signer.h"

#include <fmt/format.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <ctime>

namespace stator::bench {
namespace {

constexpr std::string_view kSignedHeaders = "content-type;host;x-amz-date;x-amz-target";
constexpr std::string_view kContentType = "application/x-amz-json-1.0";

std::string Hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string Sha256(std::string_view data) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::string Hmac(std::string_view key, std::string_view data) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(data.data()), data.size(),
       reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return digest;
}

}  // namespace

void Signer::SetSecond(long long unix_seconds) {
  second_ = unix_seconds;
  std::time_t time = static_cast<std::time_t>(unix_seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  date_ = fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", utc.tm_year + 1900, utc.tm_mon + 1,
                      utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
  std::string day = date_.substr(0, 8);
  std::string scope = fmt::format("{}/{}/dynamodb/aws4_request", day, credentials_.region);
  if (scope == scope_) return;
  scope_ = scope;
  std::string key = Hmac("AWS4" + credentials_.secret_key, day);
  key = Hmac(key, credentials_.region);
  key = Hmac(key, "dynamodb");
  signing_key_ = Hmac(key, "aws4_request");
}

std::string Signer::Signature(std::string_view target, std::string_view body) const {
  std::string canonical =
      fmt::format("POST\n/\n\ncontent-type:{}\nhost:{}\nx-amz-date:{}\nx-amz-target:{}\n\n{}\n{}",
                  kContentType, host_, date_, target, kSignedHeaders, Hex(Sha256(body)));
  std::string to_sign =
      fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", date_, scope_, Hex(Sha256(canonical)));
  return Hex(Hmac(signing_key_, to_sign));
}

std::string Signer::Request(std::string_view operation, std::string_view body) {
  std::string target = fmt::format("DynamoDB_20120810.{}", operation);
  std::string signature;
  if (fixed_ && !fixed_signature_.empty()) {
    signature = fixed_signature_;
  } else {
    long long now = static_cast<long long>(std::time(nullptr));
    if (now != second_) SetSecond(now);
    signature = Signature(target, body);
    if (fixed_) fixed_signature_ = signature;
  }
  return fmt::format(
      "POST / HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\nX-Amz-Date: {}\r\nX-Amz-Target: {}\r\n"
      "Authorization: AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}\r\n"
      "Content-Length: {}\r\n\r\n{}",
      host_, kContentType, date_, target, credentials_.access_key, scope_, kSignedHeaders,
      signature, body.size(), body);
}

}  // namespace stator::bench
