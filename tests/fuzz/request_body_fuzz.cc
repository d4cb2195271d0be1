// Arbitrary bytes as the body of any operation: the first byte picks the operation, the rest is the body. What
// passes the checks must be safe to read, what does not must have a text; both forms of validation agree on which
// is which.
#include <simdjson.h>

#include <string>

#include "api/members.h"
#include "api/operations.h"
#include "api/request_check.h"
#include "api/service.h"
#include "fuzz.h"

namespace stator {
namespace {

// As a handler would: each member by the accessor of its type.
void ReadAll(const Shape& shape, const Members& in) {
  for (const ShapeMember& member : shape.members) {
    if (!in.Has(member.name)) {
      FUZZ_CHECK(!member.required);
      continue;
    }
    switch (member.shape->kind) {
      case ShapeKind::kString:
      case ShapeKind::kBlob:
        FUZZ_CHECK(in.String(member.name).has_value());
        break;
      case ShapeKind::kBoolean:
        FUZZ_CHECK(in.Bool(member.name).has_value());
        break;
      case ShapeKind::kInteger:
      case ShapeKind::kLong: {
        const auto number = in.Int(member.name);
        FUZZ_CHECK(number && *number >= member.shape->min && *number <= member.shape->max);
        break;
      }
      case ShapeKind::kDouble:
      case ShapeKind::kTimestamp:
        FUZZ_CHECK(in.Double(member.name).has_value());
        break;
      case ShapeKind::kList:
        if (member.shape->element->kind == ShapeKind::kString) FUZZ_CHECK(in.Strings(member.name).has_value());
        FUZZ_CHECK(in.List(member.name).has_value());
        if (member.shape->element->kind == ShapeKind::kStructure) {
          const auto list = in.List(member.name);
          for (const simdjson::dom::element element : *list) ReadAll(*member.shape->element, Members(element));
        }
        break;
      case ShapeKind::kMap: {
        const auto map = in.Map(member.name);
        FUZZ_CHECK(map.has_value());
        if (member.shape->element->kind != ShapeKind::kStructure) break;
        for (const auto& [key, element] : *map) ReadAll(*member.shape->element, Members(element));
        break;
      }
      case ShapeKind::kStructure:
        ReadAll(*member.shape, *in.Struct(member.name));
        break;
      case ShapeKind::kAttributeValue:
        FUZZ_CHECK(in.Struct(member.name).has_value());
        break;
    }
  }
}

void CheckAnswer(const ApiError& error) {
  const Answer answer = ErrorAnswer(error);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  FUZZ_CHECK(parser.parse(answer.body).get(object) == simdjson::SUCCESS);
  FUZZ_CHECK(answer.http_status == 400);
}

void CheckOperation(const OperationInfo& operation, std::string_view body) {
  const Service service(nullptr);
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(body);
  const std::string target = std::string(operation.prefix) + "." + std::string(operation.name);
  const std::string_view target_view = target;
  RecognizedRequest request;
  auto recognized = service.Recognize(&target_view, std::string_view(padded), &parser, &request);
  if (!recognized) return CheckAnswer(recognized.error());
  FUZZ_CHECK(request.operation == &operation);
  simdjson::dom::object object;
  if (request.body != RecognizedRequest::Body::kParsed || parser.doc.root().get(object) != simdjson::SUCCESS) return;

  auto now = CheckRequest(operation, object, ValidationForm::kNew);
  auto before = CheckRequest(operation, object, ValidationForm::kOld);
  FUZZ_CHECK(now.has_value() == before.has_value());
  if (now) return ReadAll(*operation.input, Members(object));
  FUZZ_CHECK(now.error().message && !now.error().message->empty());
  CheckAnswer(now.error());
  CheckAnswer(before.error());
}

}  // namespace
}  // namespace stator

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const auto operations = stator::Operations();
  stator::CheckOperation(operations[data[0] % operations.size()], FuzzInput(data + 1, size - 1));
  return 0;
}
