// What comes of a run of an import or an export beside success.
#ifndef STATOR_TRANSFER_RUN_FAULT_H_
#define STATOR_TRANSFER_RUN_FAULT_H_

#include <utility>
#include <variant>

#include "base/result.h"
#include "objects/object_store.h"

namespace stator {

struct RunStopped {};  // it was cancelled
using RunFault = std::variant<RunStopped, ObjectFault, Status>;
using RunDone = Expected<void, RunFault>;

template <class E>
Unexpected<RunFault> Faulty(E error) {
  return Unexpected<RunFault>(RunFault(std::move(error)));
}

template <class E>
RunDone DoneOf(Expected<void, E> result) {
  if (result) return {};
  return Faulty(std::move(result).error());
}

}  // namespace stator

#endif  // STATOR_TRANSFER_RUN_FAULT_H_
