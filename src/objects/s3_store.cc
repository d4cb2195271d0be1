#include "objects/s3_store.h"

#include <algorithm>
#include <array>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <charconv>
#include <chrono>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "auth/sign_request.h"
#include "base/clock.h"
#include "base/date_text.h"
#include "base/uri.h"
#include "net/back_off.h"

namespace stator {
namespace {

using boost::property_tree::ptree;

// S3 takes parts from 5 MiB on, and 10,000 of them: objects of up to 156 GiB.
constexpr size_t kPartBytes = size_t{16} << 20;
constexpr size_t kReadBytes = size_t{16} << 20;
constexpr int kAttempts = 8;  // the waits between them sum up to about 9 s
constexpr std::chrono::seconds kTimeout{60};

Unexpected<ObjectFault> Fault(std::string code, std::string message) {
  return Unexpected(ObjectFault{std::move(code), std::move(message)});
}

bool ReadXml(const std::string& text, ptree* out) {
  std::istringstream in(text);
  try {
    boost::property_tree::read_xml(in, *out);
  } catch (const boost::property_tree::ptree_error&) {
    return false;
  }
  return true;
}

std::string EscapeXml(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string WithoutQuotes(std::string_view tag) {
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"')
    tag = tag.substr(1, tag.size() - 2);
  return std::string(tag);
}

struct Parameter {
  std::string_view name;
  std::string value;
};

struct S3Request {
  std::string_view method;
  std::string path;  // encoded: "/bucket/a%20key"
  std::vector<Parameter> query;
  std::string range;  // empty: everything
  std::string_view body;
  bool creates = false;  // an object, with this request or others that follow
};

std::string PathOf(const std::string& bucket, const std::string& key) {
  std::string path = "/";
  AppendUriEncoded(bucket, false, &path);
  if (!key.empty()) AppendUriEncoded(key, true, &(path += '/'));
  return path;
}

std::string QueryOf(const std::vector<Parameter>& parameters) {
  std::string query;
  for (const Parameter& parameter : parameters) {
    query.append(query.empty() ? "" : "&").append(parameter.name).append("=");
    AppendUriEncoded(parameter.value, false, &query);
  }
  return query;
}

// One connection that is kept, and requests over it.
class S3Client {
 public:
  S3Client(const Endpoint& endpoint, const ObjectStoreOptions& options)
      : endpoint_(endpoint), options_(options) {}

  // An answer of success. Requests are such that doing them twice does no harm.
  ObjectResult<HttpReply> Call(const S3Request& request) {
    for (int attempt = 0;; ++attempt) {
      auto reply = Attempt(request);
      if (reply && reply->status < 300) return std::move(*reply);
      const bool final = reply ? reply->status < 500 && reply->status != 429
                               : reply.error().kind == HttpFailure::Kind::kCertificate;
      if (cancelled()) return Fault("Cancelled", "The request was cancelled.");
      if (final || attempt + 1 >= kAttempts) {
        if (reply) return FaultOf(*reply);
        return Fault("ServiceUnavailable", std::move(reply.error().message));
      }
      std::this_thread::sleep_for(BackOff(attempt));
    }
  }

 private:
  bool cancelled() const { return options_.cancel != nullptr && options_.cancel->load(); }

  Expected<HttpReply, HttpFailure> Attempt(const S3Request& request) {
    if (connection_ == nullptr || !connection_->reusable()) {
      auto opened = HttpConnection::Open(
          {.endpoint = endpoint_, .max_answer = 2 * kReadBytes, .cancel = options_.cancel});
      if (!opened) return Unexpected(std::move(opened.error()));
      connection_ = std::move(*opened);
    }
    const std::string authority = endpoint_.Authority();
    const std::string date = FormatIsoBasic(SystemClock().NowMicros() / 1'000'000);
    std::string digest;
    AppendHex(Sha256(request.body), &digest);
    std::vector<HeaderView> headers = {
        {"host", authority}, {"x-amz-content-sha256", digest}, {"x-amz-date", date}};
    if (!request.range.empty()) headers.push_back({"range", request.range});
    if (!options_.session_token.empty()) {
      headers.push_back({"x-amz-security-token", options_.session_token});
    }
    const auto demand = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) headers.push_back({name, value});
    };
    const ObjectDemands& demands = options_.demands;
    demand("x-amz-expected-bucket-owner", demands.bucket_owner);
    if (request.creates) {
      demand("x-amz-server-side-encryption", demands.encryption);
      demand("x-amz-server-side-encryption-aws-kms-key-id", demands.encryption_key_id);
    }
    const std::string query = QueryOf(request.query);
    const std::string authorization =
        SignRequest({options_.access_key_id, options_.secret_access_key, options_.region, "s3"},
                    {request.method, request.path, query, headers, request.body});
    std::vector<HttpConnection::Header> sent;
    for (const HeaderView& header : headers) sent.emplace_back(header.name, header.value);
    sent.emplace_back("authorization", authorization);
    const std::string target = query.empty() ? request.path : request.path + "?" + query;
    return connection_->Exchange(request.method, target, sent, std::string(request.body), kTimeout);
  }

