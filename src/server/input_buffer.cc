#include "server/input_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace stator {
namespace {

constexpr size_t kSmall = 4096;
constexpr size_t kFirstStep = 64 * 1024;

}  // namespace

InputBuffer::InputBuffer(MemoryBudget* budget)
    : budget_(budget),
      bytes_(std::make_unique_for_overwrite<char[]>(kSmall)),
      capacity_(kSmall),
      charge_(budget) {}

void InputBuffer::Erase(size_t keep, size_t n) {
  char* hole = data() + keep;
  std::memmove(hole, hole + n, size() - keep - n);
  end_ -= n;
}

InputBuffer::Taken InputBuffer::Take(size_t n) {
  const std::string_view rest = unread().substr(n);
  const size_t capacity = std::max(kSmall, rest.size() + kBodyPadding);
  MemoryCharge charge(budget_);
  if (capacity > kSmall) charge.Set(capacity);
  auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(bytes.get(), rest.data(), rest.size());
  begin_ = 0;
  end_ = rest.size();
  capacity_ = capacity;
  std::swap(bytes, bytes_);
  std::swap(charge, charge_);
  return {std::move(bytes), std::move(charge)};
}

bool InputBuffer::Reserve(size_t total) {
  if (begin_ == end_) begin_ = end_ = 0;
  const size_t needed = total + kBodyPadding;
  if (begin_ + needed <= capacity_) return true;
  if (begin_ > 0) {
    std::memmove(bytes_.get(), bytes_.get() + begin_, size());
    end_ -= begin_;
    begin_ = 0;
    if (needed <= capacity_) return true;
  }
  // A large body grows its buffer as it arrives: a client pays for memory with bytes.
  if (room() > 0) return true;
  const size_t capacity = std::min(needed, std::max(kFirstStep, capacity_ * 2));
  // Both buffers are there while the bytes are copied.
  const size_t before = capacity_ > kSmall ? capacity_ : 0;
  if (!charge_.TrySet(before + capacity)) return false;
  auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
  std::memcpy(bytes.get(), bytes_.get(), end_);
  bytes_ = std::move(bytes);
  capacity_ = capacity;
  charge_.Set(capacity);
  return true;
}

void InputBuffer::Shrink() {
  if (begin_ != end_) return;
  begin_ = end_ = 0;
  if (capacity_ == kSmall) return;
  charge_.Set(0);
  bytes_ = std::make_unique_for_overwrite<char[]>(kSmall);
  capacity_ = kSmall;
}

}  // namespace stator
