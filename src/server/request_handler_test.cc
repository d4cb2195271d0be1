#include "server/request_handler.h"

#include <gtest/gtest.h>

#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/operations.h"
#include "base/crc32.h"
#include "server/log.h"
#include "server/system_random.h"
#include "storage/open.h"
#include "table/database.h"

namespace stator {
namespace {

constexpr std::string_view kAuthorization =
    "AWS4-HMAC-SHA256 Credential=key/20130609/us-east-1/dynamodb/aws4_request, SignedHeaders=host, "
    "Signature=0";
constexpr std::string_view kUnknownBody =
    R"({"__type":"com.amazon.coral.service#UnknownOperationException"})";
constexpr std::string_view kBadJsonBody =
    R"({"__type":"com.amazon.coral.service#SerializationException"})";

struct TestRequest {
  std::string method = "POST";
  std::string body;
  std::vector<HeaderView> headers;
};

class RequestHandlerTest : public testing::Test {
 protected:
  void SetUp() override {
    StartLog(LogLevel::kOff);
    auto database =
        Database::Open(NewMemoryEngine(engine_options_), {.clock = &clock_, .random = &random_});
    ASSERT_TRUE(database) << database.error().message;
    database_ = std::move(*database);
    service_ = std::make_unique<Service>(database_.get());
    std::vector<std::string> names;
    for (const OperationInfo& operation : Operations()) names.emplace_back(operation.name);
    metrics_ = std::make_unique<Metrics>(std::move(names));
    handler_ = MakeHandler(&none_);
  }
  std::unique_ptr<RequestHandler> MakeHandler(const Identities* identities) {
    return std::make_unique<RequestHandler>(RequestHandler::Options{.service = service_.get(),
                                                                    .identities = identities,
                                                                    .clock = &clock_,
                                                                    .counters = metrics_->AddLoop(),
                                                                    .random_seed = 7});
  }

  HttpAnswer Try(const TestRequest& request) { return Try(request, handler_.get()); }
  HttpAnswer Try(const TestRequest& request, RequestHandler* handler, bool refused = false,
                 MemoryBudget* budget = nullptr) {
    std::promise<HttpAnswer> promise;
    auto future = promise.get_future();
    Handle(
        request, handler, budget,
        [&promise](HttpAnswer answer) { promise.set_value(std::move(answer)); }, refused);
    return future.get();
  }
  static void Handle(const TestRequest& request, RequestHandler* handler, MemoryBudget* budget,
                     HttpDone done, bool refused = false) {
    std::string body = request.body;
    body.reserve(body.size() + kBodyPadding);
    HttpRequest http;
    http.method = request.method;
    http.path = "/";
    http.headers = request.headers;
    http.body = body;
    http.refused = refused;
    http.budget = budget;
    handler->Handle(http, std::move(done));
  }
  // A request that is right in everything but what the test adds.
  TestRequest Call(std::string_view target, std::string body, std::vector<HeaderView> more = {}) {
    std::vector<HeaderView> headers = {{"Host", "h"},
                                       {"Content-Type", "application/x-amz-json-1.0"},
                                       {"X-Amz-Date", "20130609T100015Z"},
                                       {"Authorization", kAuthorization},
                                       {"X-Amz-Target", target}};
    headers.insert(headers.end(), more.begin(), more.end());
    return {"POST", std::move(body), headers};
  }

