// Errors are values in Stator. Expected<T, E> holds either a T or an E; Result<T> is the form used below
// the API, ApiResult<T> (model/api_error.h) the form used where the error is DynamoDB's own.
//
// Member names follow std::expected (C++23), which the compilers we support do not ship yet.
#ifndef STATOR_BASE_RESULT_H_
#define STATOR_BASE_RESULT_H_

#include <cassert>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace stator {

// Why an internal step failed. Few on purpose: what a caller can act upon.
enum class StatusCode {
  kInvalidArgument,  // bytes or values that cannot be what they claim to be (bad encoding, bad config)
  kNotFound,         // the named thing does not exist
  kCorruption,       // stored bytes fail their checksum or cannot be decoded; never served
  kIoError,          // the device or file system failed
  kNoSpace,          // the device is full
  kOverloaded,       // a bound on memory, queue length or write stall was met; retry later
  kConflict,         // another transaction holds a key (see storage/engine.h)
  kGuardChanged,     // a guard of a commit no longer has the expected value; look up again and retry
  kUnknownOutcome,   // a commit may or may not have been applied
  kUnsupported,      // a newer format, an option this build does not have
  kClosed,           // the component is shutting down
};

struct Status {
  StatusCode code;
  std::string message;  // for the log and for operators; never sent to a client as is
};

template <class E>
class Unexpected {
 public:
  explicit Unexpected(E error) : error_(std::move(error)) {}
  E& error() & { return error_; }
  E&& error() && { return std::move(error_); }

 private:
  E error_;
};

template <class T, class E>
class [[nodiscard]] Expected {
 public:
  using value_type = T;
  using error_type = E;

  Expected(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit
  Expected(Unexpected<E> e)                                                // NOLINT: implicit
      : state_(std::in_place_index<1>, std::move(e).error()) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return *std::get_if<0>(&state_); }
  const T& operator*() const& { return *std::get_if<0>(&state_); }
  T&& operator*() && { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }

  E& error() & { return *std::get_if<1>(&state_); }
  const E& error() const& { return *std::get_if<1>(&state_); }
  E&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, E> state_;
};

// The form without a value: success or an error.
template <class E>
class [[nodiscard]] Expected<void, E> {
 public:
  Expected() = default;
  Expected(Unexpected<E> e) : state_(std::move(e).error()) {}  // NOLINT: implicit

  bool has_value() const { return std::holds_alternative<std::monostate>(state_); }
  explicit operator bool() const { return has_value(); }
  E& error() & { return *std::get_if<E>(&state_); }
  const E& error() const& { return *std::get_if<E>(&state_); }
  E&& error() && { return std::move(*std::get_if<E>(&state_)); }

 private:
  std::variant<std::monostate, E> state_;
};

template <class T>
using Result = Expected<T, Status>;

inline Unexpected<Status> Fail(StatusCode code, std::string message) {
  return Unexpected<Status>(Status{code, std::move(message)});
}

}  // namespace stator

#endif  // STATOR_BASE_RESULT_H_
