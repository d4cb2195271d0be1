// The output of a dump: whole pages of a scan, one after the other, and beside it a file that says
// from where to go on.
#ifndef STATOR_SERVER_DUMP_FILE_H_
#define STATOR_SERVER_DUMP_FILE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "server/dump_state.h"

namespace stator {

// Of an output FILE the state is in FILE.state. Up to the length that it says, the output is on
// disk; what is beyond, of a dump that was killed, is cut off when one goes on with it. Output
// whose name ends with .gz is compressed, each page by itself. Thread-safe.
class DumpFile {
 public:
  enum class Mode {
    kNew,     // the output must not be there
    kResume,  // goes on where its state says, or begins if there is neither
    kForce,   // what is there is overwritten
  };

  // `state` is that of a dump which has not begun; one to be gone on with must be of the same
  // table, and its segments are taken. `path` "-": standard output, which has no state. Errors:
  // kInvalidArgument if the mode does not allow it, or the output and its state do not fit
  // together; kIoError.
  static Result<std::unique_ptr<DumpFile>> Open(const std::string& path, Mode mode,
                                                DumpState state);
  ~DumpFile();

  // Appends the lines of a page, `items` of them, after which the segment is at `position`. Errors:
  // kIoError, kNoSpace; also those of an earlier call, since nothing can follow a part of a page.
  Result<void> Append(std::string_view lines, uint64_t items, size_t segment,
                      DumpState::Segment position);
  // Forces all to disk that was appended, then the state of it.
  Result<void> Checkpoint();
  // The dump is complete: forces it to disk, and removes the state.
  Result<void> Finish();

  DumpState state() const;

 private:
  DumpFile(std::string path, int fd, bool regular, DumpState state)
      : path_(std::move(path)), fd_(fd), regular_(regular), state_(std::move(state)) {}

  Result<void> Sync();

  const std::string path_;
  const int fd_;
  const bool regular_;  // not standard output
  mutable std::mutex mutex_;
  DumpState state_;
  std::optional<Status> fault_;
};

}  // namespace stator

#endif  // STATOR_SERVER_DUMP_FILE_H_