  EngineOptions engine_options_;
  const SystemClock clock_;
  SystemRandom random_;
  Identities none_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<RequestHandler> handler_;
};

TEST_F(RequestHandlerTest, ApiCall) {
  const HttpAnswer answer = Try(Call("DynamoDB_20120810.ListTables", "{}"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"TableNames":[]})");
  EXPECT_EQ(answer.content_type, "application/x-amz-json-1.0");
  EXPECT_EQ(answer.crc32, Crc32(answer.body));
  EXPECT_FALSE(answer.allow_origin);
}

TEST_F(RequestHandlerTest, RequestIds) {
  const HttpAnswer one = Try(Call("DynamoDB_20120810.ListTables", "{}"));
  const HttpAnswer two = Try(Call("DynamoDB_20120810.ListTables", "{}"));
  const std::string_view id = TextOf(one.request_id);
  EXPECT_NE(id, TextOf(two.request_id));
  EXPECT_EQ(id.size(), 52u);
  EXPECT_TRUE(id.ends_with("VV4KQNSO5AEMVJF66Q9ASUAAJG"));
  EXPECT_EQ(id.find_first_not_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"), std::string_view::npos);
}

TEST_F(RequestHandlerTest, Health) {
  const HttpAnswer answer = Try({"GET", "", {{"Origin", "x"}}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "healthy: dynamodb.us-east-1.amazonaws.com ");
  EXPECT_EQ(answer.content_type, "");
  EXPECT_TRUE(answer.allow_origin);
}

TEST_F(RequestHandlerTest, WhatIsNotTheApi) {
  for (const TestRequest& request :
       {TestRequest{"PUT", "{}", {}}, TestRequest{"DELETE", "", {}}, TestRequest{"PATCH", "", {}},
        TestRequest{"OPTIONS", "", {}}, TestRequest{"POST", "{}", {}},
        TestRequest{"POST", "{}", {{"content-type", "text/plain"}}},
        TestRequest{"POST", "{}", {{"content-type", "application/x-amz-json-1.1"}}}}) {
    const HttpAnswer answer = Try(request);
    EXPECT_EQ(answer.status, 404) << request.method;
    EXPECT_EQ(answer.body, "<UnknownOperationException/>\n");
    EXPECT_EQ(answer.content_type, "");
  }
}

TEST_F(RequestHandlerTest, ContentTypes) {
  const auto type = [&](std::string_view sent) {
    TestRequest request = Call("DynamoDB_20120810.ListTables", "{}");
    request.headers[1].value = sent;
    const HttpAnswer answer = Try(request);
    return answer.status == 200 ? std::string(answer.content_type) : "refused";
  };
  EXPECT_EQ(type("application/json"), "application/json");
  EXPECT_EQ(type("application/json; charset=utf-8"), "application/json");
  EXPECT_EQ(type(" application/x-amz-json-1.0 ;a=b;c"), "application/x-amz-json-1.0");
  EXPECT_EQ(type("Application/X-AMZ-JSON-1.0"), "application/x-amz-json-1.0");
  EXPECT_EQ(type("application/jsonx"), "refused");
}

TEST_F(RequestHandlerTest, Preflight) {
  HttpAnswer answer = Try({"OPTIONS", "", {{"Origin", "http://x"}}});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  EXPECT_TRUE(answer.allow_origin);
  EXPECT_EQ(answer.headers, "Access-Control-Max-Age: 172800\r\n");
  answer = Try({"OPTIONS",
                "",
                {{"Origin", "http://x"},
                 {"Access-Control-Request-Headers", "a, b"},
                 {"Access-Control-Request-Method", "PUT"}}});
  EXPECT_EQ(answer.headers,
            "Access-Control-Allow-Headers: a, b\r\nAccess-Control-Allow-Methods: PUT\r\n"
            "Access-Control-Max-Age: 172800\r\n");
}

TEST_F(RequestHandlerTest, OrderOfChecks) {
  TestRequest request = Call("DynamoDB_20120810.ListTables", "{bad");
  request.headers[3].value = "none";
  EXPECT_EQ(Try(request).body, kBadJsonBody);  // JSON before authentication
  request.body = "";
  EXPECT_EQ(Try(request).body,
            R"({"__type":"com.amazon.coral.service#MissingAuthenticationTokenException",)"
            R"("message":"Request is missing Authentication Token"})");
  request.headers[4].value = "DynamoDB_20120810.Nothing";
  EXPECT_EQ(Try(request).body, kUnknownBody);  // the target before authentication
  EXPECT_EQ(Crc32(kUnknownBody), 1368724161u);
  EXPECT_EQ(Try(Call("DynamoDB_20120810.ListTables", "")).body,
            kBadJsonBody);  // an empty body after it
  EXPECT_EQ(Try({"POST", "", {}}).body, kUnknownBody);
  EXPECT_EQ(Try({"POST", "", {}}).content_type, "application/json");
}

TEST_F(RequestHandlerTest, SignaturesAreVerifiedAgainstIdentities) {
  auto identities = Identities::Create({{"AKID", "secret"}});
  auto strict = MakeHandler(&*identities);
  const HttpAnswer answer = Try(Call("DynamoDB_20120810.ListTables", "{}"), strict.get());
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.body.find(
                "InvalidSignatureException\",\"message\":\"Signature expired: 20130609T100015Z"),
            std::string::npos)
      << answer.body;
}

TEST_F(RequestHandlerTest, CompressedRequests) {
  for (const ContentCoding coding : {ContentCoding::kGzip, ContentCoding::kDeflate}) {
    const HeaderView header{"Content-Encoding", NameOf(coding)};
    EXPECT_EQ(Try(Call("DynamoDB_20120810.ListTables", Compress(coding, "{}"), {header})).status,
              200);
    for (const std::string& bad : {std::string("{}"), std::string()}) {
      const HttpAnswer answer = Try(Call("DynamoDB_20120810.ListTables", bad, {header}));
      EXPECT_EQ(answer.status, 500);
      EXPECT_NE(answer.body.find("#InternalServerError"), std::string::npos);
    }
    const HttpAnswer large =
        Try(Call("DynamoDB_20120810.ListTables",
                 Compress(coding, "{}" + std::string(16 * 1024 * 1024 - 1, ' ')), {header}));
    EXPECT_EQ(large.status, 500);
    EXPECT_EQ(Try(Call("DynamoDB_20120810.ListTables",
                       Compress(coding, "{}" + std::string(16 * 1024 * 1024 - 2, ' ')), {header}))
                  .status,
              200);
  }
  EXPECT_EQ(
      Try(Call("DynamoDB_20120810.ListTables", "{}", {{"Content-Encoding", "identity"}})).status,
      200);
  EXPECT_EQ(Try(Call("DynamoDB_20120810.ListTables", "{}", {{"Content-Encoding", "br"}})).status,
            400);
}

TEST_F(RequestHandlerTest, CompressedAnswers) {
  const std::string name(5000, 'x');
  const std::string body = R"({"TableName":")" + name + R"("})";
  const HttpAnswer plain = Try(Call("DynamoDB_20120810.DescribeTable", body));
  ASSERT_GT(plain.body.size(), 4096u) << plain.body;
  EXPECT_EQ(plain.content_encoding, "");
  const HttpAnswer gzip =
      Try(Call("DynamoDB_20120810.DescribeTable", body, {{"Accept-Encoding", "gzip"}}));
  EXPECT_EQ(gzip.content_encoding, "gzip");
  EXPECT_EQ(*Decompress(ContentCoding::kGzip, gzip.body, 1 << 20), plain.body);
  const HttpAnswer small =
      Try(Call("DynamoDB_20120810.ListTables", "{}", {{"Accept-Encoding", "gzip"}}));
  EXPECT_EQ(small.content_encoding, "");
  const HttpAnswer first =
      Try(Call("DynamoDB_20120810.DescribeTable", body,
               {{"Accept-Encoding", "identity"}, {"Accept-Encoding", "gzip"}}));
  EXPECT_EQ(first.content_encoding, "");
}

TEST_F(RequestHandlerTest, NoMemoryForTheBody) {
  const HttpAnswer answer =
      Try(Call("DynamoDB_20120810.ListTables", ""), handler_.get(), /*refused=*/true);
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("ServiceUnavailable"), std::string::npos) << answer.body;
}

class RequestMemoryTest : public RequestHandlerTest {
 protected:
  RequestMemoryTest() { engine_options_.commit_delay_micros = 500'000; }
  void SetUp() override {
    RequestHandlerTest::SetUp();
    Try(Call("DynamoDB_20120810.CreateTable",
             R"({"TableName":"abc","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":)"
             R"([{"AttributeName":"p","AttributeType":"S"}],"KeySchema":)"
             R"([{"AttributeName":"p","KeyType":"HASH"}]})"));
    while (Try(Call("DynamoDB_20120810.DescribeTable", R"({"TableName":"abc"})"))
               .body.find("ACTIVE") == std::string::npos)
      continue;
  }
  TestRequest Put(size_t size) {
    return Call("DynamoDB_20120810.PutItem",
                R"({"TableName":"abc","Item":{"p":{"S":"k"},"d":{"S":")" + std::string(size, 'x') +
                    R"("}}})");
  }
  TestRequest Get() {
    return Call("DynamoDB_20120810.GetItem", R"({"TableName":"abc","Key":{"p":{"S":"k"}}})");
  }
};

