// Objects of a service that speaks the S3 API: signed requests, path-style addresses, multipart
// uploads.
#ifndef STATOR_OBJECTS_S3_STORE_H_
#define STATOR_OBJECTS_S3_STORE_H_

#include <memory>

#include "net/http_client.h"
#include "objects/object_store.h"

namespace stator {

std::unique_ptr<ObjectStore> OpenS3Store(const Endpoint& endpoint,
                                         const ObjectStoreOptions& options);

}  // namespace stator

#endif  // STATOR_OBJECTS_S3_STORE_H_
