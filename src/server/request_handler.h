// What an HTTP request to the API port means: the rules of facts 1.1 to 1.3, in the order of
// facts 1.5.
#ifndef STATOR_SERVER_REQUEST_HANDLER_H_
#define STATOR_SERVER_REQUEST_HANDLER_H_

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/service.h"
#include "auth/sigv4.h"
#include "base/clock.h"
#include "base/compress.h"
#include "events/mapping_api.h"
#include "server/http_handler.h"
#include "server/metrics.h"
#include "server/request_ids.h"

namespace stator {

class RequestHandler final : public HttpHandler {
 public:
  struct Options {
    const Service* service = nullptr;  // all of these outlive the handler
    const Identities* identities = nullptr;
    const Clock* clock = nullptr;
    MappingApi* mappings = nullptr;           // Lambda's API of them; nullptr: there is none
    RequestCounters* counters = nullptr;      // operations in the order of Operations()
    uint64_t random_seed = 0;                 // of the request ids
    std::string health_region = "us-east-1";  // of the text that answers a GET
  };
  explicit RequestHandler(Options options);

  void Handle(const HttpRequest& request, HttpDone done) override;

 private:
  // What an answer needs to know of its request.
  struct Context {
    RequestId id;
    std::string_view content_type;        // of the answer
    std::optional<ContentCoding> coding;  // that the client takes
    bool allow_origin = false;
    ErrorForm error_form = ErrorForm::kQualified;
    bool cbor = false;  // the body is CBOR, and so will the answer be
    size_t operation;
    int64_t start;
    size_t body_bytes;
    MemoryCharge charge;  // for the decoded request, then for its answer
  };
  struct RequestHeaders;

  void HandlePost(const HttpRequest& request, const RequestHeaders& headers, Context context,
                  HttpDone done);
  // Those of Lambda's paths.
  void HandleMapping(const HttpRequest& request, Context context, HttpDone done);
  HttpAnswer Preflight(const HttpRequest& request, Context context) const;
  // Compresses, counts and logs.
  HttpAnswer Finish(Context context, Answer answer) const;

  const Options options_;
  const std::string health_;
  RequestIds ids_;
  SigV4Verifier verifier_;
  SigV4Verifier lambda_verifier_;
  simdjson::dom::parser parser_;
};

// The coding that the value of an Accept-Encoding header asks for, if any (facts 1.2).
std::optional<ContentCoding> ParseAcceptEncoding(std::string_view value);

}  // namespace stator

#endif  // STATOR_SERVER_REQUEST_HANDLER_H_
