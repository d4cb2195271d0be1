#include "table/store_walk.h"

#include <algorithm>
#include <utility>

namespace stator {
namespace {

constexpr size_t kPageEntries = 512;
constexpr size_t kPageBytes = size_t{1} << 20;
constexpr size_t kKeysPerRead = 64;
constexpr uint64_t kEntriesPerTelling = 256;

}  // namespace

void StoreWalk::Tell(std::string_view key) {
  if (progress_ && ++visited_ % kEntriesPerTelling == 0) progress_(key);
}

Result<void> StoreWalk::Each(const KeyRange& range, Visit visit) {
  auto end = store_->Scan({range.begin, range.end}, snapshot_.get(), ReadMode::kMayBlock,
                          [&](std::string_view key, std::string_view value) {
                            Tell(key);
                            visit(key, value);
                            return true;
                          });
  if (!end) return Unexpected<Status>(std::move(end.error()));
  return {};
}

Result<void> StoreWalk::EachPage(const KeyRange& range, Visit visit,
                                 FunctionRef<Result<void>()> between) {
  std::string from = range.begin;
  for (bool more = true; more;) {
    size_t entries = 0, bytes = 0;
    auto end = store_->Scan({from, range.end}, snapshot_.get(), ReadMode::kMayBlock,
                            [&](std::string_view key, std::string_view value) {
                              Tell(key);
                              visit(key, value);
                              bytes += key.size() + value.size();
                              if (++entries < kPageEntries && bytes < kPageBytes) return true;
                              from.assign(key).push_back('\0');
                              return false;
                            });
    if (!end) return Unexpected<Status>(std::move(end.error()));
    more = *end == ScanEnd::kStopped;
    if (auto done = between(); !done) return done;
  }
  return {};
}

Result<void> StoreWalk::Get(const std::vector<std::string>& keys,
                            FunctionRef<void(size_t, std::optional<std::string_view>)> use) {
  for (size_t first = 0; first < keys.size(); first += kKeysPerRead) {
    const size_t last = std::min(keys.size(), first + kKeysPerRead);
    const std::vector<std::string_view> some(keys.begin() + static_cast<ptrdiff_t>(first),
                                             keys.begin() + static_cast<ptrdiff_t>(last));
    auto read = store_->Read(some, snapshot_.get(), ReadMode::kMayBlock, [&](auto values) {
      for (size_t i = 0; i < values.size(); ++i) use(first + i, values[i]);
    });
    if (!read) return Unexpected<Status>(std::move(read.error()));
  }
  return {};
}

Result<bool> StoreWalk::IsEmpty(const KeyRange& range) {
  bool empty = true;
  auto end = store_->Scan({range.begin, range.end}, snapshot_.get(), ReadMode::kMayBlock,
                          [&](std::string_view, std::string_view) { return empty = false; });
  if (!end) return Unexpected<Status>(std::move(end.error()));
  return empty;
}

}  // namespace stator
