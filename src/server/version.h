// What `stator version` says.
#ifndef STATOR_SERVER_VERSION_H_
#define STATOR_SERVER_VERSION_H_

namespace stator {

extern const char kVersion[];  // "0.1.0", the version of the CMake project

}  // namespace stator

#endif  // STATOR_SERVER_VERSION_H_