TEST_F(RequestMemoryTest, RequestsThatWaitForTheDiskAreCharged) {
  MemoryBudget budget(1'000'000);
  std::promise<HttpAnswer> promise;
  auto future = promise.get_future();
  Handle(Put(100'000), handler_.get(), &budget,
         [&](HttpAnswer answer) { promise.set_value(std::move(answer)); });
  EXPECT_GT(budget.used(), 100'000u);
  EXPECT_EQ(future.get().status, 200);
  EXPECT_EQ(budget.used(), 0u);
}

TEST_F(RequestMemoryTest, ManySmallValuesCostMoreThanTheirBytes) {
  MemoryBudget budget(10'000'000);
  std::string list = R"({"NULL":true})";
  for (int i = 1; i < 10'000; ++i) list += R"(,{"N":"1"})";
  std::promise<void> promise;
  Handle(Call("DynamoDB_20120810.PutItem",
              R"({"TableName":"abc","Item":{"p":{"S":"k"},"l":{"L":[)" + list + "]}}}"),
         handler_.get(), &budget, [&](HttpAnswer answer) {
           EXPECT_EQ(answer.status, 200) << answer.body;
           promise.set_value();
         });
  EXPECT_GT(budget.used(), 600'000u);
  promise.get_future().get();
}

TEST_F(RequestMemoryTest, WhatDoesNotFitIsToComeAgain) {
  MemoryBudget budget(50'000);
  EXPECT_EQ(Try(Put(100'000), handler_.get(), false, &budget).status, 503);
  EXPECT_EQ(Try(Get()).body, "{}");  // it was not applied
  EXPECT_EQ(Try(Put(10'000), handler_.get(), false, &budget).status, 200);
  EXPECT_EQ(budget.used(), 0u);
}

TEST_F(RequestMemoryTest, AnAnswerThatDoesNotFitIsAskedForAgain) {
  EXPECT_EQ(Try(Put(100'000)).status, 200);
  MemoryBudget budget(150'000);
  {
    const HttpAnswer first = Try(Get(), handler_.get(), false, &budget);
    EXPECT_EQ(first.status, 200);
    EXPECT_GT(budget.used(), 100'000u);
    EXPECT_EQ(Try(Get(), handler_.get(), false, &budget).status, 503);
  }
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_EQ(Try(Get(), handler_.get(), false, &budget).status, 200);
}

TEST_F(RequestHandlerTest, RequestsAreCounted) {
  Try(Call("DynamoDB_20120810.ListTables", "{}"));
  Try(Call("DynamoDB_20120810.ListTables", "{}"));
  Try(Call("DynamoDB_20120810.ListTables", R"({"Limit":0})"));
  Try({"GET", "", {}});
  std::map<std::string, double> counts;
  double observed = 0;
  for (const auto& family : metrics_->Collect()) {
    for (const auto& metric : family.metric) {
      if (family.name == "stator_requests_total")
        counts[metric.label[0].value + metric.label[1].value] = metric.counter.value;
      if (family.name == "stator_request_duration_seconds")
        observed = static_cast<double>(metric.histogram.sample_count);
    }
  }
  EXPECT_EQ(counts, (std::map<std::string, double>{
                        {"ListTables2xx", 2}, {"ListTables4xx", 1}, {"none2xx", 1}}));
  EXPECT_EQ(observed, 4);
}

TEST(AcceptEncoding, Choice) {
  const auto choice = [](std::string_view value) {
    const auto coding = ParseAcceptEncoding(value);
    return coding ? std::string(NameOf(*coding)) : "none";
  };
  EXPECT_EQ(choice(""), "none");
  EXPECT_EQ(choice("identity"), "none");
  EXPECT_EQ(choice("br, zstd"), "none");
  EXPECT_EQ(choice("gzip"), "gzip");
  EXPECT_EQ(choice("deflate"), "deflate");
  EXPECT_EQ(choice("deflate, GZIP"), "deflate");
  EXPECT_EQ(choice("gzip;q=0"), "none");
  EXPECT_EQ(choice("gzip;q=0.5, deflate;q=0.8"), "deflate");
  EXPECT_EQ(choice("gzip ; q = 3, deflate"), "gzip");
  EXPECT_EQ(choice("identity;q=1, gzip;q=0.1"), "gzip");
  EXPECT_EQ(choice("*"), "gzip");
}

}  // namespace
}  // namespace stator
