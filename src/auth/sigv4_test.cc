#include "auth/sigv4.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "auth/sha256.h"
#include "base/date_text.h"

namespace stator {
namespace {

class FixedClock final : public Clock {
 public:
  explicit FixedClock(std::string_view iso) : micros_(*ParseIsoBasic(iso) * 1'000'000) {}
  int64_t NowMicros() const override { return micros_; }
  int64_t MonotonicMicros() const override { return micros_; }

 private:
  int64_t micros_;
};

// "<type> <message>" of the error, or "account/region/key" of the caller.
std::string Outcome(SigV4Verifier* verifier, const RequestView& request) {
  auto result = verifier->Verify(request);
  if (result)
    return (*result)->account_id + "/" + (*result)->region + "/" + (*result)->access_key_id;
  return std::string(InfoOf(result.error().type).name) + " " +
         result.error().message.value_or("(none)");
}

Identities MakeIdentities(std::vector<Identity> list) {
  auto result = Identities::Create(std::move(list));
  EXPECT_TRUE(result);
  return std::move(*result);
}

constexpr std::string_view kMismatch =
    "InvalidSignatureException The request signature we calculated does not match the signature "
    "you provided. "
    "Check your AWS Secret Access Key and signing method. Consult the service documentation for "
    "details.";

TEST(HmacSha256, Rfc4231) {
  const auto hex = [](const Sha256Digest& digest) {
    std::string out;
    AppendHex(digest, &out);
    return out;
  };
  EXPECT_EQ(hex(HmacSha256("Jefe").Sign("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(HmacSha256(std::string(131, '\xaa'))
                    .Sign("Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

// AWS's published examples.
class PublishedVectors : public testing::Test {
 protected:
  PublishedVectors()
      : identities_(MakeIdentities(
            {{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "123456789012"}})),
        clock_("20150830T123600Z"),
        verifier_(&identities_, &clock_, {"service", "iam"}) {}

  void Expect(std::string_view method, std::string_view path, std::string_view query,
              std::vector<HeaderView> headers, std::string_view body, std::string_view service,
              std::string_view signed_headers, std::string_view signature) {
    const std::string authorization =
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/" + std::string(service) +
        "/aws4_request, SignedHeaders=" + std::string(signed_headers) +
        ", Signature=" + std::string(signature);
    headers.push_back({"X-Amz-Date", "20150830T123600Z"});
    headers.push_back({"Authorization", authorization});
    RequestView request{method, path, query, headers, body};
    EXPECT_EQ(Outcome(&verifier_, request), "123456789012/us-east-1/AKIDEXAMPLE")
        << method << path << query;
    const std::string other = std::string(body) + "x";
    request.body = other;
    EXPECT_EQ(Outcome(&verifier_, request), kMismatch);
  }

  Identities identities_;
  FixedClock clock_;
  SigV4Verifier verifier_;
};

TEST_F(PublishedVectors, All) {
  const HeaderView host{"Host", "example.amazonaws.com"};
  Expect("GET", "/", "", {host}, "", "service", "host;x-amz-date",
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  Expect("POST", "/", "", {host}, "", "service", "host;x-amz-date",
         "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
  Expect("GET", "/", "Param2=value2&Param1=value1", {host}, "", "service", "host;x-amz-date",
         "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
  Expect("GET", "/", "", {host, {"My-Header1", "value1"}, {"My-Header2", "\"a   b   c\""}}, "",
         "service", "host;my-header1;my-header2;x-amz-date",
         "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");
  Expect("GET", "/", "",
         {host, {"My-Header1", "value2"}, {"My-Header1", "value2"}, {"My-Header1", "value1"}}, "",
         "service", "host;my-header1;x-amz-date",
         "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea");
  Expect("GET", "//example//", "", {host}, "", "service", "host;x-amz-date",
         "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84");
  Expect("GET", "/example/..", "", {host}, "", "service", "host;x-amz-date",
         "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  Expect("GET", "/", "Action=ListUsers&Version=2010-05-08",
         {{"host", "iam.amazonaws.com"},
          {"content-type", "application/x-www-form-urlencoded; charset=utf-8"}},
         "", "iam", "content-type;host;x-amz-date",
         "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

// A request whose signature was computed by hand from the rules (tests sign through Sign below).
class SigV4Test : public testing::Test {
 protected:
  static constexpr std::string_view kNow = "20130609T100015Z";
  static constexpr std::string_view kBody = R"({"TableName":"t"})";

  SigV4Test()
      : identities_(MakeIdentities(
            {{"AKID", "secret", "111122223333"}, {"ASIA", "other", "444455556666", "token+/="}})),
        clock_(kNow),
        verifier_(&identities_, &clock_, {"dynamodb", "dax"}),
        open_verifier_(&none_, &clock_) {}

  // The signature of `headers`, worked out step by step and without the code under test.
  static std::string Sign(std::string secret, std::string canonical, const std::string& date,
                          const std::string& region = "eu-west-1",
                          const std::string& service = "dynamodb") {
    const std::string day = date.substr(0, 8);
    std::string text = "AWS4-HMAC-SHA256\n" + date + "\n" + day + "/" + region + "/" + service +
                       "/aws4_request\n" + Hex(Sha256(canonical));
    std::string key = "AWS4" + secret;
    for (const std::string& part : {day, region, service, std::string("aws4_request")}) {
      const Sha256Digest digest = HmacSha256(key).Sign(part);
      key = AsBytes(digest);
    }
    return Hex(HmacSha256(key).Sign(text));
  }
  static std::string Hex(const Sha256Digest& digest) {
    std::string out;
    AppendHex(digest, &out);
    return out;
  }

  std::string Signed(const std::string& date, const std::string& secret = "secret",
                     const std::string& key = "AKID") {
    const std::string canonical =
        "POST\n/\n\nhost:h:8000\nx-amz-date:" + date + "\n\nhost;x-amz-date\n" + Hex(Sha256(kBody));
    return "AWS4-HMAC-SHA256 Credential=" + key + "/" + date.substr(0, 8) +
           "/eu-west-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=" +
           Sign(secret, canonical, date);
  }

  std::string Try(const std::string& authorization, std::string_view date = kNow,
                  std::string_view query = "") {
    std::vector<HeaderView> headers = {
        {"host", "h:8000"}, {"x-amz-date", date}, {"Authorization", authorization}};
    return Outcome(&verifier_, {"POST", "/", query, headers, kBody});
  }
  std::string TryOpen(const std::string& authorization, std::string_view date = kNow) {
    std::vector<HeaderView> headers = {
        {"host", "h:8000"}, {"x-amz-date", date}, {"Authorization", authorization}};
    return Outcome(&open_verifier_, {"POST", "/", "", headers, kBody});
  }

  Identities identities_;
  Identities none_;
  FixedClock clock_;
  SigV4Verifier verifier_;
  SigV4Verifier open_verifier_;
};

TEST_F(SigV4Test, GoodSignature) {
  const std::string good = Signed(std::string(kNow));
  EXPECT_EQ(Try(good), "111122223333/eu-west-1/AKID");
  EXPECT_EQ(Try(good), "111122223333/eu-west-1/AKID");  // from the cache
  std::string commas = good;
  for (size_t at; (at = commas.find(", ")) != std::string::npos;) commas.replace(at, 2, ",");
  EXPECT_EQ(Try(commas), "111122223333/eu-west-1/AKID");
}

TEST_F(SigV4Test, EveryPartIsCovered) {
  const std::string good = Signed(std::string(kNow));
  std::string bad = good;
  bad.back() = bad.back() == '0' ? '1' : '0';
  EXPECT_EQ(Try(bad), kMismatch);
  EXPECT_EQ(Try(good.substr(0, good.size() - 1)), kMismatch);
  EXPECT_EQ(Try(good + "0"), kMismatch);
  EXPECT_EQ(Try(Signed(std::string(kNow), "wrong")), kMismatch);
  EXPECT_EQ(Try(good, kNow, "a=b"), kMismatch);
  EXPECT_EQ(Try(good, "20130609T100016Z"), kMismatch);
}

TEST_F(SigV4Test, ListedHeadersMustBeThereOnce) {
  std::string good = Signed(std::string(kNow));
  std::string twice = good, absent = good;
  twice.replace(twice.find("host;"), 5, "host;host;");
  absent.replace(absent.find("host;"), 5, "host;other;");
  EXPECT_EQ(Try(twice), kMismatch);
  EXPECT_EQ(Try(absent), kMismatch);
}

TEST_F(SigV4Test, CaseAndOrderOfTheListDoNotMatter) {
  std::string good = Signed(std::string(kNow));
  good.replace(good.find("host;x-amz-date"), 15, "X-Amz-Date;HOST");
  EXPECT_EQ(Try(good), "111122223333/eu-west-1/AKID");
}

TEST_F(SigV4Test, MissingToken) {
  const std::string missing =
      "MissingAuthenticationTokenException Request is missing Authentication Token";
  EXPECT_EQ(Try(""), missing);
  EXPECT_EQ(Try("   "), missing);
  EXPECT_EQ(Try("Basic abc"), missing);
  EXPECT_EQ(Outcome(&open_verifier_, {"POST", "/", "", {}, kBody}), missing);
  EXPECT_EQ(Try("AWS4-X", kNow, "X-Amz-Algorithm"),
            "InvalidSignatureException Found both 'X-Amz-Algorithm' as a query-string param and "
            "'Authorization' as "
            "HTTP header.");
}

TEST_F(SigV4Test, MissingParts) {
  std::vector<HeaderView> headers = {{"authorization", "AWS4-"}};
  EXPECT_EQ(
      Outcome(&open_verifier_, {"POST", "/", "", headers, kBody}),
      "IncompleteSignatureException Authorization header requires 'Credential' parameter. "
      "Authorization header "
      "requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
      "Authorization "
      "header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=AWS4-");
  EXPECT_EQ(Try("AWS4-HMAC-SHA256 Credential=a,SignedHeaders=b"),
            "IncompleteSignatureException Authorization header requires 'Signature' parameter. "
            "Authorization=AWS4-HMAC-SHA256 Credential=a,SignedHeaders=b");
  EXPECT_EQ(Try("AWS4- Credential=a, Signature=b, SignedHeaders=c, d"),
            "IncompleteSignatureException 'd' not a valid key=value pair (missing equal-sign) in "
            "Authorization header: "
            "'AWS4- Credential=a, Signature=b, SignedHeaders=c, d'.");
}

TEST_F(SigV4Test, MissingQueryParts) {
  const auto try_query = [&](std::string_view query) {
    return Outcome(&open_verifier_, {"POST", "/", query, {}, kBody});
  };
  EXPECT_EQ(try_query("X-Amz-Algorithm"),
            "IncompleteSignatureException AWS query-string parameters must include "
            "'X-Amz-Algorithm'. AWS query-string "
            "parameters must include 'X-Amz-Credential'. AWS query-string parameters must include "
            "'X-Amz-Signature'. "
            "AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string "
            "parameters must include "
            "'X-Amz-Date'. Re-examine the query-string parameters.");
  EXPECT_EQ(
      try_query("X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-SignedHeaders=d"),
      "IncompleteSignatureException AWS query-string parameters must include 'X-Amz-Date'. "
      "Re-examine the "
      "query-string parameters.");
  EXPECT_EQ(try_query("X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-SignedHeaders="
                      "d&X-Amz-Date=e"),
            "IncompleteSignatureException Date must be in ISO-8601 'basic format'. Got 'e'. See "
            "http://en.wikipedia.org/wiki/ISO_8601");
}

TEST_F(SigV4Test, Dates) {
  const std::string form = "AWS4- Credential=a, Signature=b, SignedHeaders=c";
  EXPECT_EQ(TryOpen(form, "201"),
            "IncompleteSignatureException Date must be in ISO-8601 'basic format'. Got '201'. See "
            "http://en.wikipedia.org/wiki/ISO_8601");
  EXPECT_EQ(Try(form, "20130301T000000Z"),
            "InvalidSignatureException Signature expired: 20130301T000000Z is now earlier than "
            "20130609T094515Z "
            "(20130609T100015Z - 15 min.)");
  EXPECT_EQ(
      Try(form, "20130609T101516Z"),
      "InvalidSignatureException Signature not yet current: 20130609T101516Z is still later than "
      "20130609T101515Z (20130609T100015Z + 15 min.)");
  EXPECT_EQ(Try(Signed("20130609T094515Z"), "20130609T094515Z"), "111122223333/eu-west-1/AKID");
  EXPECT_EQ(Try(Signed("20130609T101515Z"), "20130609T101515Z"), "111122223333/eu-west-1/AKID");
  EXPECT_EQ(TryOpen(Signed("20010609T094515Z"), "20010609T094515Z"), "000000000000/eu-west-1/AKID");
}

TEST_F(SigV4Test, HttpDateHeader) {
  const std::string canonical =
      "POST\n/\n\ndate:Sun, 09 Jun 2013 10:00:15 GMT\nhost:h\n\ndate;host\n" + Hex(Sha256(kBody));
  const std::string authorization =
      "AWS4-HMAC-SHA256 Credential=AKID/20130609/eu-west-1/dynamodb/aws4_request, "
      "SignedHeaders=date;host, Signature=" +
      Sign("secret", canonical, std::string(kNow));
  std::vector<HeaderView> headers = {
      {"Host", "h"}, {"Date", "Sun, 09 Jun 2013 10:00:15 GMT"}, {"Authorization", authorization}};
  EXPECT_EQ(Outcome(&verifier_, {"POST", "/", "", headers, kBody}), "111122223333/eu-west-1/AKID");
}

TEST_F(SigV4Test, HostAlgorithmCredential) {
  EXPECT_EQ(TryOpen("AWS4- Credential=a, Signature=b, SignedHeaders=c"),
            "InvalidSignatureException 'Host' must be a 'SignedHeader' in the AWS Authorization.");
  EXPECT_EQ(TryOpen("AWS4-HMAC-SHA25 Credential=a, Signature=b, SignedHeaders=c;Host"),
            "IncompleteSignatureException Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only "
            "AWS4-HMAC-SHA256 for "
            "now). ");
  for (const std::string credential : {"a/b/c/d", "a/b/c/d/e/f", "a"}) {
    EXPECT_EQ(
        TryOpen("AWS4-HMAC-SHA256 Credential=" + credential + ", Signature=b, SignedHeaders=host"),
        "IncompleteSignatureException Credential must have exactly 5 slash-delimited elements, "
        "e.g. "
        "keyid/date/region/service/term, got '" +
            credential + "'");
  }
}

TEST_F(SigV4Test, ScopeErrorsTogetherAndAlone) {
  EXPECT_EQ(
      TryOpen("AWS4-HMAC-SHA256 Credential=a/b/c./d/e, Signature=b, SignedHeaders=host",
              "20130609T095204Z"),
      "InvalidSignatureException Credential should be scoped to a valid region, not 'c.'. "
      "Credential should be "
      "scoped to correct service: 'dynamodb'. Credential should be scoped with a valid terminator: "
      "'aws4_request', not 'e'. Date in Credential scope does not match YYYYMMDD from ISO-8601 "
      "version of date "
      "from HTTP: 'b' != '20130609', from '20130609T095204Z'.");
  EXPECT_EQ(
      TryOpen("AWS4-HMAC-SHA256 Credential=a/20130609/c/d/aws4_request, Signature=b, "
              "SignedHeaders=host"),
      "InvalidSignatureException Credential should be scoped to correct service: 'dynamodb'. ");
  EXPECT_EQ(TryOpen("AWS4-HMAC-SHA256 Credential=a/20130609/local/dynamodb/aws4_request, "
                    "Signature=b, SignedHeaders=host"),
            "000000000000/local/a");
  // The same credential on another day: the cache must not hide the error.
  EXPECT_EQ(TryOpen("AWS4-HMAC-SHA256 Credential=a/20130609/local/dynamodb/aws4_request, "
                    "Signature=b, SignedHeaders=host",
                    "20130610T000000Z"),
            "InvalidSignatureException Date in Credential scope does not match YYYYMMDD from "
            "ISO-8601 version of date "
            "from HTTP: '20130609' != '20130610', from '20130610T000000Z'.");
}

TEST_F(SigV4Test, UnknownKeyAndTokens) {
  EXPECT_EQ(Try(Signed(std::string(kNow), "secret", "NOBODY")),
            "UnrecognizedClientException The security token included in the request is invalid.");
  EXPECT_EQ(Try(Signed(std::string(kNow), "other", "ASIA")),
            "UnrecognizedClientException The security token included in the request is invalid");
  const std::string canonical =
      "POST\n/\n\nhost:h\nx-amz-date:" + std::string(kNow) +
      "\nx-amz-security-token:token+/=\n\nhost;x-amz-date;x-amz-security-token\n" +
      Hex(Sha256(kBody));
  const std::string authorization =
      "AWS4-HMAC-SHA256 Credential=ASIA/20130609/eu-west-1/dynamodb/aws4_request, "
      "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=" +
      Sign("other", canonical, std::string(kNow));
  std::vector<HeaderView> headers = {{"Host", "h"},
                                     {"X-Amz-Date", kNow},
                                     {"X-Amz-Security-Token", "token+/="},
                                     {"Authorization", authorization}};
  EXPECT_EQ(Outcome(&verifier_, {"POST", "/", "", headers, kBody}), "444455556666/eu-west-1/ASIA");
  headers[2].value = "wrong";
  EXPECT_EQ(Outcome(&verifier_, {"POST", "/", "", headers, kBody}),
            "UnrecognizedClientException The security token included in the request is invalid");
  // A token where none belongs.
  const std::string good = Signed(std::string(kNow));
  headers = {{"host", "h:8000"},
             {"x-amz-date", kNow},
             {"x-amz-security-token", "t"},
             {"Authorization", good}};
  EXPECT_EQ(Outcome(&verifier_, {"POST", "/", "", headers, kBody}),
            "UnrecognizedClientException The security token included in the request is invalid");
}

TEST_F(SigV4Test, UnsignedTokenIsRefused) {
  const std::string good = Signed(std::string(kNow), "other", "ASIA");
  std::vector<HeaderView> headers = {{"host", "h:8000"},
                                     {"x-amz-date", kNow},
                                     {"x-amz-security-token", "token+/="},
                                     {"Authorization", good}};
  EXPECT_EQ(Outcome(&verifier_, {"POST", "/", "", headers, kBody}), kMismatch);
}

TEST_F(SigV4Test, QueryForm) {
  const std::string unsigned_query =
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20130609%2Feu-west-1%2Fdynamodb%"
      "2Faws4_request"
      "&X-Amz-Date=20130609T080000Z&X-Amz-Expires=7200&X-Amz-SignedHeaders=host";
  const std::string canonical =
      "POST\n/\n" + unsigned_query + "\nhost:h\n\nhost\n" + Hex(Sha256(kBody));
  std::string query =
      unsigned_query + "&X-Amz-Signature=" + Sign("secret", canonical, "20130609T080000Z");
  std::vector<HeaderView> headers = {{"host", "h"}};
  EXPECT_EQ(Outcome(&verifier_, {"POST", "/", query, headers, kBody}),
            "InvalidSignatureException Signature expired: 20130609T080000Z is now earlier than "
            "20130609T080015Z "
            "(20130609T100015Z - 120 min.)");
  FixedClock earlier("20130609T095959Z");
  SigV4Verifier verifier(&identities_, &earlier);
  EXPECT_EQ(Outcome(&verifier, {"POST", "/", query, headers, kBody}),
            "111122223333/eu-west-1/AKID");
  EXPECT_EQ(Outcome(&verifier, {"POST", "/", query + "&a=b", headers, kBody}), kMismatch);
}

TEST_F(SigV4Test, ManyCredentialsAreForgotten) {
  for (int i = 0; i < 5000; ++i) {
    const std::string region = "r" + std::to_string(i);
    EXPECT_EQ(TryOpen("AWS4-HMAC-SHA256 Credential=a/20130609/" + region +
                      "/dynamodb/aws4_request, Signature=b, SignedHeaders=host"),
              "000000000000/" + region + "/a");
  }
}

TEST(Identities, Refusals) {
  const auto error = [](std::vector<Identity> list) {
    return Identities::Create(std::move(list)).error().message;
  };
  EXPECT_EQ(error({{"", "s"}}), "identity: access_key_id '' cannot be used in a signature");
  EXPECT_EQ(error({{"a/b", "s"}}), "identity: access_key_id 'a/b' cannot be used in a signature");
  EXPECT_EQ(error({{"a", ""}}), "identity a: secret_access_key is missing");
  EXPECT_EQ(error({{"a", "s", "12"}}), "identity a: account_id must be 12 digits");
  EXPECT_EQ(error({{"a", "s"}, {"a", "t"}}), "identity a: access_key_id is given twice");
}

}  // namespace
}  // namespace stator
