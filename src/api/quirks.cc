#include "api/quirks.h"

namespace stator {

Quirk FindQuirk(std::string_view operation) {
  for (const auto family : {&FindItemQuirk, &FindBatchQuirk, &FindTableQuirk}) {
    if (const Quirk quirk = family(operation)) return quirk;
  }
  return nullptr;
}

}  // namespace stator
