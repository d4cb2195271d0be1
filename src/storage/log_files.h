// The files of RocksDB's write-ahead log, made longer ahead of what is written to them: a sync of a
// file whose length has not changed writes the data and nothing else, which takes half the time of
// one that must write the length, too.
//
// The room is zeros, and is cut off when the log is closed. After a crash the newest log may end in
// them; opening cuts them off then (log_check.h).
//
// A log that cannot be created is created later, before it is written to: RocksDB 7.8 would end the
// process when it tries again, if a range was dropped since the log before.
//
// It also refuses to create a table while the flush that wants one must not go on (RefusedFlush,
// log_store.h).
#ifndef STATOR_STORAGE_LOG_FILES_H_
#define STATOR_STORAGE_LOG_FILES_H_

#include <rocksdb/env.h>

#include <cstddef>
#include <memory>

namespace stator {

class LogEnv : public rocksdb::EnvWrapper {
 public:
  using EnvWrapper::EnvWrapper;
  // Creates the logs that could not be. To be called before a write: what fails then may be in the
  // log, or not.
  virtual rocksdb::Status CreateLogs() = 0;
};

// `base`, but for those things; it must outlive the result. `room`: bytes that are made at once.
std::unique_ptr<LogEnv> NewLogEnv(rocksdb::Env* base, size_t room);

}  // namespace stator

#endif  // STATOR_STORAGE_LOG_FILES_H_
