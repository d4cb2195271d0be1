// Objects as files: ROOT/BUCKET/KEY. Buckets are made by hand, as those of S3 are.
#ifndef STATOR_OBJECTS_FOLDER_STORE_H_
#define STATOR_OBJECTS_FOLDER_STORE_H_

#include <memory>
#include <string>

#include "objects/object_store.h"

namespace stator {

// Codes of its faults: NoSuchBucket, NoSuchKey, InvalidArgument (a bucket or key that is no path
// below the root), AccessDenied, InternalError.
std::unique_ptr<ObjectStore> OpenFolderStore(std::string root);

}  // namespace stator

#endif  // STATOR_OBJECTS_FOLDER_STORE_H_
