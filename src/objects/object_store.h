// Where exports, imports and backups lie outside of the data directory: in the buckets of a service
// that speaks the S3 API, or in folders, one for each bucket.
#ifndef STATOR_OBJECTS_OBJECT_STORE_H_
#define STATOR_OBJECTS_OBJECT_STORE_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/function_ref.h"
#include "base/result.h"

namespace stator {

struct ObjectFault {
  std::string code;     // S3's: "NoSuchBucket", "AccessDenied"; of a folder: the one that fits best
  std::string message;  // S3's, too

  bool operator==(const ObjectFault&) const = default;
};

template <class T>
using ObjectResult = Expected<T, ObjectFault>;

struct ObjectInfo {
  std::string key;
  uint64_t size = 0;  // bytes
};

// An object that is being written. It is there, whole, when Finish has succeeded, and durable; one
// that is destroyed before leaves nothing. Not thread-safe.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  virtual ObjectResult<void> Append(std::string_view bytes) = 0;
  // The entity tag, without quotes. REQUIRES: not called before.
  virtual ObjectResult<std::string> Finish() = 0;
};

// Synchronous; what can pass is tried again before it is an error. Not thread-safe: each job opens
// its own.
class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  virtual ObjectResult<std::unique_ptr<ObjectWriter>> Create(const std::string& bucket,
                                                             const std::string& key) = 0;
  // At most `size` bytes from `offset` on; fewer at the end of the object.
  virtual ObjectResult<std::string> Read(const std::string& bucket, const std::string& key,
                                         uint64_t offset, size_t size) = 0;
  // Those whose keys begin so, in an order of the service, until `take` returns false.
  virtual ObjectResult<void> List(const std::string& bucket, const std::string& prefix,
                                  FunctionRef<bool(const ObjectInfo&)> take) = 0;
  // No error if there is none.
  virtual ObjectResult<void> Remove(const std::string& bucket, const std::string& key) = 0;

  // What a writer of that object left which was never destroyed: the process was killed. No error
  // if there is nothing, or if the service cannot tell. REQUIRES: no one writes the object.
  virtual ObjectResult<void> RemoveUnfinished(const std::string& bucket,
                                              const std::string& key) = 0;

  // An object of these bytes, in one call.
  ObjectResult<std::string> Put(const std::string& bucket, const std::string& key,
                                std::string_view bytes);
};

// What is asked of the service besides keeping the objects. Folders can do none of it.
struct ObjectDemands {
  std::string bucket_owner;  // the account that must own the bucket; empty: whichever
  std::string encryption;    // of objects that are written: "AES256", "aws:kms"; empty: as it likes
  std::string encryption_key_id;  // with "aws:kms"; empty: the service's own key
  bool operator==(const ObjectDemands&) const = default;
};

struct ObjectStoreOptions {
  std::string url;  // "https://s3.example.com", "http://127.0.0.1:9000", "file:///srv/exports"
  std::string region = "us-east-1";
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  // empty: none
  ObjectDemands demands;
  const std::atomic<bool>* cancel = nullptr;  // true: calls fail soon, with code "Cancelled"
};

// Whether the URL is of one of these forms. Errors: kInvalidArgument.
Result<void> CheckObjectStoreUrl(const std::string& url);

// Whether what that URL names can do what ObjectDemands are about. REQUIRES: CheckObjectStoreUrl.
bool TakesDemands(const std::string& url);

// Does not connect. Errors: kInvalidArgument, also for demands to one that takes none.
Result<std::unique_ptr<ObjectStore>> OpenObjectStore(const ObjectStoreOptions& options);

}  // namespace stator

#endif  // STATOR_OBJECTS_OBJECT_STORE_H_
