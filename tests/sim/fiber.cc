#include "fiber.h"

#include <cassert>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#endif

namespace stator::sim {
namespace {

Fiber* current = nullptr;

void StartSwitch([[maybe_unused]] void** fake, [[maybe_unused]] const void* stack,
                 [[maybe_unused]] size_t bytes) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(fake, stack, bytes);
#endif
}

void FinishSwitch([[maybe_unused]] void* fake, [[maybe_unused]] const void** stack,
                  [[maybe_unused]] size_t* bytes) {
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(fake, stack, bytes);
#endif
}

}  // namespace

// Not value-initialized: the pages are touched when they are needed.
Fiber::Fiber() : stack_(new std::byte[kStackBytes]) {}

Fiber::~Fiber() { assert(!busy()); }

Fiber* Fiber::Current() { return current; }

void Fiber::Start(UniqueFunction<void()> body) {
  assert(!busy());
  body_ = std::move(body);
  getcontext(&inside_);
  inside_.uc_stack.ss_sp = stack_.get();
  inside_.uc_stack.ss_size = kStackBytes;
  inside_.uc_link = nullptr;
  makecontext(&inside_, &Fiber::Main, 0);
  SwitchIn();
}

void Fiber::Resume() {
  assert(busy());
  SwitchIn();
}

void Fiber::SwitchIn() {
  resumer_ = current;
  current = this;
  StartSwitch(&outside_fake_, stack_.get(), kStackBytes);
  swapcontext(&outside_, &inside_);
  FinishSwitch(outside_fake_, nullptr, nullptr);
}

void Fiber::SwitchOut(bool ends) {
  current = resumer_;
  StartSwitch(ends ? nullptr : &inside_fake_, outside_stack_, outside_bytes_);
  swapcontext(&inside_, &outside_);
  FinishSwitch(inside_fake_, &outside_stack_, &outside_bytes_);
}

void Fiber::Yield() {
  assert(current != nullptr);
  current->SwitchOut(/*ends=*/false);
}

void Fiber::Main() {
  Fiber* self = current;
  FinishSwitch(nullptr, &self->outside_stack_, &self->outside_bytes_);
  self->body_();
  self->body_ = nullptr;
  self->SwitchOut(/*ends=*/true);
}

}  // namespace stator::sim
