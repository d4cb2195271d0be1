#include "events/function_caller.h"

#include <fcntl.h>
#include <simdjson.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <future>
#include <utility>

#include "api/json_object.h"
#include "base/date_text.h"
#include "events/program.h"
#include "table/blocking.h"
#include "table/database.h"

namespace stator {
namespace {

using simdjson::SUCCESS;
using simdjson::dom::element;
using Kind = Invocation::Kind;

constexpr int64_t kPutTimeout = 30'000;
constexpr size_t kMaxPayloadOfItem = 350 * 1024;

// What Lambda's runtimes answer for a function that raised an exception.
bool IsErrorAnswer(const std::string& answer) {
  simdjson::dom::parser parser;
  element document, ignored;
  return answer.find("errorType") != std::string::npos &&
         parser.parse(answer).get(document) == SUCCESS &&
         document["errorType"].get(ignored) == SUCCESS &&
         document["errorMessage"].get(ignored) == SUCCESS;
}

bool IsTurnedAway(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

// JSON as the JSON of an attribute value: strings, numbers and objects are all there is.
void AppendAttribute(const element& value, std::string* out) {
  JsonObject json(out);
  simdjson::dom::object object;
  std::string_view text;
  int64_t number = 0;
  if (value.get_object().get(object) == SUCCESS) {
    JsonObject map(json.Name("M"));
    for (const auto member : object) AppendAttribute(member.value, map.Name(member.key));
    map.Close();
  } else if (value.get_string().get(text) == SUCCESS) {
    json.String("S", text);
  } else if (value.get_int64().get(number) == SUCCESS) {
    json.String("N", std::to_string(number));
  }
  json.Close();
}

// A key attribute, by its type: `text`, or the time as a number.
void AppendKeyAttribute(const KeyAttribute& attribute, std::string_view text, int64_t micros,
                        JsonObject* item) {
  JsonObject value(item->Name(attribute.name));
  if (attribute.type == AttributeValue::Type::kN) {
    value.String("N", std::to_string(micros));
  } else {
    value.String("S", text);
  }
  value.Close();
}

Unexpected<Status> Trouble(std::string message) {
  return Fail(StatusCode::kIoError, std::move(message));
}

}  // namespace

Invocation FunctionCaller::Invoke(const FunctionTarget& function, const std::string& event) {
  return function.url.empty() ? InvokeProgram(function, event) : InvokeUrl(function, event);
}

Expected<HttpReply, HttpFailure> FunctionCaller::Post(const std::string& url,
                                                      const std::string& body, int64_t timeout_ms) {
  const auto parsed = ParseUrl(url);
  if (!parsed) return Unexpected(HttpFailure{HttpFailure::Kind::kNotConnected, url});
  const std::string authority = (parsed->endpoint.tls ? "s " : " ") + parsed->endpoint.Authority();
  for (bool kept = true; kept;) {
    std::unique_ptr<HttpConnection> connection;
    {
      std::lock_guard lock(mutex_);
      auto& idle = idle_[authority];
      kept = !idle.empty();
      if (kept) {
        connection = std::move(idle.back());
        idle.pop_back();
      }
    }
    if (connection == nullptr) {
      auto opened = HttpConnection::Open({.endpoint = parsed->endpoint, .cancel = &cancelled_});
      if (!opened) return Unexpected(std::move(opened).error());
      connection = std::move(*opened);
    }
    const HttpConnection::Header headers[] = {{"Content-Type", "application/json"},
                                              {"User-Agent", "stator"}};
    auto reply = connection->Exchange("POST", parsed->target, headers, body,
                                      std::chrono::milliseconds(timeout_ms));
    // The other side may end an idle connection at any time: that is no failure of its own.
    if (!reply && kept && reply.error().kind == HttpFailure::Kind::kBroken) continue;
    if (connection->reusable()) {
      std::lock_guard lock(mutex_);
      idle_[authority].push_back(std::move(connection));
    }
    return reply;
  }
  return Unexpected(HttpFailure{HttpFailure::Kind::kBroken, url});
}

Invocation FunctionCaller::InvokeUrl(const FunctionTarget& function, const std::string& event) {
  auto reply = Post(function.url, event, function.timeout_ms);
  if (!reply) {
    const bool called = reply.error().kind == HttpFailure::Kind::kBroken ||
                        reply.error().kind == HttpFailure::Kind::kTimedOut;
    return {called && !cancelled_ ? Kind::kFunctionError : Kind::kNotInvoked,
            0,
            {},
            std::move(reply.error().message)};
  }
  const std::string said = "HTTP " + std::to_string(reply->status);
  if (IsTurnedAway(reply->status)) return {Kind::kNotInvoked, reply->status, {}, said};
  if (reply->status < 200 || reply->status > 299) {
    return {Kind::kFunctionError, reply->status, {}, said};
  }
  if (reply->FindHeader("X-Amz-Function-Error") != nullptr || IsErrorAnswer(reply->body)) {
    return {Kind::kFunctionError, reply->status, {}, reply->body.substr(0, 200)};
  }
  return {Kind::kAnswered, reply->status, std::move(reply->body), {}};
}

Invocation FunctionCaller::InvokeProgram(const FunctionTarget& function, const std::string& event) {
  ProgramResult result = RunProgram({.command = &function.command,
                                     .input = &event,
                                     .timeout = std::chrono::milliseconds(function.timeout_ms),
                                     .cancel = &cancelled_});
  switch (result.kind) {
    case ProgramResult::Kind::kNotStarted:
      return {Kind::kNotInvoked, 0, {}, std::move(result.error)};
    case ProgramResult::Kind::kCancelled:
      return {Kind::kNotInvoked, 0, {}, "the server stops"};
    case ProgramResult::Kind::kTimedOut:
      return {Kind::kFunctionError, 200, {}, "took longer than its time limit"};
    case ProgramResult::Kind::kEnded:
      break;
  }
  if (result.exit_code != 0) {
    return {Kind::kFunctionError, 200, {}, "exit code " + std::to_string(result.exit_code)};
  }
  if (IsErrorAnswer(result.output)) {
    return {Kind::kFunctionError, 200, {}, result.output.substr(0, 200)};
  }
  return {Kind::kAnswered, 200, std::move(result.output), {}};
}

Result<void> FunctionCaller::PutAside(const FailureTarget& destination, const FailureRecord& record,
                                      const std::string& payload) {
  if (!destination.table.empty()) return PutItem(destination.table, record, payload);
  const std::string json = FailureRecordJson(record, payload);
  return destination.url.empty() ? PutFile(destination.file, json) : PutUrl(destination.url, json);
}

Result<void> FunctionCaller::PutUrl(const std::string& url, const std::string& json) {
  auto reply = Post(url, json, kPutTimeout);
  if (!reply) return Trouble(std::move(reply.error().message));
  if (reply->status < 200 || reply->status > 299) {
    return Trouble(url + ": HTTP " + std::to_string(reply->status));
  }
  return {};
}

Result<void> FunctionCaller::PutFile(const std::string& file, const std::string& json) {
  const auto trouble = [&] { return Trouble(file + ": " + std::strerror(errno)); };
  std::lock_guard lock(mutex_);
  const int fd = open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return trouble();
  const std::string line = json + "\n";
  std::string_view rest = line;
  Result<void> result;
  while (result && !rest.empty()) {
    const ssize_t written = write(fd, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      result = trouble();
    }
  }
  if (result && fsync(fd) != 0) result = trouble();
  close(fd);
  return result;
}

Result<void> FunctionCaller::PutItem(const std::string& table_name, const FailureRecord& record,
                                     const std::string& payload) {
  const Mapping& mapping = *record.mapping;
  const TablePtr table = database_->catalog().Find({mapping.account, mapping.region}, table_name);
  if (table == nullptr) return Trouble("there is no table " + table_name);
  const std::string metadata =
      FailureRecordJson(record, payload.size() <= kMaxPayloadOfItem ? payload : std::string());
  simdjson::dom::parser parser;
  element document;
  simdjson::dom::object members;
  if (parser.parse(metadata).get(document) != SUCCESS || document.get(members) != SUCCESS) {
    return Trouble("a failure record that is no JSON");
  }
  std::string body;
  JsonObject request(&body);
  request.String("TableName", table_name);
  JsonObject item(request.Name("Item"));
  for (const auto member : members) AppendAttribute(member.value, item.Name(member.key));
  // The same for the same batch, so that it is there once.
  const std::string id = mapping.uuid + "/" + std::string(record.shard_id) + "/" +
                         record.batch->records.front().sequence_number;
  for (const KeyAttribute& key : table->keys.hash) {
    AppendKeyAttribute(key, id, record.now_micros, &item);
  }
  for (const KeyAttribute& key : table->keys.range) {
    AppendKeyAttribute(key, FormatIsoMillis(record.now_micros / 1000) + "Z", record.now_micros, &item);
  }
  item.Close();
  request.Close();
  body.append(simdjson::SIMDJSON_PADDING, ' ');

  RecognizedRequest recognized;
  constexpr std::string_view kTarget = "DynamoDB_20120810.PutItem";
  const std::string_view json(body.data(), body.size() - simdjson::SIMDJSON_PADDING);
  simdjson::dom::parser request_parser;
  if (!service_.Recognize(&kTarget, json, &request_parser, &recognized)) {
    return Trouble("a failure record that is no request");
  }
  const Caller caller{mapping.account, mapping.region, {}};
  const Answer answer =
      Await<Answer>([&](auto done) { service_.Execute(recognized, caller, std::move(done)); });
  if (answer.http_status == 200) return {};
  return Trouble("table " + table_name + ": " + answer.body);
}

}  // namespace stator
