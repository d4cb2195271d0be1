// Waits for a completion: for threads that may wait, never for a request's.
#ifndef STATOR_BASE_AWAIT_H_
#define STATOR_BASE_AWAIT_H_

#include <future>
#include <memory>
#include <utility>

namespace stator {

// Calls `start` with a completion that takes a T, and returns what that was given.
template <class T, class Start>
T Await(Start start) {
  auto promise = std::make_shared<std::promise<T>>();
  std::future<T> result = promise->get_future();
  start([promise](T value) { promise->set_value(std::move(value)); });
  return result.get();
}

}  // namespace stator

#endif  // STATOR_BASE_AWAIT_H_
