#include "api/request_check.h"

#include <vector>

#include "api/constraints.h"
#include "api/type_check.h"

namespace stator {

ApiResult<void> CheckRequest(const OperationInfo& operation, simdjson::dom::object body, ValidationForm form) {
  if (auto types = CheckTypes(*operation.input, body); !types) return types;
  const Members in(body);
  if (auto refused = RefuseUnsupportedMembers(operation, in); !refused) return refused;
  std::vector<Violation> violations = FindViolations(*operation.input, body);
  if (operation.quirk != nullptr) {
    if (auto quirk = operation.quirk(form, in, &violations); !quirk) return quirk;
  }
  if (violations.empty()) return {};
  return Invalid(DescribeViolations(violations));
}

}  // namespace stator
