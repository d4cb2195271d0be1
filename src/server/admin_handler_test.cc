#include "server/admin_handler.h"

#include <gtest/gtest.h>

#include <string>

#include "server/metrics.h"

namespace stator {
namespace {

HttpAnswer Get(AdminHandler* handler, std::string_view path, std::string_view method = "GET") {
  HttpRequest request;
  request.method = method;
  request.path = path;
  HttpAnswer out;
  handler->Handle(request, [&out](HttpAnswer answer) { out = std::move(answer); });
  return out;
}

TEST(AdminHandler, Pages) {
  Metrics metrics({"GetItem"});
  metrics.AddLoop()->Count(0, 200, 120, 10, 20);
  metrics.AddLoop()->Count(0, 400, 90, 10, 20);
  bool ready = false;
  AdminHandler handler({&metrics}, [&ready] { return ready; });
  EXPECT_EQ(Get(&handler, "/livez").status, 200);
  EXPECT_EQ(Get(&handler, "/readyz").status, 503);
  ready = true;
  EXPECT_EQ(Get(&handler, "/readyz").status, 200);
  EXPECT_EQ(Get(&handler, "/").status, 404);
  EXPECT_EQ(Get(&handler, "/metrics", "POST").status, 405);
  const HttpAnswer page = Get(&handler, "/metrics");
  EXPECT_EQ(page.content_type, "text/plain; version=0.0.4; charset=utf-8");
  for (const char* line : {"# TYPE stator_requests_total counter\n",
                           "stator_requests_total{operation=\"GetItem\",status=\"2xx\"} 1\n",
                           "stator_requests_total{operation=\"GetItem\",status=\"4xx\"} 1\n",
                           "stator_request_duration_seconds_bucket{le=\"0.0001\"} 1\n",
                           "stator_request_duration_seconds_bucket{le=\"+Inf\"} 2\n",
                           "stator_answer_body_bytes_total 40\n"}) {
    EXPECT_NE(page.body.find(line), std::string::npos) << line << page.body;
  }
}

}  // namespace
}  // namespace stator
