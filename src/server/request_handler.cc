#include "server/request_handler.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <string>
#include <utility>

#include "api/operations.h"
#include "base/crc32.h"
#include "kinesis/cbor.h"
#include "server/log.h"

namespace stator {

static_assert(kBodyPadding >= simdjson::SIMDJSON_PADDING);

namespace {

constexpr std::string_view kJson10 = "application/x-amz-json-1.0";
constexpr std::string_view kJson = "application/json";
// Those of Kinesis.
constexpr std::string_view kJson11 = "application/x-amz-json-1.1";
constexpr std::string_view kCbor = "application/x-amz-cbor-1.1";
constexpr size_t kMaxPlainBody = 16 * 1024 * 1024;
// A third more than the largest body, which is what blobs grow by.
constexpr size_t kMaxJsonOfCbor = kMaxPlainBody / 3 * 4;
constexpr size_t kCompressAbove = 4096;
// A parser that has met a large body is not kept.
constexpr size_t kMaxParserCapacity = 1024 * 1024;

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t";
  const size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

// Takes what is before the first `separator` off the front of *text, with the separator.
std::string_view Cut(std::string_view* text, char separator) {
  const size_t end = std::min(text->find(separator), text->size());
  const std::string_view piece = text->substr(0, end);
  text->remove_prefix(std::min(end + 1, text->size()));
  return piece;
}

// The q-value among the parameters of an element of Accept-Encoding.
double QualityOf(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = Cut(&parameters, ';');
    if (!EqualsIgnoreCase(Trim(Cut(&value, '=')), "q")) continue;
    value = Trim(value);
    double quality = 1;
    const auto result = std::from_chars(value.data(), value.data() + value.size(), quality);
    return result.ec == std::errc() ? std::min(quality, 1.0) : 1;
  }
  return 1;
}

// A body up to this size is not charged when it is decoded: the number of connections bounds these.
constexpr size_t kSmallBody = 4096;
// Nor is an answer up to this size when it is made. The connection charges what the client does not
// take at once.
constexpr size_t kSmallAnswer = 16 * 1024;
// What the parser has found in a body, for each of its values, names and brackets, takes about this
// much when it is decoded, besides the bytes of the strings.
constexpr size_t kDecodedWord = 16;

// The memory that a decoded body takes while it waits for the disk.
size_t DecodedBytes(std::string_view body, const simdjson::dom::parser& parser) {
  constexpr uint64_t kPayload = (uint64_t{1} << 56) - 1;
  return body.size() + kDecodedWord * static_cast<size_t>(parser.doc.tape[0] & kPayload);
}

ApiError NoMemory() {
  return {.type = ErrorType::kServiceUnavailable,
          .message = "Service is temporarily unable to handle the request"};
}

ApiError Bare(ErrorType type) { return {.type = type, .message = std::nullopt}; }

// Undoes the content coding, if any, and makes *body the plain bytes; *plain then owns them.
std::optional<ApiError> Undo(std::string_view content_encoding, std::string_view* body,
                             std::string* plain) {
  content_encoding = Trim(content_encoding);
  if (content_encoding.empty() || EqualsIgnoreCase(content_encoding, "identity"))
    return std::nullopt;
  const bool gzip = EqualsIgnoreCase(content_encoding, "gzip");
  if (!gzip && !EqualsIgnoreCase(content_encoding, "deflate"))
    return Bare(ErrorType::kSerialization);
  auto result = Decompress(gzip ? ContentCoding::kGzip : ContentCoding::kDeflate, *body,
                           kMaxPlainBody, kBodyPadding);
  // That a client's broken bytes are the server's error is the service's idea (facts 1.2).
  if (!result) return ToApiError({StatusCode::kInvalidArgument, std::move(result.error().message)});
  *plain = std::move(*result);
  *body = *plain;
  return std::nullopt;
}

// Makes *body the JSON that the CBOR in it says; *json then owns it.
std::optional<ApiError> UndoCbor(std::string_view* body, std::string* json) {
  auto converted = kinesis::CborToJson(*body, kMaxJsonOfCbor);
  if (!converted) return Bare(ErrorType::kSerialization);
  *json = *std::move(converted);
  json->reserve(json->size() + kBodyPadding);
  *body = *json;
  return std::nullopt;
}

// The type of an answer to a body of type `type`; empty: bodies of that type are not taken.
std::string_view AnswerType(std::string_view type, const std::string_view* target) {
  for (const std::string_view known : {kJson10, kJson}) {
    if (EqualsIgnoreCase(type, known)) return known;
  }
  if (target == nullptr || ErrorFormOf(*target) != ErrorForm::kShort) return {};
  for (const std::string_view known : {kJson11, kCbor}) {
    if (EqualsIgnoreCase(type, known)) return known;
  }
  return {};
}

}  // namespace

