// Code that blocks, on a stack of its own in the one thread of a simulation: the flusher and the
// table jobs. It runs only when it is resumed, and stops where it says so.
#ifndef STATOR_SIM_FIBER_H_
#define STATOR_SIM_FIBER_H_

#include <ucontext.h>

#include <cstddef>
#include <memory>

#include "base/unique_function.h"

namespace stator::sim {

class Fiber {
 public:
  Fiber();
  // REQUIRES: !busy().
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs `body` until it ends or yields. REQUIRES: !busy().
  void Start(UniqueFunction<void()> body);
  // Goes on after a Yield(), until the next one or the end. REQUIRES: busy(), and this one is not
  // running.
  void Resume();
  bool busy() const { return static_cast<bool>(body_); }

  // The one that runs; null on the thread's own stack.
  static Fiber* Current();
  // Back to whoever resumed the running fiber. REQUIRES: Current().
  static void Yield();

 private:
  static void Main();
  void SwitchIn();
  void SwitchOut(bool ends);

  static constexpr size_t kStackBytes = size_t{512} << 10;
  std::unique_ptr<std::byte[]> stack_;
  ucontext_t inside_{};
  ucontext_t outside_{};
  UniqueFunction<void()> body_;
  Fiber* resumer_ = nullptr;
  // For AddressSanitizer, which must be told of each change of stacks.
  void* inside_fake_ = nullptr;
  void* outside_fake_ = nullptr;
  const void* outside_stack_ = nullptr;
  size_t outside_bytes_ = 0;
};

}  // namespace stator::sim

#endif  // STATOR_SIM_FIBER_H_
