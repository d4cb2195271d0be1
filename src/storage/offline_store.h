// A data directory as it lies on the disk, with no server on it: read, verified and measured, never
// changed.
//
// The store tries to open what a server would refuse, so that as much as possible of a damaged
// directory can be looked at: see fault().
#ifndef STATOR_STORAGE_OFFLINE_STORE_H_
#define STATOR_STORAGE_OFFLINE_STORE_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "storage/kv_store.h"
#include "storage/log_check.h"

namespace stator {

// A table file (SST) that is part of the database.
struct TableFile {
  std::string name;  // "000012.sst"; of the store of logs "logs/000012.sst"
  int level = 0;
  uint64_t bytes = 0;
  uint64_t entries = 0;  // those that are overwritten or deleted included
};

// A write-ahead log.
struct LogFile {
  std::string name;
  uint64_t number = 0;
  uint64_t bytes = 0;
};

// A file in which something is wrong or strange.
struct FileFinding {
  std::string file;
  std::string what;
};

// Reads as any other store; refuses every change. Thread-safe.
class OfflineStore : public KvStore {
 public:
  // Errors: kNotFound if no server's data is there, kConflict while a server uses it, kUnsupported
  // for a newer format, kCorruption if so much is damaged that nothing can be read or the
  // writes in the logs are out of order, kIoError.
  static Result<std::unique_ptr<OfflineStore>> Open(const std::string& dir);

  // Why a server would refuse to open the directory, beyond what the logs are found to be. If it is
  // set, or if writes are lost, only a part of the data is shown: without the log from the first
  // damage on, without the entries of files that are missing.
  virtual const std::optional<Status>& fault() const = 0;
  virtual const std::vector<LogFinding>& LogFindings() const = 0;

  // Of the directory (storage/format.h).
  virtual uint32_t Format() const = 0;
  virtual std::vector<TableFile> TableFiles() const = 0;
  virtual std::vector<LogFile> LogFiles() const = 0;
  // Files that a server would remove or that nobody knows.
  virtual std::vector<FileFinding> StrayFiles() const = 0;

  // Reads a whole table file, and compares all its checksums and its size. Errors: kCorruption,
  // kIoError.
  virtual Result<void> Verify(const TableFile& file) const = 0;
  // Batches of writes in the write-ahead logs that are still needed, up to any damage.
  virtual uint64_t LogRecords() const = 0;
  // The table file that has the entry of that key, "the log" if it is in the log only, "" if there
  // is none.
  virtual std::string FileWith(std::string_view key) const = 0;
  // Bytes on disk of a range of keys, about; an empty `end` is the end of the map. Of the store of
  // logs, whose files are not in the order of logs, all, or nothing if the range has not all of it.
  virtual uint64_t BytesOnDisk(std::string_view begin, std::string_view end) const = 0;
  // Compressions that the table files were written with.
  virtual std::vector<std::string> Compressions() const = 0;
};

// Table files of a directory whose database cannot be opened, each verified by itself.
std::vector<FileFinding> VerifyLooseTableFiles(const std::string& dir);

}  // namespace stator

#endif  // STATOR_STORAGE_OFFLINE_STORE_H_
