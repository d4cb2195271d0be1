#include "api/describe.h"

#include <algorithm>

#include "api/operations.h"
#include "base/json_string.h"

namespace stator {
namespace {

bool IsRefused(const OperationInfo& operation, std::string_view member) {
  const auto& paths = operation.unsupported_members;
  return std::find(paths.begin(), paths.end(), member) != paths.end();
}

void AppendMembers(const OperationInfo& operation, std::string* out) {
  bool first = true;
  for (const ShapeMember& member : operation.input->members) {
    if (!first) *out += ',';
    first = false;
    *out += "{\"name\":";
    AppendJsonString(member.name, out);
    *out += IsRefused(operation, member.name) ? ",\"refused\":true}" : ",\"refused\":false}";
  }
}

void AppendRefusedParts(const OperationInfo& operation, std::string* out) {
  bool first = true;
  for (const std::string_view path : operation.unsupported_members) {
    if (path.find('.') == std::string_view::npos) continue;
    if (!first) *out += ',';
    first = false;
    AppendJsonString(path, out);
  }
}

}  // namespace

std::string DescribeOperationsJson() {
  std::string out = "[";
  for (const OperationInfo& operation : Operations()) {
    if (out.size() > 1) out += ",\n";
    out += "{\"target\":";
    AppendJsonString(operation.prefix, &out);
    out += ",\"name\":";
    AppendJsonString(operation.name, &out);
    out += operation.handler != nullptr ? ",\"supported\":true" : ",\"supported\":false";
    out += ",\"members\":[";
    AppendMembers(operation, &out);
    out += "],\"refused_parts\":[";
    AppendRefusedParts(operation, &out);
    out += "]}";
  }
  return out + "]\n";
}

}  // namespace stator
