#include "storage/file_space.h"

#include <rocksdb/env.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "storage/rocksdb_errors.h"

namespace stator {
namespace {

constexpr std::string_view kUnfinished = ".tmp";

Result<void> Outcome(const rocksdb::Status& status, const std::string& what) {
  if (status.ok()) return {};
  Status failure = ToStatus(status);
  failure.message = what + ": " + failure.message;
  return Unexpected<Status>(std::move(failure));
}

}  // namespace

std::shared_ptr<FileSpace> FileSpace::OnDisk(std::string root, rocksdb::Env* env) {
  rocksdb::Env* const used = env != nullptr ? env : rocksdb::Env::Default();
  return std::shared_ptr<FileSpace>(new FileSpace(std::move(root), used, nullptr));
}

std::shared_ptr<FileSpace> FileSpace::InMemory() {
  std::unique_ptr<rocksdb::Env> memory(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  rocksdb::Env* const used = memory.get();
  return std::shared_ptr<FileSpace>(new FileSpace("/memory", used, std::move(memory)));
}

FileSpace::FileSpace(std::string root, rocksdb::Env* env, std::unique_ptr<rocksdb::Env> owned)
    : root_(std::move(root)), owned_(std::move(owned)), env_(env) {}

FileSpace::~FileSpace() = default;

Result<std::vector<std::string>> FileSpace::Folders() const { return ListPath(root_); }

Result<std::vector<std::string>> FileSpace::List(const std::string& folder) const {
  return ListPath(PathOf(folder));
}

Result<std::vector<std::string>> FileSpace::ListPath(const std::string& path) const {
  std::vector<std::string> names;
  const rocksdb::Status status = env_->GetChildren(path, &names);
  if (status.IsNotFound() || status.IsPathNotFound()) return std::vector<std::string>();
  if (auto done = Outcome(status, "cannot list " + path); !done) {
    return Unexpected<Status>(std::move(done).error());
  }
  std::erase_if(names, [](const std::string& name) { return name == "." || name == ".."; });
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> FileSpace::MakeFolder(const std::string& folder) {
  const std::string path = PathOf(folder);
  auto done = Outcome(env_->CreateDirIfMissing(root_), "cannot create " + root_);
  if (done) done = SyncDirectory(std::filesystem::path(root_).parent_path().string());
  if (done) done = Outcome(env_->CreateDirIfMissing(path), "cannot create " + path);
  if (done) done = SyncDirectory(root_);
  return done;
}

Result<void> FileSpace::RemoveFolder(const std::string& folder) {
  const std::string path = PathOf(folder);
  auto names = ListPath(path);
  if (!names) return Unexpected<Status>(std::move(names).error());
  for (const std::string& name : *names) {
    if (auto removed = RemoveFile(folder + "/" + name); !removed) return removed;
  }
  const rocksdb::Status status = env_->DeleteDir(path);
  if (status.ok() || env_->FileExists(path).IsNotFound()) return {};
  return Outcome(status, "cannot remove " + path);
}

Result<void> FileSpace::RemoveFile(const std::string& name) {
  const rocksdb::Status status = env_->DeleteFile(PathOf(name));
  if (status.IsNotFound() || status.IsPathNotFound()) return {};
  return Outcome(status, "cannot remove " + PathOf(name));
}

Result<void> FileSpace::WriteWhole(const std::string& name, std::string_view bytes) {
  const std::string path = PathOf(name);
  const std::string unfinished = path + std::string(kUnfinished);
  auto done = Outcome(rocksdb::WriteStringToFile(env_, rocksdb::Slice(bytes.data(), bytes.size()),
                                                 unfinished, /*should_sync=*/true),
                      "cannot write " + unfinished);
  if (done) done = Outcome(env_->RenameFile(unfinished, path), "cannot rename " + unfinished);
  if (done) done = SyncDirectory(std::filesystem::path(path).parent_path().string());
  return done;
}

Result<std::string> FileSpace::ReadWhole(const std::string& name) const {
  std::string bytes;
  const rocksdb::Status status = rocksdb::ReadFileToString(env_, PathOf(name), &bytes);
  if (status.IsNotFound() || status.IsPathNotFound()) {
    return Fail(StatusCode::kNotFound, PathOf(name) + " is not there");
  }
  if (auto done = Outcome(status, "cannot read " + PathOf(name)); !done) {
    return Unexpected<Status>(std::move(done).error());
  }
  return bytes;
}

Result<void> FileSpace::SyncDirectory(const std::string& path) const {
  if (owned_) return {};
  std::unique_ptr<rocksdb::Directory> directory;
  rocksdb::Status status = env_->NewDirectory(path, &directory);
  if (status.ok()) status = directory->Fsync();
  return Outcome(status, "cannot sync " + path);
}

}  // namespace stator
