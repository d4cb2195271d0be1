// A stream of JSON text for LoadReader, which takes it piece by piece.
#ifndef STATOR_SERVER_LOAD_TEXT_H_
#define STATOR_SERVER_LOAD_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <string_view>

namespace stator {

// Not thread-safe. A stream that fails looks as if it ended: see failed().
class LoadText {
 public:
  // `in` must outlive this object. Its next byte is the one at `offset`, on that line.
  explicit LoadText(std::istream* in, uint64_t offset = 0, uint64_t line = 1)
      : in_(in), line_(line), bytes_taken_(offset) {}

  // The next character that is no white space (which is taken); '\0' at the end.
  char Peek();
  // The next `size` bytes, fewer at the end; valid until the next call.
  std::string_view Lookahead(size_t size);

  // These take what stands after white space, if it is there.
  bool Take(char c);
  // A string, without the quotes; its escapes are left as they are.
  bool TakeString(std::string* content);
  // All of the object that begins there. That its braces match is all that is sure. False also if
  // it is longer than `max_size` bytes.
  bool TakeObject(size_t max_size, std::string* text);

  // Up to the end of the line, which is taken, too. False if it is longer than `max_size` bytes.
  bool TakeLine(size_t max_size, std::string* text);

  bool failed() const { return in_->bad(); }
  // Of the next byte, from 1.
  uint64_t line() const { return line_; }
  // Those before `offset` count, too.
  uint64_t bytes_taken() const { return bytes_taken_; }

 private:
  bool Fill();
  // Moves past `size` bytes of the buffer.
  void Advance(size_t size);

  std::istream* in_;
  std::string buffer_;  // not taken yet: from position_ on
  size_t position_ = 0;
  uint64_t line_;
  uint64_t bytes_taken_;
};

}  // namespace stator

#endif  // STATOR_SERVER_LOAD_TEXT_H_
