#include "server/version.h"

namespace stator {

const char kVersion[] = STATOR_VERSION;

}  // namespace stator
