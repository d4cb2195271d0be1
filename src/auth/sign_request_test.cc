#include "auth/sign_request.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace stator {
namespace {

TEST(SignRequest, PublishedVector) {
  const std::vector<HeaderView> headers = {{"Host", "example.amazonaws.com"},
                                           {"X-Amz-Date", "20150830T123600Z"}};
  const SigningScope scope = {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                              "us-east-1", "service"};
  EXPECT_EQ(SignRequest(scope, {"GET", "/", "", headers, ""}),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

}  // namespace
}  // namespace stator
