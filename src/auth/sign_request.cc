#include "auth/sign_request.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "auth/sigv4_canonical.h"

namespace stator {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

// "host;x-amz-date": all names in lower case and in order.
std::string SignedHeaders(const RequestView& request) {
  std::vector<std::string> names;
  for (const HeaderView& header : request.headers) {
    std::string& name = names.emplace_back(header.name);
    for (char& c : name) {
      if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
    }
  }
  std::sort(names.begin(), names.end());
  std::string list;
  for (const std::string& name : names) {
    if (!list.empty()) list += ';';
    list += name;
  }
  return list;
}

}  // namespace

HmacSha256 DeriveSigningKey(std::string_view secret, std::string_view day, std::string_view region,
                            std::string_view service) {
  const Sha256Digest by_day = HmacSha256("AWS4" + std::string(secret)).Sign(day);
  const Sha256Digest by_region = HmacSha256(AsBytes(by_day)).Sign(region);
  const Sha256Digest by_service = HmacSha256(AsBytes(by_region)).Sign(service);
  return HmacSha256(AsBytes(HmacSha256(AsBytes(by_service)).Sign("aws4_request")));
}

std::string SignRequest(const SigningScope& scope, const RequestView& request) {
  const std::string_view* date = FindHeader(request.headers, "x-amz-date");
  assert(date != nullptr);
  const std::string_view day = date->substr(0, 8);
  const std::string signed_headers = SignedHeaders(request);
  const auto path = scope.service == "s3" ? CanonicalPath::kAsSent : CanonicalPath::kNormalized;
  std::string canonical;
  [[maybe_unused]] const bool complete =
      AppendCanonicalRequest(request, signed_headers, /*in_query=*/false, &canonical, path);
  assert(complete);

  std::string scope_text(day);
  scope_text.append("/").append(scope.region).append("/").append(scope.service);
  scope_text.append("/aws4_request");
  std::string to_sign(kAlgorithm);
  to_sign.append("\n").append(*date).append("\n").append(scope_text).append("\n");
  AppendHex(Sha256(canonical), &to_sign);

  std::string out(kAlgorithm);
  out.append(" Credential=").append(scope.access_key_id).append("/").append(scope_text);
  out.append(", SignedHeaders=").append(signed_headers).append(", Signature=");
  const HmacSha256 key =
      DeriveSigningKey(scope.secret_access_key, day, scope.region, scope.service);
  AppendHex(key.Sign(to_sign), &out);
  return out;
}

}  // namespace stator
