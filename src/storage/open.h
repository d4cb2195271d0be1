// The engines that live in this process.
#ifndef STATOR_STORAGE_OPEN_H_
#define STATOR_STORAGE_OPEN_H_

#include <memory>
#include <string>

#include "base/result.h"
#include "storage/engine.h"
#include "storage/engine_options.h"

namespace stator {

// Opens or creates a data directory. Errors: kConflict if another server uses it, kUnsupported if a newer
// server wrote it, kInvalidArgument if it holds something else, kCorruption, kIoError, kNoSpace; the
// message says which file.
//
// Destroying the engine ends all that was accepted, then closes it. REQUIRES: snapshots are gone by then.
Result<std::unique_ptr<Engine>> OpenRocksEngine(const std::string& dir,
                                                const EngineOptions& options);

// Everything is lost when it is destroyed; options about caches, files and durability mean nothing to it.
std::unique_ptr<Engine> NewMemoryEngine(const EngineOptions& options);

}  // namespace stator

#endif  // STATOR_STORAGE_OPEN_H_
