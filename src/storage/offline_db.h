// One of the RocksDB databases of a data directory that no server uses, read only. Internal to
// offline_store.
#ifndef STATOR_STORAGE_OFFLINE_DB_H_
#define STATOR_STORAGE_OFFLINE_DB_H_

#include <rocksdb/db.h>

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "storage/offline_store.h"

namespace stator {

// A file that is not there is a loss, not a failure of the device.
Unexpected<Status> OfflineFailure(const rocksdb::Status& status);

rocksdb::ReadOptions OfflineReadOptions();

// Names of the files in a directory, sorted; none if it is not there.
std::vector<std::string> NamesIn(const std::string& dir);

// The tables of the database in `path`, without what only its write-ahead log has. Errors:
// kCorruption, kIoError.
Result<std::unique_ptr<rocksdb::DB>> OpenTablesToRead(const std::string& path);

class OfflineDb {
 public:
  static constexpr const char* kMapFolder = "db";
  static constexpr const char* kLogsFolder = "logs";

  // `folder`: in `dir`. `lenient`: shows of a damaged database what can be shown of one point in
  // time. Errors: kCorruption, kIoError.
  static Result<std::unique_ptr<OfflineDb>> Open(const std::string& dir, const std::string& folder,
                                                 bool lenient);

  rocksdb::DB* db() const { return db_.get(); }
  Result<ScanEnd> Scan(const StoreRange& range, KvStore::ScanVisit visit) const;
  // Newest first. Their names begin with the folder, if it is not the map's.
  std::vector<TableFile> TableFiles() const;
  std::vector<FileFinding> StrayFiles() const;
  // As OfflineStore's.
  Result<void> Verify(const TableFile& file) const;
  std::string FileWith(std::string_view key) const;
  uint64_t BytesOnDisk(std::string_view begin, std::string_view end) const;
  void AddCompressions(std::set<std::string>* names) const;

  // Of a database that cannot be opened: each table file verified by itself.
  static void VerifyLooseTableFiles(const std::string& dir, const std::string& folder,
                                    std::vector<FileFinding>* findings);

 private:
  OfflineDb(std::string path, std::string folder, std::unique_ptr<rocksdb::DB> db);
  std::string NameOf(const std::string& file) const;
  std::string PathOf(const TableFile& file) const;

  const std::string path_, folder_;
  const std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::LiveFileMetaData> files_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_OFFLINE_DB_H_
