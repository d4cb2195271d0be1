// A view of a callable, for parameters that are called during the call and not kept. Two words, no
// allocation. (std::function_ref is C++26.)
#ifndef STATOR_BASE_FUNCTION_REF_H_
#define STATOR_BASE_FUNCTION_REF_H_

#include <memory>
#include <type_traits>
#include <utility>

namespace stator {

template <class Signature>
class FunctionRef;

template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  template <class F, class = std::enable_if_t<!std::is_same_v<std::decay_t<F>, FunctionRef> &&
                                              std::is_invocable_r_v<R, F&, Args...>>>
  FunctionRef(F&& f)  // NOLINT: implicit
      : callable_(const_cast<void*>(static_cast<const void*>(std::addressof(f)))),
        call_([](void* callable, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(callable))(std::forward<Args>(args)...);
        }) {}

  R operator()(Args... args) const { return call_(callable_, std::forward<Args>(args)...); }

 private:
  void* callable_;
  R (*call_)(void*, Args...);
};

}  // namespace stator

#endif  // STATOR_BASE_FUNCTION_REF_H_
