#include "table/page.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/item_codec.h"
#include "model/limits.h"
#include "table/key_range.h"
#include "table/read_capacity.h"

namespace stator {
namespace {

// Items of 400 KB are fetched at most so many at once, before anything is known of their sizes ...
constexpr uint64_t kFirstFetch = 16;
// ... and never more than this many.
constexpr uint64_t kMostFetched = 32;  // items are up to 400 KB each

class PageReader : public std::enable_shared_from_this<PageReader> {
 public:
  PageReader(Engine* engine, PageRequest request, TakeItem take,
             UniqueFunction<void(Result<Page>)> done)
      : engine_(engine),
        request_(std::move(request)),
        take_(std::move(take)),
        done_(std::move(done)) {}

  void Start() {
    if (!request_.whole_items) return ScanEntries();
    snapshot_ = engine_->TakeSnapshot();
    fetch_ = WithinLimit(kFirstFetch);
    ReadBatches();
  }

 private:
  struct Entry {
    std::string key;
    std::string value;
  };

  // Of `entries`, what may still be examined.
  uint64_t WithinLimit(uint64_t entries) const {
    return request_.limit == 0 ? entries : std::min(entries, request_.limit - page_.examined);
  }

  bool IsFull() const {
    return page_.examined == request_.limit ||
           page_.examined_bytes + fetched_bytes_ >= kMaxPageSize;
  }

  // The functions below return nothing but whether the page goes on. It does not after an error,
  // which error_ then holds.

  template <class T>
  bool StopAt(Result<T> failed) {
    error_ = std::move(failed).error();
    return false;
  }

  // The next entry of the range, and the item it stands for: the same, but for whole_items.
  bool Examine(std::string_view entry, std::string_view item) {
    Result<size_t> size = EncodedItemSize(entry);
    if (!size) return StopAt(std::move(size));
    ++page_.examined;
    page_.examined_bytes += *size;
    Result<bool> taken = take_(item);
    if (!taken) return StopAt(std::move(taken));
    page_.taken += *taken ? 1 : 0;
    if (!IsFull()) return true;
    Result<Item> key = KeyOfEncoded(*request_.table, request_.index, entry);
    if (!key) return StopAt(std::move(key));
    page_.last_key = std::move(*key);
    return false;
  }

  void Finish() {
    snapshot_.reset();
    take_ = nullptr;  // what it captured may end with the request
    auto done = std::move(done_);
    if (error_) return done(Unexpected<Status>(std::move(*error_)));
    done(std::move(page_));
  }

  // -- entries as they are
  // -------------------------------------------------------------------------------

  void ScanEntries() {
    ScanRequest scan{request_.range.begin, request_.range.end, request_.reverse, nullptr};
    engine_->Scan(
        std::move(scan),
        [self = shared_from_this()](std::string_view, std::string_view value) {
          return self->Examine(value, value);
        },
        [self = shared_from_this()](Result<void> result) {
          if (!result && !self->error_) self->error_ = std::move(result).error();
          self->Finish();
        });
  }

  // -- entries of a local index, each replaced by its item
  // ------------------------------------------------ The two steps below alternate: a batch of
  // entries, then their items, all of one snapshot.

  // Reads batches as long as the engine answers inside the calls: in a loop, as a page may have
  // thousands and none may be a deeper call than the one before.
  void ReadBatches() {
    const auto self = shared_from_this();
    do {
      batch_state_.store(BatchState::kUnderWay);
      ScanBatch();
    } while (batch_state_.exchange(BatchState::kLeft) == BatchState::kExamined);
  }

  // After a batch: the loop goes on, or a new one here if it was left before the engine answered.
  void NextBatch() {
    if (batch_state_.exchange(BatchState::kExamined) == BatchState::kLeft) ReadBatches();
  }

  void ScanBatch() {
    batch_.clear();
    ScanRequest scan{request_.range.begin, request_.range.end, request_.reverse, snapshot_};
    engine_->Scan(
        std::move(scan),
        [self = shared_from_this()](std::string_view key, std::string_view value) {
          self->batch_.push_back({std::string(key), std::string(value)});
          return self->batch_.size() < self->fetch_;
        },
        [self = shared_from_this()](Result<void> result) {
          if (!result) {
            self->error_ = std::move(result).error();
            return self->Finish();
          }
          self->FetchBatch();
        });
  }

  void FetchBatch() {
    if (batch_.empty()) return Finish();
    GetRequest get;
    get.snapshot = snapshot_;
    get.keys.reserve(batch_.size());
    for (const Entry& entry : batch_) {
      Result<Item> key = KeyOfEncoded(*request_.table, nullptr, entry.value);
      if (!key) {
        StopAt(std::move(key));
        return Finish();
      }
      get.keys.push_back(ItemKey(*request_.table, *key));
    }
    engine_->Get(std::move(get), [self = shared_from_this()](const GetResult& got) {
      if (got.error) self->error_ = *got.error;
      if (got.error || !self->ExamineBatch(got.values)) return self->Finish();
      self->NextBatch();
    });
  }

  bool ExamineBatch(std::span<const std::optional<std::string_view>> items) {
    for (size_t i = 0; i < batch_.size(); ++i) {
      if (!items[i]) {
        return StopAt<void>(
            Fail(StatusCode::kNotFound, "an entry of a local index has no item in its table"));
      }
      Result<size_t> size = EncodedItemSize(*items[i]);
      if (!size) return StopAt(std::move(size));
      fetched_bytes_ += *size;
      page_.fetched_blocks += ReadBlocks(*size);
      if (!Examine(batch_[i].value, *items[i])) return false;
    }
    if (batch_.size() < fetch_) return false;  // the range ended
    StartAfter(&request_.range, batch_.back().key, request_.reverse);
    const uint64_t item_size = std::max<uint64_t>(1, fetched_bytes_ / page_.examined);
    fetch_ = WithinLimit(
        std::clamp<uint64_t>((kMaxPageSize - fetched_bytes_) / item_size, 1, kMostFetched));
    return true;
  }

  Engine* const engine_;
  PageRequest request_;
  TakeItem take_;
  UniqueFunction<void(Result<Page>)> done_;
  Page page_;
  std::optional<Status> error_;
  // whole_items only:
  enum class BatchState { kUnderWay, kExamined, kLeft };
  std::atomic<BatchState> batch_state_{BatchState::kLeft};
  SnapshotPtr snapshot_;
  std::vector<Entry> batch_;
  uint64_t fetch_ = 0;          // entries wanted in the batch
  uint64_t fetched_bytes_ = 0;  // bounds the memory of the answer, as examined_bytes does
};

}  // namespace

void ReadPage(Engine* engine, PageRequest request, TakeItem take,
              UniqueFunction<void(Result<Page>)> done) {
  if (request.range.begin >= request.range.end) return done(Page{});
  std::make_shared<PageReader>(engine, std::move(request), std::move(take), std::move(done))
      ->Start();
}

Result<Item> KeyOfEncoded(const TableDefinition& table, const IndexDefinition* index,
                          std::string_view encoded_item) {
  Item key;
  for (const KeyAttribute* attribute : KeyAttributesOf(table, index)) {
    auto value = FindInEncoded(encoded_item, attribute->name);
    if (!value) return Unexpected<Status>(std::move(value).error());
    if (!*value || !(*value)->is(attribute->type)) {
      return Fail(StatusCode::kCorruption,
                  "a stored item lacks the key attribute " + attribute->name);
    }
    key.Set(attribute->name, std::move(**value));
  }
  return key;
}

}  // namespace stator