struct RequestHandler::RequestHeaders {
  explicit RequestHeaders(std::span<const HeaderView> headers) {
    for (const HeaderView& header : headers) {
      for (const Wanted& wanted :
           {Wanted{"x-amz-target", &target}, Wanted{"content-type", &content_type},
            Wanted{"content-encoding", &content_encoding}, Wanted{"origin", &origin},
            Wanted{"accept-encoding", &accept_encoding}}) {
        if (*wanted.value == nullptr && EqualsIgnoreCase(header.name, wanted.name))
          *wanted.value = &header.value;
      }
    }
  }
  struct Wanted {
    std::string_view name;
    const std::string_view** value;
  };
  // The first header of each name; nullptr: none.
  const std::string_view* target = nullptr;
  const std::string_view* content_type = nullptr;
  const std::string_view* content_encoding = nullptr;
  const std::string_view* origin = nullptr;
  const std::string_view* accept_encoding = nullptr;
};

std::optional<ContentCoding> ParseAcceptEncoding(std::string_view value) {
  std::optional<ContentCoding> best;
  double best_quality = 0;
  while (!value.empty()) {
    std::string_view element = Cut(&value, ',');
    const std::string_view name = Trim(Cut(&element, ';'));
    const bool gzip = EqualsIgnoreCase(name, "gzip") || name == "*";
    if (!gzip && !EqualsIgnoreCase(name, "deflate")) continue;
    const double quality = QualityOf(element);
    if (quality <= best_quality) continue;
    best_quality = quality;
    best = gzip ? ContentCoding::kGzip : ContentCoding::kDeflate;
  }
  return best;
}

RequestHandler::RequestHandler(Options options)
    : options_(std::move(options)),
      health_("healthy: dynamodb." + options_.health_region + ".amazonaws.com "),
      ids_(options_.random_seed),
      verifier_(options_.identities, options_.clock, {"dynamodb", "kinesis"}),
      lambda_verifier_(options_.identities, options_.clock, {"lambda"}) {}

void RequestHandler::Handle(const HttpRequest& request, HttpDone done) {
  const RequestHeaders headers(request.headers);
  Context context{.id = ids_.Next(),
                  .content_type = {},
                  .coding = headers.accept_encoding ? ParseAcceptEncoding(*headers.accept_encoding)
                                                    : std::nullopt,
                  .allow_origin = headers.origin != nullptr,
                  .operation = Operations().size(),
                  .start = options_.clock->MonotonicMicros(),
                  .body_bytes = request.body.size(),
                  .charge = MemoryCharge(request.budget)};
  // DynamoDB's API is all at "/".
  if (request.path.size() > 1 && options_.mappings != nullptr && MappingApi::Takes(request.path)) {
    return HandleMapping(request, std::move(context), std::move(done));
  }
  if (request.method == "POST") {
    // The type matters only where there is something of that type.
    std::string_view type = headers.content_type ? *headers.content_type : std::string_view();
    type = Trim(Cut(&type, ';'));
    context.content_type = AnswerType(type, headers.target);
    if (!context.content_type.empty() || (request.body.empty() && !request.refused)) {
      if (context.content_type.empty()) context.content_type = kJson;
      if (headers.target != nullptr) context.error_form = ErrorFormOf(*headers.target);
      context.cbor = context.content_type == kCbor;
      HandlePost(request, headers, std::move(context), std::move(done));
      if (parser_.capacity() > kMaxParserCapacity) parser_ = simdjson::dom::parser();
      return;
    }
  }
  if (request.method == "GET") return done(Finish(std::move(context), {200, health_}));
  if (request.method == "OPTIONS" && headers.origin != nullptr)
    return done(Preflight(request, std::move(context)));
  done(Finish(std::move(context), {404, "<UnknownOperationException/>\n"}));
}

