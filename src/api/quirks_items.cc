// PutItem, UpdateItem, DeleteItem (facts 1.11) and Query (facts 4.1).
#include <algorithm>

#include "api/quirks.h"

namespace stator {
namespace {

// Sic, UPDATE_NEW included.
constexpr std::string_view kNewReturnValues =
    "Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]";

Violation* FindPath(std::string_view path, std::vector<Violation>* violations) {
  const auto it = std::find_if(violations->begin(), violations->end(),
                               [path](const Violation& violation) { return violation.path == path; });
  return it == violations->end() ? nullptr : &*it;
}

void KeepOnly(Violation violation, std::vector<Violation>* violations) {
  violations->clear();
  violations->push_back(std::move(violation));
}

ApiResult<void> WriteQuirk(ValidationForm form, const Members&, std::vector<Violation>* violations) {
  if (form == ValidationForm::kOld) return {};
  if (Violation* name = FindPath("tableName", violations); name != nullptr && name->value == "") {
    name->form = Violation::Form::kNoValue;
    KeepOnly(std::move(*name), violations);
    return {};
  }
  if (Violation* values = FindPath("returnValues", violations)) {
    values->form = Violation::Form::kBare;
    values->constraint = kNewReturnValues;
  }
  return {};
}

ApiResult<void> UpdateItemQuirk(ValidationForm form, const Members& in, std::vector<Violation>* violations) {
  if (auto result = WriteQuirk(form, in, violations); !result) return result;
  if (form == ValidationForm::kOld) return {};
  if (Violation* values = FindPath("returnValues", violations)) KeepOnly(std::move(*values), violations);
  return {};
}

ApiResult<void> QueryQuirk(ValidationForm, const Members&, std::vector<Violation>* violations) {
  if (Violation* limit = FindPath("limit", violations)) limit->form = Violation::Form::kNoValue;
  return {};
}

}  // namespace

Quirk FindItemQuirk(std::string_view operation) {
  if (operation == "PutItem" || operation == "DeleteItem") return &WriteQuirk;
  if (operation == "UpdateItem") return &UpdateItemQuirk;
  if (operation == "Query") return &QueryQuirk;
  return nullptr;
}

}  // namespace stator
