// Making signatures of AWS Signature Version 4, the client's side (facts 11.6).
#ifndef STATOR_AUTH_SIGN_REQUEST_H_
#define STATOR_AUTH_SIGN_REQUEST_H_

#include <string>
#include <string_view>

#include "auth/request_view.h"
#include "auth/sha256.h"

namespace stator {

// The key that signs the requests of one day (YYYYMMDD) to a region's service.
HmacSha256 DeriveSigningKey(std::string_view secret, std::string_view day, std::string_view region,
                            std::string_view service);

struct SigningScope {
  std::string access_key_id;
  std::string secret_access_key;
  std::string region;
  std::string service = "dynamodb";
};

// The value of the Authorization header of `request`; all its headers are signed. For service "s3"
// the path is signed as it is, encoded once.
// REQUIRES: the headers have different names, and Host and X-Amz-Date (ISO-8601 basic format) are
// among them, and X-Amz-Security-Token if the credentials come with one.
std::string SignRequest(const SigningScope& scope, const RequestView& request);

}  // namespace stator

#endif  // STATOR_AUTH_SIGN_REQUEST_H_
