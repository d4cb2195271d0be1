// ErrorAnswer of api/service.h: the form of facts 1.4.
#include <string>

#include "api/service.h"
#include "base/json_string.h"
#include "model/attribute_value_json.h"

namespace stator {
namespace {

void AppendReason(const CancellationReason& reason, std::string* out) {
  *out += "{\"Code\":";
  AppendJsonString(reason.code, out);
  if (reason.code != "None") {
    *out += ",\"Message\":";
    AppendJsonString(reason.message, out);
  }
  if (reason.item) {
    *out += ",\"Item\":";
    AppendJson(*reason.item, out);
  }
  *out += '}';
}

void AppendReasons(const std::vector<CancellationReason>& reasons, std::string* out) {
  *out += ",\"CancellationReasons\":[";
  for (size_t i = 0; i < reasons.size(); ++i) {
    if (i > 0) *out += ',';
    AppendReason(reasons[i], out);
  }
  *out += ']';
}

}  // namespace

ErrorForm ErrorFormOf(std::string_view target) {
  return target.starts_with("Kinesis_") ? ErrorForm::kShort : ErrorForm::kQualified;
}

Answer ErrorAnswer(const ApiError& error, ErrorForm form) {
  const ErrorTypeInfo& info = InfoOf(error.type);
  std::string body = "{\"__type\":\"";
  if (form == ErrorForm::kQualified) body.append(info.name_space) += '#';
  body.append(info.name) += '"';
  if (error.message) {
    body += info.capital_message ? ",\"Message\":" : ",\"message\":";
    AppendJsonString(*error.message, &body);
  }
  if (error.item) {
    body += ",\"Item\":";
    AppendJson(*error.item, &body);
  }
  if (error.type == ErrorType::kTransactionCanceled) AppendReasons(error.cancellation_reasons, &body);
  body += '}';
  return Answer{info.http_status, std::move(body)};
}

}  // namespace stator
