#include "events/mapping_api.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "api/json_object.h"

namespace stator {
namespace {

constexpr std::string_view kPath = "/2015-03-31/event-source-mappings";
constexpr int kAccepted = 202;
constexpr std::string_view kNothingYet = "No records processed";

LambdaError NotFound() {
  return {404, "ResourceNotFoundException", "The resource you requested does not exist."};
}

LambdaError Conflict(const Mapping& other) {
  return {409, "ResourceConflictException",
          "The event source arn (\" " + other.stream_arn + " \") and function (\" " +
              other.function +
              " \") provided mapping already exists. Please update or delete the existing mapping "
              "with UUID " +
              other.uuid};
}

Mapping NewMapping(const Caller& caller) {
  Mapping mapping;
  mapping.account = caller.account_id;
  mapping.region = caller.region;
  return mapping;
}

// Another mapping of the same stream to the same function.
const Mapping* FindTwin(const MappingStore::Mappings& all, const Mapping& mapping) {
  for (const auto& [uuid, other] : all) {
    if (uuid != mapping.uuid && other->stream_arn == mapping.stream_arn &&
        other->function == mapping.function) {
      return other.get();
    }
  }
  return nullptr;
}

LambdaError FromStatus(const Status& status) {
  if (status.code == StatusCode::kNotFound) return NotFound();
  return {500, "ServiceException", "The mapping could not be stored or read; try again."};
}

}  // namespace

bool MappingApi::Takes(std::string_view path) {
  return path.starts_with(kPath) && (path.size() == kPath.size() || path[kPath.size()] == '/');
}

MappingApi::Reply MappingApi::ErrorReply(const LambdaError& error) {
  Reply reply;
  reply.status = error.status;
  reply.error_type = error.type;
  JsonObject json(&reply.body);
  json.String("Type", error.status < 500 ? "User" : "Service");
  json.String("message", error.message);
  json.Close();
  return reply;
}

void MappingApi::Handle(const Request& request, const Caller& caller, Done done) {
  std::string uuid;
  if (request.path.size() > kPath.size() + 1) uuid = request.path.substr(kPath.size() + 1);
  if (uuid.ends_with('/')) uuid.pop_back();
  if (request.method == "GET") {
    return done(uuid.empty() ? List(request.query, caller) : Get(uuid, caller));
  }
  if (request.method == "POST" && uuid.empty())
    return Create(request.body, caller, std::move(done));
  if (request.method == "PUT" && !uuid.empty()) {
    return Update(uuid, request.body, caller, std::move(done));
  }
  if (request.method == "DELETE" && !uuid.empty()) return Delete(uuid, caller, std::move(done));
  done(ErrorReply({404, "UnknownOperationException", "There is no such operation."}));
}

void MappingApi::Create(std::string_view body, const Caller& caller, Done done) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  Mapping mapping = NewMapping(caller);
  mapping.uuid = NewUuid();
  if (parser.parse(body.data(), body.size()).get(document) != simdjson::SUCCESS) {
    return done(ErrorReply({400, "SerializationException", "The body is not JSON."}));
  }
  if (auto applied = ApplyRequest(document, true, *options_.functions, &mapping); !applied) {
    return done(ErrorReply(applied.error()));
  }
  const std::string arn = mapping.stream_arn;
  options_.source->Latest(arn, [this, mapping = std::move(mapping),
                                done = std::move(done)](Result<std::string> latest) mutable {
    Store(std::move(mapping), std::move(latest), std::move(done));
  });
}

void MappingApi::Store(Mapping mapping, Result<std::string> latest, Done done) {
  if (!latest) {
    if (latest.error().code != StatusCode::kNotFound) {
      return done(ErrorReply(FromStatus(latest.error())));
    }
    return done(ErrorReply(InvalidParameter("Stream not found: " + mapping.stream_arn).error()));
  }
  if (mapping.starting_position == "LATEST") mapping.start_after = std::move(*latest);
  mapping.modified_micros = options_.clock->NowMicros();

  auto refusal = std::make_shared<std::optional<LambdaError>>();
  auto answer = Accept(mapping, "Creating");
  options_.store->Put(
      [mapping, refusal](const MappingStore::Mappings& all) -> std::optional<Mapping> {
        if (const Mapping* twin = FindTwin(all, mapping)) {
          *refusal = Conflict(*twin);
          return std::nullopt;
        }
        return mapping;
      },
      [refusal, answer = std::move(answer), done = std::move(done)](Result<void> stored) mutable {
        if (!stored) return done(ErrorReply(FromStatus(stored.error())));
        done(*refusal ? ErrorReply(**refusal) : std::move(answer));
      });
}

