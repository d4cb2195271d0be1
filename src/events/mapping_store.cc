#include "events/mapping_store.h"

#include <utility>

#include "storage/blind_write.h"
#include "table/blocking.h"
#include "table/layout.h"

namespace stator {
namespace {

Result<void> OutcomeOf(CommitResult result) {
  if (result.outcome == CommitOutcome::kCommitted) return {};
  return Unexpected(std::move(result.status));
}

}  // namespace

Result<std::shared_ptr<MappingStore>> MappingStore::Open(Engine* engine) {
  std::shared_ptr<MappingStore> store(new MappingStore(engine));
  store->self_ = store;
  std::optional<Status> fault;
  KeyRange all = AllKeys(KeySpace::kMapping);
  auto scanned = ScanAndWait(*engine, {std::move(all.begin), std::move(all.end)},
                             [&](std::string_view, std::string_view value) {
                               auto mapping = DecodeMapping(value);
                               if (!mapping) {
                                 fault = std::move(mapping).error();
                                 return false;
                               }
                               const std::string uuid = mapping->uuid;
                               store->mappings_[uuid] =
                                   std::make_shared<const Mapping>(std::move(*mapping));
                               return true;
                             });
  if (!scanned) return Unexpected(std::move(scanned).error());
  if (fault) return Unexpected(std::move(*fault));
  return store;
}

MappingPtr MappingStore::Find(std::string_view uuid) const {
  std::lock_guard lock(mutex_);
  const auto it = mappings_.find(uuid);
  return it == mappings_.end() ? nullptr : it->second;
}

std::vector<MappingPtr> MappingStore::All() const {
  std::lock_guard lock(mutex_);
  std::vector<MappingPtr> out;
  for (const auto& [uuid, mapping] : mappings_) out.push_back(mapping);
  return out;
}

void MappingStore::Put(UniqueFunction<std::optional<Mapping>(const Mappings&)> change,
                       UniqueFunction<void(Result<void>)> done) {
  Enqueue({.put = std::move(change), .remove = {}, .done = std::move(done)});
}

void MappingStore::Remove(std::string uuid, UniqueFunction<void(Result<void>)> done) {
  Enqueue({.put = {}, .remove = std::move(uuid), .done = std::move(done)});
}

void MappingStore::Enqueue(Change change) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(std::move(change));
    if (queue_.size() > 1) return;
  }
  Next();
}

void MappingStore::Next() {
  MappingPtr next;
  std::string uuid;
  {
    std::lock_guard lock(mutex_);
    if (queue_.empty()) return;
    Change& change = queue_.front();
    uuid = change.remove;
    if (change.put) {
      if (auto mapping = change.put(mappings_)) {
        uuid = mapping->uuid;
        next = std::make_shared<const Mapping>(std::move(*mapping));
      }
    }
  }
  const auto finish = [self = self_.lock(), uuid, next](Result<void> result) {
    UniqueFunction<void(Result<void>)> done;
    const bool changed = result.has_value() && !uuid.empty();
    {
      std::lock_guard lock(self->mutex_);
      if (changed && next) {
        self->mappings_[uuid] = next;
      } else if (changed) {
        self->mappings_.erase(uuid);
      }
      done = std::move(self->queue_.front().done);
    }
    if (changed && self->tell_) self->tell_();
    done(std::move(result));
    bool more;
    {
      std::lock_guard lock(self->mutex_);
      self->queue_.pop_front();
      more = !self->queue_.empty();
    }
    if (more) self->Next();
  };
  if (uuid.empty()) return finish({});
  engine_->Commit(
      BlindWrite(MappingKey(uuid), next ? std::optional(EncodeMapping(*next)) : std::nullopt),
      [finish](CommitResult result) { finish(OutcomeOf(std::move(result))); });
}

Result<std::map<std::string, ShardProgress>> MappingStore::ReadProgress(const std::string& uuid) {
  std::map<std::string, ShardProgress> out;
  std::optional<Status> fault;
  KeyRange all = MappingProgress(uuid);
  const size_t prefix = all.begin.size();
  auto scanned = ScanAndWait(*engine_, {std::move(all.begin), std::move(all.end)},
                             [&](std::string_view key, std::string_view value) {
                               auto progress = DecodeProgress(value);
                               if (!progress) {
                                 fault = std::move(progress).error();
                                 return false;
                               }
                               out[std::string(key.substr(prefix))] = std::move(*progress);
                               return true;
                             });
  if (!scanned) return Unexpected(std::move(scanned).error());
  if (fault) return Unexpected(std::move(*fault));
  return out;
}

void MappingStore::WriteProgress(const std::string& uuid, const std::string& shard,
                                 const ShardProgress& progress,
                                 UniqueFunction<void(Result<void>)> done) {
  engine_->Commit(BlindWrite(MappingProgressKey(uuid, shard), EncodeProgress(progress)),
                  [done = std::move(done)](CommitResult result) mutable {
                    done(OutcomeOf(std::move(result)));
                  });
}

void MappingStore::ForgetShard(const std::string& uuid, const std::string& shard) {
  engine_->Commit(BlindWrite(MappingProgressKey(uuid, shard), std::nullopt), [](CommitResult) {});
}

Result<void> MappingStore::DropProgress(const std::string& uuid) {
  auto positions = ReadProgress(uuid);
  if (!positions) return Unexpected(std::move(positions).error());
  for (const auto& [shard, progress] : *positions) {
    auto done = OutcomeOf(
        CommitAndWait(*engine_, BlindWrite(MappingProgressKey(uuid, shard), std::nullopt)));
    if (!done) return done;
  }
  return {};
}

Result<std::vector<std::string>> MappingStore::WithProgress() {
  std::vector<std::string> out;
  KeyRange all = AllKeys(KeySpace::kMappingProgress);
  auto scanned = ScanAndWait(*engine_, {std::move(all.begin), std::move(all.end)},
                             [&](std::string_view key, std::string_view) {
                               std::string uuid(key.substr(1, kMappingUuidBytes));
                               if (out.empty() || out.back() != uuid)
                                 out.push_back(std::move(uuid));
                               return true;
                             });
  if (!scanned) return Unexpected(std::move(scanned).error());
  return out;
}

}  // namespace stator
