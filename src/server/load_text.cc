#include "server/load_text.h"

#include <algorithm>

namespace stator {
namespace {

constexpr size_t kReadBytes = 64 << 10;
constexpr std::string_view kWhiteSpace = " \t\r\n";

}  // namespace

// False at the end. What is left stays in front.
bool LoadText::Fill() {
  buffer_.erase(0, position_);
  position_ = 0;
  const size_t left = buffer_.size();
  buffer_.resize(left + kReadBytes);
  in_->read(buffer_.data() + left, kReadBytes);
  buffer_.resize(left + static_cast<size_t>(in_->gcount()));
  return buffer_.size() > left;
}

void LoadText::Advance(size_t size) {
  line_ += static_cast<uint64_t>(
      std::count(buffer_.begin() + static_cast<std::ptrdiff_t>(position_),
                 buffer_.begin() + static_cast<std::ptrdiff_t>(position_ + size), '\n'));
  position_ += size;
  bytes_taken_ += size;
}

char LoadText::Peek() {
  for (;;) {
    const size_t found = buffer_.find_first_not_of(kWhiteSpace, position_);
    Advance(std::min(found, buffer_.size()) - position_);
    if (found != std::string::npos) return buffer_[position_];
    if (!Fill()) return '\0';
  }
}

std::string_view LoadText::Lookahead(size_t size) {
  while (buffer_.size() - position_ < size && Fill()) {
  }
  return std::string_view(buffer_).substr(position_, size);
}

bool LoadText::Take(char c) {
  if (Peek() != c || c == '\0') return false;
  Advance(1);
  return true;
}

bool LoadText::TakeString(std::string* content) {
  constexpr size_t kMaxString = 4096;  // longer than any name
  if (Peek() != '"') return false;
  const std::string_view text = Lookahead(kMaxString);
  size_t end = 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  if (end >= text.size()) return false;
  content->assign(text.substr(1, end - 1));
  Advance(end + 1);
  return true;
}

bool LoadText::TakeObject(size_t max_size, std::string* text) {
  text->clear();
  if (Peek() != '{') return false;
  int depth = 0;
  bool in_string = false, escaped = false;
  for (;;) {
    size_t end = position_;
    bool closed = false;
    while (end < buffer_.size() && !closed) {
      const char c = buffer_[end++];
      if (escaped) {
        escaped = false;
      } else if (in_string) {
        escaped = c == '\\';
        in_string = c != '"';
      } else if (c == '"') {
        in_string = true;
      } else if (c == '{') {
        ++depth;
      } else if (c == '}') {
        closed = --depth == 0;
      }
    }
    if (text->size() + (end - position_) > max_size) return false;
    text->append(buffer_, position_, end - position_);
    Advance(end - position_);
    if (closed) return true;
    if (!Fill()) return false;
  }
}

bool LoadText::TakeLine(size_t max_size, std::string* text) {
  text->clear();
  for (;;) {
    const size_t end = buffer_.find('\n', position_);
    const size_t take = std::min(end, buffer_.size()) - position_;
    if (text->size() + take > max_size) return false;
    text->append(buffer_, position_, take);
    Advance(end == std::string::npos ? take : take + 1);
    if (end != std::string::npos || !Fill()) return true;
  }
}

}  // namespace stator