void RequestHandler::HandlePost(const HttpRequest& request, const RequestHeaders& headers,
                                Context context, HttpDone done) {
  const auto refuse = [&](const ApiError& error) {
    const ErrorForm form = context.error_form;
    done(Finish(std::move(context), ErrorAnswer(error, form)));
  };
  if (request.refused) return refuse(NoMemory());
  std::string_view body = request.body;
  std::string plain;  // owns the body if it was compressed
  if (headers.content_encoding != nullptr) {
    if (const auto error = Undo(*headers.content_encoding, &body, &plain)) return refuse(*error);
  }
  std::string json;  // owns the body if it was CBOR
  if (context.cbor && !body.empty()) {
    if (const auto error = UndoCbor(&body, &json)) return refuse(*error);
  }
  RecognizedRequest recognized;
  if (auto known = options_.service->Recognize(headers.target, body, &parser_, &recognized);
      !known) {
    return refuse(known.error());
  }
  context.operation = static_cast<size_t>(recognized.operation - Operations().data());
  auto caller = verifier_.Verify(request);
  if (!caller) return refuse(caller.error());
  if (body.size() > kSmallBody && recognized.body == RecognizedRequest::Body::kParsed &&
      !context.charge.TrySet(DecodedBytes(body, parser_))) {
    return refuse(NoMemory());
  }
  options_.service->Execute(
      recognized, **caller,
      [this, context = std::move(context), done = std::move(done)](Answer answer) mutable {
        done(Finish(std::move(context), std::move(answer)));
      });
}

void RequestHandler::HandleMapping(const HttpRequest& request, Context context, HttpDone done) {
  context.content_type = kJson;
  auto answer = [this, context = std::move(context),
                 done = std::move(done)](MappingApi::Reply reply) mutable {
    HttpAnswer out = Finish(std::move(context), {reply.status, std::move(reply.body)});
    if (!reply.error_type.empty()) out.headers = "x-amzn-ErrorType: " + reply.error_type + "\r\n";
    done(std::move(out));
  };
  if (request.refused) {
    return answer(MappingApi::ErrorReply(
        {429, "TooManyRequestsException", "The server has no memory for this request now."}));
  }
  auto caller = lambda_verifier_.Verify(request);
  if (!caller) {
    return answer(MappingApi::ErrorReply(
        {403, std::string(InfoOf(caller.error().type).name), caller.error().message.value_or("")}));
  }
  options_.mappings->Handle({request.method, request.path, request.query, request.body}, **caller,
                            std::move(answer));
}

HttpAnswer RequestHandler::Preflight(const HttpRequest& request, Context context) const {
  HttpAnswer answer = Finish(std::move(context), {});
  const auto echo = [&](std::string_view from, std::string_view to) {
    if (const std::string_view* value = FindHeader(request.headers, from)) {
      answer.headers.append(to).append(": ").append(*value).append("\r\n");
    }
  };
  echo("access-control-request-headers", "Access-Control-Allow-Headers");
  echo("access-control-request-method", "Access-Control-Allow-Methods");
  answer.headers += "Access-Control-Max-Age: 172800\r\n";
  return answer;
}

HttpAnswer RequestHandler::Finish(Context context, Answer answer) const {
  HttpAnswer out;
  if (context.cbor && !answer.body.empty()) {
    if (auto cbor = kinesis::JsonToCbor(answer.body)) answer.body = *std::move(cbor);
  }
  // Clients that do not take their answers would fill the memory with them. (A write that is
  // answered so was applied: a 5xx does not say that it was not.)
  const size_t kept = answer.body.size() > kSmallAnswer ? answer.body.size() : 0;
  if (!context.charge.TrySet(kept)) {
    context.charge.Set(0);
    answer = ErrorAnswer(NoMemory(), context.error_form);
  }
  out.charge = std::move(context.charge);
  out.status = answer.http_status;
  out.content_type = context.content_type;
  out.request_id = context.id;
  out.allow_origin = context.allow_origin;
  if (context.coding && answer.body.size() > kCompressAbove) {
    out.body = Compress(*context.coding, answer.body);
    out.content_encoding = NameOf(*context.coding);
  } else {
    out.body = std::move(answer.body);
  }
  out.crc32 = Crc32(out.body);  // here: it may be long, and this need not be an event loop
  const int64_t micros = options_.clock->MonotonicMicros() - context.start;
  options_.counters->Count(context.operation, out.status, micros, context.body_bytes,
                           out.body.size());
  // A 503 is of overload, and may come thousands of times a second: the metrics count it.
  const LogLevel level =
      out.status >= 500 && out.status != 503 ? LogLevel::kError : LogLevel::kDebug;
  if (LogsAt(level)) {
    const auto operations = Operations();
    Log(level, "request",
        {{"request_id", TextOf(context.id)},
         {"operation",
          context.operation < operations.size() ? operations[context.operation].name : "none"},
         {"status", out.status},
         {"micros", micros},
         {"body_bytes", static_cast<int64_t>(context.body_bytes)},
         {"answer_bytes", static_cast<int64_t>(out.body.size())}});
  }
  return out;
}

}  // namespace stator
