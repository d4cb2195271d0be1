// What a connection has to write next: its answers in the order of their numbers, as pieces, so
// that a large answer need not be copied behind its head.
#ifndef STATOR_SERVER_OUTPUT_QUEUE_H_
#define STATOR_SERVER_OUTPUT_QUEUE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace stator {

class OutputQueue {
 public:
  // Bytes up to this are copied behind others.
  static constexpr size_t kCopied = 32 * 1024;

  // Of the next answer.
  uint64_t number() const { return number_; }
  // Bytes, with those of answers that wait for an earlier one.
  size_t size() const { return ready_bytes_ + held_bytes_; }
  bool ready() const { return ready_bytes_ > 0; }

  // Takes answer `number`: `fill(std::string*)` appends its first bytes, and *rest, when it has
  // returned, is those that follow them; nullptr: none. `spare()` gives a string to begin with.
  // REQUIRES: number < number() + most.
  template <class Fill, class Spare>
  void Put(uint64_t number, const Fill& fill, std::string* rest, const Spare& spare, size_t most) {
    if (number != number_) {
      if (held_.empty()) held_.resize(most);
      std::string& held = held_[number % held_.size()];
      fill(&held);
      if (rest != nullptr) held.append(*rest);
      held_bytes_ += held.size();
      return;
    }
    if (pieces_.empty() || closed_) pieces_.push_back(spare());
    closed_ = false;
    const size_t before = pieces_.back().size();
    fill(&pieces_.back());
    ready_bytes_ += pieces_.back().size() - before;
    if (rest != nullptr) Push(std::move(*rest));
    ++number_;
    PushHeld();
  }

  // Takes the first piece. REQUIRES: ready().
  std::string Pop() {
    std::string piece = std::move(pieces_.front());
    pieces_.erase(pieces_.begin());
    ready_bytes_ -= piece.size();
    return piece;
  }

 private:
  void PushHeld() {
    if (held_.empty()) return;
    for (std::string* next = &held_[number_ % held_.size()]; !next->empty();
         next = &held_[number_ % held_.size()]) {
      held_bytes_ -= next->size();
      Push(std::exchange(*next, {}));
      ++number_;
    }
  }
  void Push(std::string bytes) {
    if (bytes.empty()) return;
    ready_bytes_ += bytes.size();
    if (bytes.size() <= kCopied && !pieces_.empty() && !closed_) {
      pieces_.back().append(bytes);
      return;
    }
    pieces_.push_back(std::move(bytes));
    closed_ = true;
  }

  uint64_t number_ = 0;
  std::vector<std::string> pieces_;  // few
  size_t ready_bytes_ = 0;
  bool closed_ = false;            // nothing is appended to the last piece
  std::vector<std::string> held_;  // answers that wait for an earlier one; by number modulo size
  size_t held_bytes_ = 0;
};

}  // namespace stator

#endif  // STATOR_SERVER_OUTPUT_QUEUE_H_