  static Unexpected<ObjectFault> FaultOf(const HttpReply& reply) {
    ptree document;
    const bool read = ReadXml(reply.body, &document);
    return Fault(
        read ? document.get("Error.Code", "") : "",
        read ? document.get("Error.Message", "") : "HTTP status " + std::to_string(reply.status));
  }

  const Endpoint endpoint_;
  const ObjectStoreOptions options_;
  std::unique_ptr<HttpConnection> connection_;  // nullptr: not connected
};

ObjectResult<std::string> TagOf(const HttpReply& reply) {
  const std::string* tag = reply.FindHeader("ETag");
  if (tag == nullptr) return Fault("InternalError", "an answer without ETag");
  return WithoutQuotes(*tag);
}

// One request for what fits into a part; a multipart upload for more.
class S3Writer final : public ObjectWriter {
 public:
  S3Writer(S3Client* client, std::string path) : client_(client), path_(std::move(path)) {}
  ~S3Writer() override {
    if (upload_.empty()) return;
    (void)client_->Call({.method = "DELETE", .path = path_, .query = {{"uploadId", upload_}}});
  }

  ObjectResult<void> Append(std::string_view bytes) override {
    while (!bytes.empty()) {
      if (buffer_.size() == kPartBytes) {
        if (auto sent = SendPart(); !sent) return sent;
      }
      const size_t taken = std::min(bytes.size(), kPartBytes - buffer_.size());
      buffer_.append(bytes.substr(0, taken));
      bytes.remove_prefix(taken);
    }
    return {};
  }

  ObjectResult<std::string> Finish() override {
    if (upload_.empty()) {
      auto reply =
          client_->Call({.method = "PUT", .path = path_, .body = buffer_, .creates = true});
      if (!reply) return Unexpected(std::move(reply.error()));
      return TagOf(*reply);
    }
    if (auto sent = SendPart(); !sent) return Unexpected(std::move(sent.error()));
    std::string body = "<CompleteMultipartUpload>";
    for (size_t i = 0; i < tags_.size(); ++i) {
      body.append("<Part><PartNumber>").append(std::to_string(i + 1)).append("</PartNumber><ETag>");
      body.append(EscapeXml(tags_[i])).append("</ETag></Part>");
    }
    body += "</CompleteMultipartUpload>";
    auto reply = client_->Call(
        {.method = "POST", .path = path_, .query = {{"uploadId", upload_}}, .body = body});
    if (!reply) return Unexpected(std::move(reply.error()));
    // The service may have begun a 200 before it failed.
    ptree document;
    if (!ReadXml(reply->body, &document)) return Fault("InternalError", "an answer that is no XML");
    if (document.count("Error") != 0) {
      return Fault(document.get("Error.Code", ""), document.get("Error.Message", ""));
    }
    upload_.clear();
    return WithoutQuotes(document.get("CompleteMultipartUploadResult.ETag", ""));
  }

 private:
  ObjectResult<void> SendPart() {
    if (upload_.empty()) {
      auto reply = client_->Call(
          {.method = "POST", .path = path_, .query = {{"uploads", ""}}, .creates = true});
      if (!reply) return Unexpected(std::move(reply.error()));
      ptree document;
      if (ReadXml(reply->body, &document)) {
        upload_ = document.get("InitiateMultipartUploadResult.UploadId", "");
      }
      if (upload_.empty()) return Fault("InternalError", "a multipart upload without an id");
    }
    auto reply = client_->Call(
        {.method = "PUT",
         .path = path_,
         .query = {{"partNumber", std::to_string(tags_.size() + 1)}, {"uploadId", upload_}},
         .body = buffer_});
    if (!reply) return Unexpected(std::move(reply.error()));
    const std::string* tag = reply->FindHeader("ETag");
    if (tag == nullptr) return Fault("InternalError", "an answer without ETag");
    tags_.push_back(*tag);
    buffer_.clear();
    return {};
  }

