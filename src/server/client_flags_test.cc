#include "server/client_flags.h"

#include <gtest/gtest.h>

namespace stator {
namespace {

TEST(ClientFlags, TheServiceItself) {
  ClientFlags flags;
  flags.endpoint = "aws";
  flags.region = "eu-central-1";
  auto refused = flags.ToOptions();
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().message.starts_with("no credentials: "));

  flags.access_key_id = "AKIA";
  flags.secret_access_key = "secret";
  flags.session_token = "token";
  auto options = flags.ToOptions();
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(options->endpoint, (Endpoint{true, "dynamodb.eu-central-1.amazonaws.com", "443"}));
  EXPECT_TRUE(options->verify_certificate);
  EXPECT_EQ(options->scope.region, "eu-central-1");
  EXPECT_EQ(options->session_token, "token");

  flags.region = "cn-north-1";
  options = flags.ToOptions();
  ASSERT_TRUE(options);
  EXPECT_EQ(options->endpoint.host, "dynamodb.cn-north-1.amazonaws.com.cn");
}

}  // namespace
}  // namespace stator
