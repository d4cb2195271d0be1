#include "storage/open.h"

#include <utility>

#include "storage/embedded_engine.h"
#include "storage/memory_store.h"
#include "storage/rocksdb_store.h"

namespace stator {

Result<std::unique_ptr<Engine>> OpenRocksEngine(const std::string& dir,
                                                const EngineOptions& options) {
  Result<std::unique_ptr<KvStore>> store = OpenRocksStore(dir, options);
  if (!store) return Unexpected<Status>(std::move(store.error()));
  return std::unique_ptr<Engine>(std::make_unique<EmbeddedEngine>(std::move(*store), options));
}

std::unique_ptr<Engine> NewMemoryEngine(const EngineOptions& options) {
  return std::make_unique<EmbeddedEngine>(std::make_unique<MemoryStore>(), options);
}

}  // namespace stator
