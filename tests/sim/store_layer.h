// A store that passes everything on: layers change what they are about.
#ifndef STATOR_SIM_STORE_LAYER_H_
#define STATOR_SIM_STORE_LAYER_H_

#include <memory>
#include <span>
#include <utility>

#include "storage/kv_store.h"

namespace stator::sim {

class StoreLayer : public KvStore {
 public:
  explicit StoreLayer(std::unique_ptr<KvStore> store) : store_(std::move(store)) {}
  Result<ReadEnd> Read(std::span<const std::string_view> keys, const Snapshot* snapshot,
                       ReadMode mode, ReadUse use) override {
    return store_->Read(keys, snapshot, mode, use);
  }
  Result<ScanEnd> Scan(const StoreRange& range, const Snapshot* snapshot, ReadMode mode,
                       ScanVisit visit) override {
    return store_->Scan(range, snapshot, mode, visit);
  }
  SnapshotPtr TakeSnapshot() override { return store_->TakeSnapshot(); }
  WriteResult Write(std::span<const WriteOp> ops, bool sync) override {
    return store_->Write(ops, sync);
  }
  Result<void> Sync() override { return store_->Sync(); }
  Result<void> Recover() override { return store_->Recover(); }
  Result<void> DropRange(std::string_view begin, std::string_view end) override {
    return store_->DropRange(begin, end);
  }
  Result<void> Ingest(IngestNext& next) override { return store_->Ingest(next); }
  bool ReadsMayBlock() const override { return store_->ReadsMayBlock(); }
  KvStats Stats() override { return store_->Stats(); }

 protected:
  const std::unique_ptr<KvStore> store_;
};

}  // namespace stator::sim

#endif  // STATOR_SIM_STORE_LAYER_H_
