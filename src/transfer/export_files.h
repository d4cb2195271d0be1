// The files of an export as they lie in a bucket (facts 9.4): data files of bounded size, gzipped,
// whose names follow from the export's ARN, so that a second try writes over what the first one
// left; and the manifests.
#ifndef STATOR_TRANSFER_EXPORT_FILES_H_
#define STATOR_TRANSFER_EXPORT_FILES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/stream_compress.h"
#include "objects/md5.h"
#include "objects/object_store.h"
#include "table/export_record.h"

namespace stator {

struct ExportFile {
  std::string key;
  int64_t items = 0;
  std::string md5;  // base64
  std::string etag;
  bool operator==(const ExportFile&) const = default;
};

// What writing there asks of the object storage.
ObjectDemands DemandsOf(const ExportTarget& target);

// The key of the data file with that number.
std::string DataFileKey(const ExportRecord& record, size_t number);

// Lines of JSON.
std::string FilesManifest(const std::vector<ExportFile>& files);
// REQUIRES: counts and the end of `record` are filled in.
std::string SummaryManifest(const ExportRecord& record);

// Writes data files one after the other; there is one at least. Not thread-safe.
class DataFiles {
 public:
  // A file is full from `file_bytes` of text on. `again`: an earlier try may have left something.
  // `objects` and `record` outlive it.
  DataFiles(ObjectStore* objects, const ExportRecord& record, size_t file_bytes, bool again);

  ObjectResult<void> Add(std::string_view line);
  ObjectResult<void> Finish();
  // Those that are finished.
  const std::vector<ExportFile>& files() const { return files_; }

 private:
  ObjectResult<void> Begin();
  ObjectResult<void> Send();
  ObjectResult<void> End();

  ObjectStore* const objects_;
  const ExportRecord& record_;
  const size_t file_bytes_;
  const bool again_;
  std::vector<ExportFile> files_;
  // The one that is being written.
  std::unique_ptr<ObjectWriter> writer_;  // nullptr: none
  std::unique_ptr<GzipStream> gzip_;
  std::unique_ptr<Md5> md5_;
  ExportFile file_;
  size_t text_bytes_ = 0;
  std::string ready_;  // compressed, and not sent
};

}  // namespace stator

#endif  // STATOR_TRANSFER_EXPORT_FILES_H_
