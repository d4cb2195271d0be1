// The service's validator was being replaced during 2026, operation by operation and region by region
// (facts 1.11); Stator answers in either manner.
#ifndef STATOR_API_VALIDATION_FORM_H_
#define STATOR_API_VALIDATION_FORM_H_

#include <cstdint>

namespace stator {

enum class ValidationForm : uint8_t {
  kOld,  // as everywhere until early 2026
  kNew,  // as in most regions in October 2026: the default
};

}  // namespace stator

#endif  // STATOR_API_VALIDATION_FORM_H_
