// The file SYNCED of a data directory: up to where RocksDB's logs were synced, so that a write that
// was acknowledged and is not there any more is missed when the directory is opened.
//
// It is written after each sync of the log, but itself synced seldom. So it survives the end of the
// process as it is; after a power failure it may be older than the logs, and never claims too much.
// Bytes: docs/format.md.
#ifndef STATOR_STORAGE_SYNCED_FILE_H_
#define STATOR_STORAGE_SYNCED_FILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rocksdb {
class FileSystem;
class FSRandomRWFile;
}  // namespace rocksdb

namespace stator {

struct SyncedLog {
  uint64_t number = 0;
  uint64_t bytes = 0;  // from its beginning, on the device
};

struct SyncedState {
  // Written under a durability mode other than sync: then later parts of the logs may have reached
  // the device before earlier ones.
  bool relaxed = false;
  uint64_t manifest_number = 0;
  uint64_t manifest_bytes = 0;
  std::vector<SyncedLog> logs;  // the newest ones, ascending

  uint64_t BytesOf(uint64_t log) const;  // 0 if it is not named
  // Notes that a log was synced up to there. Never takes anything back.
  void Add(SyncedLog log);
};

// A version of the file, in one of its slots.
std::string EncodeSynced(const SyncedState& state, uint64_t generation);
bool DecodeSynced(std::string_view slot, SyncedState* state, uint64_t* generation);

class SyncedFile {
 public:
  // Nullopt if there is no such file. Errors: kCorruption if it cannot be read, kIoError.
  static Result<std::optional<SyncedState>> Read(const std::string& path);

  // Opens it for writing, or creates it durably. REQUIRES: `files` outlives it.
  static Result<std::unique_ptr<SyncedFile>> Open(const std::string& path,
                                                  rocksdb::FileSystem* files);
  ~SyncedFile();

  // `durably`: it is on the device afterwards. Errors: kIoError, kNoSpace.
  Result<void> Write(const SyncedState& state, bool durably);

 private:
  SyncedFile();

  std::string path_;
  std::unique_ptr<rocksdb::FSRandomRWFile> file_;
  uint64_t generation_ = 0;
  uint64_t turns_[2] = {0, 0};  // of the slots that are not synced, and of those that are
};

}  // namespace stator

#endif  // STATOR_STORAGE_SYNCED_FILE_H_
