#include "objects/object_store.h"

#include "net/http_client.h"
#include "objects/folder_store.h"
#include "objects/s3_store.h"

namespace stator {
namespace {

constexpr std::string_view kFile = "file://";

}  // namespace

ObjectResult<std::string> ObjectStore::Put(const std::string& bucket, const std::string& key,
                                           std::string_view bytes) {
  auto writer = Create(bucket, key);
  if (!writer) return Unexpected(std::move(writer.error()));
  if (auto written = (*writer)->Append(bytes); !written) {
    return Unexpected(std::move(written.error()));
  }
  return (*writer)->Finish();
}

Result<void> CheckObjectStoreUrl(const std::string& url) {
  if (url.starts_with(kFile)) {
    if (url.size() > kFile.size() && url[kFile.size()] == '/') return {};
    return Fail(StatusCode::kInvalidArgument,
                "not the URL of a folder, such as file:///srv: " + url);
  }
  auto endpoint = ParseEndpoint(url);
  if (!endpoint) return Unexpected(std::move(endpoint.error()));
  return {};
}

bool TakesDemands(const std::string& url) { return !url.starts_with(kFile); }

Result<std::unique_ptr<ObjectStore>> OpenObjectStore(const ObjectStoreOptions& options) {
  if (auto checked = CheckObjectStoreUrl(options.url); !checked) {
    return Unexpected(std::move(checked.error()));
  }
  if (options.demands != ObjectDemands() && !TakesDemands(options.url)) {
    return Fail(StatusCode::kInvalidArgument, "a folder has no owner's account and no encryption");
  }
  if (options.url.starts_with(kFile)) return OpenFolderStore(options.url.substr(kFile.size()));
  return OpenS3Store(*ParseEndpoint(options.url), options);
}

}  // namespace stator
