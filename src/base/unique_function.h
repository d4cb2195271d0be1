// A move-only std::function: completions own buffers, sockets and items that must not be copied.
// (std::move_only_function is C++23.) Delete this file when the compilers we support have that one.
#ifndef STATOR_BASE_UNIQUE_FUNCTION_H_
#define STATOR_BASE_UNIQUE_FUNCTION_H_

#include <memory>
#include <type_traits>
#include <utility>

namespace stator {

template <class Signature>
class UniqueFunction;

template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() = default;
  UniqueFunction(std::nullptr_t) {}  // NOLINT: implicit
  template <class F, class = std::enable_if_t<!std::is_same_v<std::decay_t<F>, UniqueFunction> &&
                                              std::is_invocable_r_v<R, F&, Args...>>>
  UniqueFunction(F&& f)  // NOLINT: implicit
      : callable_(std::make_unique<Model<std::decay_t<F>>>(std::forward<F>(f))) {}

  explicit operator bool() const { return callable_ != nullptr; }
  R operator()(Args... args) { return callable_->Call(std::forward<Args>(args)...); }

 private:
  struct Callable {
    virtual ~Callable() = default;
    virtual R Call(Args... args) = 0;
  };
  template <class F>
  struct Model final : Callable {
    explicit Model(F f) : f_(std::move(f)) {}
    R Call(Args... args) override { return f_(std::forward<Args>(args)...); }
    F f_;
  };
  std::unique_ptr<Callable> callable_;
};

}  // namespace stator

#endif  // STATOR_BASE_UNIQUE_FUNCTION_H_
