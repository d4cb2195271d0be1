// What a connection has read and not yet used.
#ifndef STATOR_SERVER_INPUT_BUFFER_H_
#define STATOR_SERVER_INPUT_BUFFER_H_

#include <cstddef>
#include <memory>
#include <string_view>

#include "server/http_handler.h"
#include "server/memory_budget.h"

namespace stator {

// A contiguous buffer, 4 KB unless a request needs more; what is more is charged to the budget. The
// unread bytes are always followed by kBodyPadding bytes of the buffer.
class InputBuffer {
 public:
  // `budget` must outlive this object.
  explicit InputBuffer(MemoryBudget* budget);
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;

  char* data() { return bytes_.get() + begin_; }
  std::string_view unread() const { return {bytes_.get() + begin_, end_ - begin_}; }
  size_t size() const { return end_ - begin_; }
  size_t memory() const { return capacity_; }
  void Consume(size_t n) { begin_ += n; }
  // The memory of bytes that were read, with what it is charged.
  struct Taken {
    std::unique_ptr<char[]> bytes;
    MemoryCharge charge;
  };
  // Gives away the memory of the first `n` unread bytes, which stay where they are in it; those
  // behind them are moved.
  Taken Take(size_t n);
  // Takes out `n` bytes that follow the first `keep` unread ones.
  void Erase(size_t keep, size_t n);

  // Where to read to, and that it was.
  char* tail() { return bytes_.get() + end_; }
  size_t room() const { return capacity_ - kBodyPadding - end_; }
  void Append(size_t n) { end_ += n; }

  // Makes room to read into, if it can up to `total` unread bytes. False if the budget has none
  // left. REQUIRES: total > size(). May move the unread bytes.
  [[nodiscard]] bool Reserve(size_t total);
  // Back to the small buffer, if nothing is unread.
  void Shrink();

 private:
  MemoryBudget* const budget_;
  std::unique_ptr<char[]> bytes_;
  size_t capacity_;
  size_t begin_ = 0;
  size_t end_ = 0;
  MemoryCharge charge_;
};

}  // namespace stator

#endif  // STATOR_SERVER_INPUT_BUFFER_H_
