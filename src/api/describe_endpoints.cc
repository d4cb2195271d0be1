// DescribeEndpoints (facts 1.10): where a client that discovers endpoints is sent to.
#include "api/handlers.h"
#include "base/json_string.h"

namespace stator {

void DescribeEndpoints(const OperationContext& context, const Members&, Respond done) {
  std::string json = R"({"Endpoints":[{"Address":)";
  AppendJsonString("dynamodb." + context.caller.region + ".amazonaws.com", &json);
  json += R"(,"CachePeriodInMinutes":1440}]})";
  done(std::move(json));
}

}  // namespace stator
