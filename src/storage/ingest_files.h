// The table files by which entries come into RocksDB beside its log (RocksStore::Ingest).
#ifndef STATOR_STORAGE_INGEST_FILES_H_
#define STATOR_STORAGE_INGEST_FILES_H_

#include <string>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "storage/engine.h"

namespace rocksdb {
struct Options;
}

namespace stator {

// Writes what `next` gives to files of the directory, which is made if it is not there, and adds
// their paths to `files`, also that of one that is not whole after an error. `name` gives each its
// name. kInvalidArgument: the keys do not ascend.
Result<void> WriteIngestFiles(const rocksdb::Options& options, const std::string& directory,
                              FunctionRef<std::string()> name, IngestNext& next,
                              std::vector<std::string>* files);

}  // namespace stator

#endif  // STATOR_STORAGE_INGEST_FILES_H_