void MappingApi::Update(const std::string& uuid, std::string_view body, const Caller& caller,
                        Done done) {
  // The body is applied when the changes before this one are made: it is kept until then.
  struct Work {
    std::string body;
    std::optional<LambdaError> refusal;
    Reply answer;
  };
  auto work = std::make_shared<Work>();
  work->body = body;
  options_.store->Put(
      [this, uuid, caller, work](const MappingStore::Mappings& all) -> std::optional<Mapping> {
        const auto it = all.find(uuid);
        if (it == all.end() || it->second->account != caller.account_id ||
            it->second->region != caller.region) {
          work->refusal = NotFound();
          return std::nullopt;
        }
        Mapping mapping = *it->second;
        simdjson::dom::parser parser;
        simdjson::dom::element document;
        if (parser.parse(work->body).get(document) != simdjson::SUCCESS) {
          work->refusal = {400, "SerializationException", "The body is not JSON."};
          return std::nullopt;
        }
        // To enable one that the server ended is to let it go on from what is still there.
        bool enable = false;
        if (document["Enabled"].get_bool().get(enable) == simdjson::SUCCESS && enable) {
          mapping.failure.clear();
        }
        const bool ran = it->second->runs();
        if (auto applied = ApplyRequest(document, false, *options_.functions, &mapping); !applied) {
          work->refusal = std::move(applied).error();
          return std::nullopt;
        }
        if (const Mapping* twin = FindTwin(all, mapping)) {
          work->refusal = Conflict(*twin);
          return std::nullopt;
        }
        mapping.modified_micros = options_.clock->NowMicros();
        work->answer = Accept(mapping, ran == mapping.runs() ? "Updating"
                                       : ran                 ? "Disabling"
                                                             : "Enabling");
        return mapping;
      },
      [work, done = std::move(done)](Result<void> stored) mutable {
        if (!stored) return done(ErrorReply(FromStatus(stored.error())));
        done(work->refusal ? ErrorReply(*work->refusal) : std::move(work->answer));
      });
}

void MappingApi::Delete(const std::string& uuid, const Caller& caller, Done done) {
  const MappingPtr mapping = Find(uuid, caller);
  if (mapping == nullptr) return done(ErrorReply(NotFound()));
  options_.store->Remove(uuid, [answer = Accept(*mapping, "Deleting"),
                                done = std::move(done)](Result<void> stored) mutable {
    done(stored ? std::move(answer) : ErrorReply(FromStatus(stored.error())));
  });
}

MappingApi::Reply MappingApi::Get(const std::string& uuid, const Caller& caller) {
  const MappingPtr mapping = Find(uuid, caller);
  if (mapping == nullptr) return ErrorReply(NotFound());
  return {.status = 200, .body = Describe(*mapping), .error_type = {}};
}

MappingApi::Reply MappingApi::List(std::string_view query, const Caller& caller) {
  auto request = ParseListRequest(query, NewMapping(caller));
  if (!request) return ErrorReply(request.error());
  std::vector<MappingPtr> found;
  bool more = false;
  for (MappingPtr& mapping : options_.store->All()) {
    if (mapping->account != caller.account_id || mapping->region != caller.region ||
        mapping->uuid <= request->marker ||
        (!request->function.empty() && mapping->function != request->function) ||
        (!request->stream_arn.empty() && mapping->stream_arn != request->stream_arn)) {
      continue;
    }
    more = found.size() == request->max_items;
    if (more) break;
    found.push_back(std::move(mapping));
  }
  Reply reply;
  JsonObject json(&reply.body);
  if (more) json.String("NextMarker", found.back()->uuid);
  AppendJsonArray(found, json.Name("EventSourceMappings"),
                  [&](const MappingPtr& mapping, std::string* out) { *out += Describe(*mapping); });
  json.Close();
  return reply;
}

std::string MappingApi::Describe(const Mapping& mapping) const {
  return Describe(mapping, mapping.runs() ? "Enabled" : "Disabled");
}

std::string MappingApi::Describe(const Mapping& mapping, std::string_view state) const {
  std::string last = options_.last_result ? options_.last_result(mapping.uuid) : std::string();
  if (last.empty()) last = kNothingYet;
  return DescribeMapping(mapping, state, mapping.failure.empty() ? last : mapping.failure);
}

MappingApi::Reply MappingApi::Accept(const Mapping& mapping, std::string_view state) const {
  return {.status = kAccepted, .body = Describe(mapping, state), .error_type = {}};
}

MappingPtr MappingApi::Find(const std::string& uuid, const Caller& caller) const {
  MappingPtr mapping = options_.store->Find(uuid);
  const bool own = mapping != nullptr && mapping->account == caller.account_id &&
                   mapping->region == caller.region;
  return own ? mapping : nullptr;
}

std::string MappingApi::NewUuid() const {
  const uint64_t high = options_.random->Next();
  const uint64_t low = options_.random->Next();
  // Version 4 (random), variant 1 (RFC 4122).
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, high >> 16 & 0xffff,
                     high & 0xfff, (low >> 48 & 0x3fff) | 0x8000, low & 0xffffffffffff);
}

}  // namespace stator
