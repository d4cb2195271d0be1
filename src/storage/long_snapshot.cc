#include "storage/long_snapshot.h"

#include <utility>

#include "base/await.h"
#include "storage/format.h"

namespace stator {

Result<uint64_t> LongSnapshot::Position() const {
  auto stored = Get(std::string(kPositionKey));
  if (!stored) return Unexpected<Status>(std::move(stored).error());
  return DecodeGuard(*stored);
}

Result<std::optional<std::string>> LongSnapshot::Get(std::string key) const {
  using Found = Result<std::optional<std::string>>;
  return Await<Found>([&](auto done) {
    engine_->Get({.keys = {std::move(key)}, .snapshot = snapshot_},
                 [done = std::move(done)](const GetResult& result) mutable {
                   if (result.error) return done(Found(Unexpected<Status>(*result.error)));
                   std::optional<std::string> value;
                   if (result.values[0]) value.emplace(*result.values[0]);
                   done(Found(std::move(value)));
                 });
  });
}

void ReadLastPosition(Engine* engine, UniqueFunction<void(Result<uint64_t>)> done) {
  engine->Get({.keys = {std::string(kPositionKey)}},
              [done = std::move(done)](const GetResult& result) mutable {
                if (result.error) return done(Unexpected<Status>(*result.error));
                std::optional<std::string> stored;
                if (result.values[0]) stored.emplace(*result.values[0]);
                done(DecodeGuard(stored));
              });
}

Result<std::optional<std::string>> LongSnapshot::Page(std::string begin, std::string end,
                                                      ScanVisit visit) const {
  std::optional<std::string> next;
  // The visits may be on another thread, but never outlive the wait.
  auto shown = Await<Result<void>>([&](auto done) {
    engine_->Scan(
        {.begin = std::move(begin), .end = std::move(end), .snapshot = snapshot_, .once = true},
        [&](std::string_view key, std::string_view value) {
          if (visit(key, value)) return true;
          next.emplace(key).push_back('\0');
          return false;
        },
        std::move(done));
  });
  if (!shown) return Unexpected<Status>(std::move(shown).error());
  return next;
}

}  // namespace stator
