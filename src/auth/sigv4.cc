#include "auth/sigv4.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "auth/sign_request.h"
#include "auth/sigv4_canonical.h"
#include "base/date_text.h"

namespace stator {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr int64_t kWindowMinutes = 15;
constexpr int64_t kMaxExpiresSeconds = 604800;
// Callers have one credential a day and region; more than this is somebody making them up.
constexpr size_t kMaxScopes = 1024;
constexpr size_t kMaxRegionLength = 64;

// Regions become part of names and keys; beyond that any is good.
bool IsRegion(std::string_view text) {
  return !text.empty() && text.size() <= kMaxRegionLength &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

// False if there are not exactly five elements.
bool SplitCredential(std::string_view credential, std::array<std::string_view, 5>* out) {
  for (size_t i = 0; i < 4; ++i) {
    const size_t slash = credential.find('/');
    if (slash == std::string_view::npos) return false;
    (*out)[i] = credential.substr(0, slash);
    credential.remove_prefix(slash + 1);
  }
  (*out)[4] = credential;
  return credential.find('/') == std::string_view::npos;
}

bool SameSecret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// How long after its date a signature is good.
int64_t WindowMinutes(const SigV4Parts& parts) {
  int64_t seconds = 0;
  const char* end = parts.expires.data() + parts.expires.size();
  const auto [at, error] = std::from_chars(parts.expires.data(), end, seconds);
  if (parts.expires.empty() || error != std::errc() || at != end || seconds < 1 ||
      seconds > kMaxExpiresSeconds) {
    return kWindowMinutes;
  }
  return (seconds + 59) / 60;
}

ApiResult<void> CheckToken(const SigV4Parts& parts, const Identity& identity) {
  const std::string_view expected =
      identity.session_token ? *identity.session_token : std::string_view();
  if (SameSecret(parts.security_token, expected)) return {};
  return ApiFail(ErrorType::kUnrecognizedClient,
                 "The security token included in the request is invalid");
}

}  // namespace

SigV4Verifier::SigV4Verifier(const Identities* identities, const Clock* clock,
                             std::vector<std::string> services)
    : identities_(identities), clock_(clock), services_(std::move(services)) {}

ApiResult<const Caller*> SigV4Verifier::Verify(const RequestView& request) {
  SigV4Parts parts;
  if (auto parsed = ParseSigV4(request, &parts); !parsed)
    return Unexpected(std::move(parsed).error());
  if (!identities_->empty()) {
    if (auto timely = CheckTime(parts); !timely) return Unexpected(std::move(timely).error());
  }
  if (!IsSignedHeader(parts.signed_headers, "host")) {
    return ApiFail(ErrorType::kInvalidSignature,
                   "'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (parts.algorithm != kAlgorithm) {
    return ApiFail(ErrorType::kIncompleteSignature, "Unsupported AWS 'algorithm': '" +
                                                        std::string(parts.algorithm) +
                                                        "' (only AWS4-HMAC-SHA256 for now). ");
  }
  auto scope = ScopeOf(parts);
  if (!scope) return Unexpected(std::move(scope).error());
  if ((*scope)->identity != nullptr) {
    if (auto token = CheckToken(parts, *(*scope)->identity); !token)
      return Unexpected(std::move(token).error());
    if (!SignatureMatches(request, parts, **scope)) {
      return ApiFail(
          ErrorType::kInvalidSignature,
          "The request signature we calculated does not match the signature you provided. Check "
          "your AWS "
          "Secret Access Key and signing method. Consult the service documentation for details.");
    }
  }
  return &(*scope)->caller;
}

ApiResult<void> SigV4Verifier::CheckTime(const SigV4Parts& parts) const {
  const int64_t now = clock_->NowMicros() / 1'000'000;
  const int64_t window = WindowMinutes(parts);
  const int64_t oldest = now - window * 60;
  const int64_t newest = now + kWindowMinutes * 60;
  if (parts.date_seconds < oldest) {
    return ApiFail(ErrorType::kInvalidSignature,
                   "Signature expired: " + std::string(parts.iso_date) + " is now earlier than " +
                       FormatIsoBasic(oldest) + " (" + FormatIsoBasic(now) + " - " +
                       std::to_string(window) + " min.)");
  }
  if (parts.date_seconds > newest) {
    return ApiFail(ErrorType::kInvalidSignature,
                   "Signature not yet current: " + std::string(parts.iso_date) +
                       " is still later than " + FormatIsoBasic(newest) + " (" +
                       FormatIsoBasic(now) + " + " + std::to_string(kWindowMinutes) + " min.)");
  }
  return {};
}

ApiResult<const SigV4Verifier::Scope*> SigV4Verifier::ScopeOf(const SigV4Parts& parts) {
  if (const auto it = scopes_.find(parts.credential);
      it != scopes_.end() && it->second.day == parts.iso_date.substr(0, 8)) {
    return &it->second;
  }
  std::array<std::string_view, 5> elements;
  if (!SplitCredential(parts.credential, &elements)) {
    return ApiFail(ErrorType::kIncompleteSignature,
                   "Credential must have exactly 5 slash-delimited elements, e.g. "
                   "keyid/date/region/service/term, got '" +
                       std::string(parts.credential) + "'");
  }
  const auto& [key_id, day, region, service, terminator] = elements;
  if (auto checked = CheckScope(day, region, service, terminator, parts); !checked) {
    return Unexpected(std::move(checked).error());
  }
  const Identity* identity = identities_->Find(key_id);
  if (key_id.empty() || (identity == nullptr && !identities_->empty())) {
    return ApiFail(ErrorType::kUnrecognizedClient,
                   "The security token included in the request is invalid.");
  }
  if (scopes_.size() >= kMaxScopes) scopes_.clear();
  Scope scope{
      Caller{std::string(identity ? std::string_view(identity->account_id) : kDefaultAccountId),
             std::string(region), std::string(key_id)},
      std::string(day), std::string(parts.credential.substr(key_id.size() + 1)), identity,
      identity ? DeriveSigningKey(identity->secret_access_key, day, region, service)
               : HmacSha256("")};
  return &scopes_.insert_or_assign(std::string(parts.credential), std::move(scope)).first->second;
}

ApiResult<void> SigV4Verifier::CheckScope(std::string_view day, std::string_view region,
                                          std::string_view service, std::string_view terminator,
                                          const SigV4Parts& parts) const {
  std::string wrong;
  if (!IsRegion(region)) {
    wrong += "Credential should be scoped to a valid region, not '" + std::string(region) + "'. ";
  }
  if (std::find(services_.begin(), services_.end(), service) == services_.end()) {
    wrong += "Credential should be scoped to correct service: '" + services_.front() + "'. ";
  }
  if (terminator != "aws4_request") {
    wrong += "Credential should be scoped with a valid terminator: 'aws4_request', not '" +
             std::string(terminator) + "'. ";
  }
  const std::string_view date_day = parts.iso_date.substr(0, 8);
  if (day != date_day) {
    wrong +=
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        "'" +
        std::string(day) + "' != '" + std::string(date_day) + "', from '" +
        std::string(parts.iso_date) + "'.";
  }
  if (wrong.empty()) return {};
  return ApiFail(ErrorType::kInvalidSignature, std::move(wrong));
}

bool SigV4Verifier::SignatureMatches(const RequestView& request, const SigV4Parts& parts,
                                     const Scope& scope) {
  if (!parts.in_query && !parts.security_token.empty() &&
      !IsSignedHeader(parts.signed_headers, "x-amz-security-token")) {
    return false;
  }
  canonical_.clear();
  if (!AppendCanonicalRequest(request, parts.signed_headers, parts.in_query, &canonical_))
    return false;
  string_to_sign_.assign(kAlgorithm)
      .append("\n")
      .append(parts.iso_date)
      .append("\n")
      .append(scope.text)
      .append("\n");
  AppendHex(Sha256(canonical_), &string_to_sign_);
  std::string signature;
  AppendHex(scope.signing_key.Sign(string_to_sign_), &signature);
  return SameSecret(signature, parts.signature);
}

}  // namespace stator
