// What RocksDB's manifest says: which tables there must be, and which write-ahead logs are still
// needed.
#ifndef STATOR_STORAGE_MANIFEST_H_
#define STATOR_STORAGE_MANIFEST_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/log_scan.h"

namespace stator {

struct Manifest {
  std::string path;
  uint64_t number = 0;
  LogScan scan;                         // what is below is of the records before any damage
  uint64_t first_log = 0;               // logs with lower numbers are not needed any more
  std::map<uint64_t, uint64_t> tables;  // numbers and sizes of the live ones
};

// Reads the one that CURRENT names. Errors: kCorruption for a CURRENT or a manifest that is not
// there or has records that make no sense, kUnsupported, kIoError; each names the file.
Result<Manifest> ReadManifest(const std::string& db_path);

// Numbers of the write-ahead logs there are that are still needed, ascending. Errors: kIoError.
Result<std::vector<uint64_t>> NeededWriteLogs(const std::string& db_path, const Manifest& manifest);

// "DB/000012.log", "DB/000012.sst".
std::string LogPath(const std::string& db_path, uint64_t number);
std::string TablePath(const std::string& db_path, uint64_t number);
// The number in the name of such a file, if `name` is one.
bool ParseFileName(const std::string& name, const std::string& extension, uint64_t* number);
bool IsNumbered(const std::string& name, const std::string& extension);

}  // namespace stator

#endif  // STATOR_STORAGE_MANIFEST_H_