  S3Client* const client_;
  const std::string path_;
  std::string buffer_;
  std::string upload_;             // its id; empty: none is open
  std::vector<std::string> tags_;  // of the parts sent, with quotes
};

class S3Store final : public ObjectStore {
 public:
  S3Store(const Endpoint& endpoint, const ObjectStoreOptions& options)
      : client_(endpoint, options) {}

  ObjectResult<std::unique_ptr<ObjectWriter>> Create(const std::string& bucket,
                                                     const std::string& key) override {
    return std::unique_ptr<ObjectWriter>(std::make_unique<S3Writer>(&client_, PathOf(bucket, key)));
  }

  ObjectResult<std::string> Read(const std::string& bucket, const std::string& key, uint64_t offset,
                                 size_t size) override {
    std::string bytes;
    while (bytes.size() < size) {
      const uint64_t from = offset + bytes.size();
      const size_t wanted = std::min(size - bytes.size(), kReadBytes);
      auto reply = client_.Call(
          {.method = "GET",
           .path = PathOf(bucket, key),
           .range = "bytes=" + std::to_string(from) + "-" + std::to_string(from + wanted - 1)});
      // Beyond the end.
      if (!reply && reply.error().code == "InvalidRange") break;
      if (!reply) return Unexpected(std::move(reply.error()));
      // A service that knows no ranges sends everything.
      if (reply->status == 200) {
        return reply->body.substr(std::min<size_t>(offset, reply->body.size()), size);
      }
      bytes += reply->body;
      if (reply->body.size() < wanted) break;
    }
    return bytes;
  }

  ObjectResult<void> List(const std::string& bucket, const std::string& prefix,
                          FunctionRef<bool(const ObjectInfo&)> take) override {
    std::string token;
    do {
      std::vector<Parameter> query;
      if (!token.empty()) query.push_back({"continuation-token", token});
      query.push_back({"list-type", "2"});
      query.push_back({"prefix", prefix});
      auto reply = client_.Call({.method = "GET", .path = PathOf(bucket, ""), .query = query});
      if (!reply) return Unexpected(std::move(reply.error()));
      ptree document;
      if (!ReadXml(reply->body, &document))
        return Fault("InternalError", "a listing that is no XML");
      const auto result = document.get_child_optional("ListBucketResult");
      if (!result) return Fault("InternalError", "a listing without ListBucketResult");
      for (const auto& [name, element] : *result) {
        if (name != "Contents") continue;
        if (!take({element.get("Key", ""), element.get<uint64_t>("Size", 0)})) return {};
      }
      token = result->get("NextContinuationToken", "");
    } while (!token.empty());
    return {};
  }

  ObjectResult<void> Remove(const std::string& bucket, const std::string& key) override {
    auto reply = client_.Call({.method = "DELETE", .path = PathOf(bucket, key)});
    if (!reply && reply.error().code != "NoSuchKey") return Unexpected(std::move(reply.error()));
    return {};
  }

  ObjectResult<void> RemoveUnfinished(const std::string& bucket, const std::string& key) override {
    auto reply = client_.Call(
        {.method = "GET", .path = PathOf(bucket, ""), .query = {{"prefix", key}, {"uploads", ""}}});
    if (!reply && reply.error().code == "Cancelled") return Unexpected(std::move(reply.error()));
    ptree document;
    // Not every service can tell.
    if (!reply || !ReadXml(reply->body, &document)) return {};
    const auto result = document.get_child_optional("ListMultipartUploadsResult");
    if (!result) return {};
    for (const auto& [name, element] : *result) {
      if (name != "Upload" || element.get("Key", "") != key) continue;
      auto aborted = client_.Call({.method = "DELETE",
                                   .path = PathOf(bucket, key),
                                   .query = {{"uploadId", element.get("UploadId", "")}}});
      if (!aborted && aborted.error().code != "NoSuchUpload") {
        return Unexpected(std::move(aborted.error()));
      }
    }
    return {};
  }

 private:
  S3Client client_;
};

}  // namespace

std::unique_ptr<ObjectStore> OpenS3Store(const Endpoint& endpoint,
                                         const ObjectStoreOptions& options) {
  return std::make_unique<S3Store>(endpoint, options);
}

}  // namespace stator
