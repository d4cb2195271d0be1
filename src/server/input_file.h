// A file of items to be read, which may be compressed.
#ifndef STATOR_SERVER_INPUT_FILE_H_
#define STATOR_SERVER_INPUT_FILE_H_

#include <cstdint>
#include <istream>
#include <memory>
#include <string>

#include "base/result.h"

namespace stator {

// A name that ends with .gz or .zst.
bool IsCompressed(const std::string& path);

// Not thread-safe.
class InputFile {
 public:
  // From byte `offset` of the plain text on. "-": standard input. Errors: kIoError;
  // kInvalidArgument if there are not as many bytes.
  static Result<std::unique_ptr<InputFile>> Open(const std::string& path, uint64_t offset);
  virtual ~InputFile() = default;

  virtual std::istream* stream() = 0;
  // Why the stream ended before the file did: what is broken looks like an end.
  virtual Result<void> Fault() const = 0;
};

}  // namespace stator

#endif  // STATOR_SERVER_INPUT_FILE_H_
