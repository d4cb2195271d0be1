// Small files in which a command remembers how far it has come, so that it can go on after it was
// interrupted, whenever that was.
#ifndef STATOR_SERVER_STATE_FILE_H_
#define STATOR_SERVER_STATE_FILE_H_

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stator {

// Nothing: there is no such file. Errors: kIoError.
Result<std::optional<std::string>> ReadStateFile(const std::string& path);
// The file is as before or has `text`, after a power failure, too. Errors: kIoError.
Result<void> WriteStateFile(const std::string& path, std::string_view text);
// Success also if there is none. Errors: kIoError.
Result<void> RemoveStateFile(const std::string& path);

// "FILE: what: why", of errno. kNoSpace if it is that.
Unexpected<Status> FileFault(const std::string& path, std::string_view what, int error);
// Writes all of `bytes`, in as many calls as it takes. Errors: errno.
Expected<void, int> WriteAll(int fd, std::string_view bytes);

}  // namespace stator

#endif  // STATOR_SERVER_STATE_FILE_H_
