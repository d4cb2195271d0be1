// BatchGetItem and BatchWriteItem (facts 1.11, 6.1, 6.2).
#include "api/json_view.h"
#include "api/quirks.h"

namespace stator {
namespace {

bool IsEmptyMap(const Members& in, std::string_view name) {
  const auto element = in.Raw(name);
  return element && ObjectOf(*element).size() == 0;
}

ApiResult<void> BatchGetItemQuirk(ValidationForm form, const Members& in, std::vector<Violation>* violations) {
  const bool is_old = form == ValidationForm::kOld;
  if (is_old && IsEmptyMap(in, "RequestItems")) {
    return Invalid("The requestItems parameter is required for BatchGetItem");
  }
  for (Violation& violation : *violations) {
    const bool is_length = violation.constraint.starts_with("Member must have length ");
    if (!is_length || is_old) continue;
    if (violation.path == "requestItems" || violation.path.ends_with(".member.keys")) {
      violation.form = Violation::Form::kNoValue;
    }
  }
  return {};
}

// Nearly all regions still answer so.
ApiResult<void> BatchWriteItemQuirk(ValidationForm, const Members& in, std::vector<Violation>*) {
  if (!in.Has("RequestItems") || IsEmptyMap(in, "RequestItems")) {
    return Invalid("The requestItems parameter is required for BatchWriteItem");
  }
  return {};
}

}  // namespace

Quirk FindBatchQuirk(std::string_view operation) {
  if (operation == "BatchGetItem") return &BatchGetItemQuirk;
  if (operation == "BatchWriteItem") return &BatchWriteItemQuirk;
  return nullptr;
}

}  // namespace stator
