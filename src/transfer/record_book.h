// The records of a kind of jobs (imports, exports): as they are in the map, and as they are shown
// to those who ask.
#ifndef STATOR_TRANSFER_RECORD_BOOK_H_
#define STATOR_TRANSFER_RECORD_BOOK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/function_ref.h"
#include "base/unique_function.h"
#include "model/api_error.h"
#include "storage/blind_write.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/layout.h"

namespace stator {

// A Record has the members scope, id, client_token, request_hash, ended_micros and table, of which
// at least the name counts.
template <class Record>
struct RecordKind {
  KeySpace space;
  std::string (*key)(const Scope& scope, std::string_view id);
  std::string (*encode)(const Record& record);
  Result<Record> (*decode)(std::string_view bytes);
  bool (*is_under_way)(const Record& record);
  // Whether its client token still stands for it.
  bool (*keeps_token)(const Record& record, int64_t now);
  ApiError conflict;  // of a token that stands for something else
};

// Thread-safe. The object must outlive the database's engine, whose completions reach it.
template <class Record>
class RecordBook {
 public:
  using Ptr = std::shared_ptr<const Record>;
  using Done = UniqueFunction<void(ApiResult<Ptr>)>;

  RecordBook(Database* database, RecordKind<Record> kind)
      : database_(database), kind_(std::move(kind)) {}

  // --- what is shown

  void Show(Ptr record) {
    std::lock_guard lock(mutex_);
    std::string key = KeyOf(*record);
    entries_[std::move(key)] = std::move(record);
  }

  // Shows another form of it, if it is shown.
  void Change(const Record& record, FunctionRef<void(Record*)> change) {
    std::lock_guard lock(mutex_);
    const auto it = entries_.find(KeyOf(record));
    if (it == entries_.end()) return;
    auto next = std::make_shared<Record>(*it->second);
    change(next.get());
    it->second = std::move(next);
  }

  // Null: there is none.
  Ptr Find(const Scope& scope, std::string_view id) const {
    std::lock_guard lock(mutex_);
    const auto it = entries_.find(kind_.key(scope, id));
    return it == entries_.end() ? nullptr : it->second;
  }
  Ptr Find(const Scope& scope, std::string_view table, std::string_view id) const {
    Ptr record = Find(scope, id);
    return record != nullptr && record->table.name == table ? record : nullptr;
  }

  // By their ids.
  std::vector<Ptr> List(const Scope& scope) const {
    std::lock_guard lock(mutex_);
    std::vector<Ptr> records;
    for (auto it = entries_.lower_bound(kind_.key(scope, ""));
         it != entries_.end() && it->second->scope == scope; ++it) {
      records.push_back(it->second);
    }
    return records;
  }
  std::vector<Ptr> All() const {
    std::lock_guard lock(mutex_);
    std::vector<Ptr> records;
    for (const auto& [key, record] : entries_) records.push_back(record);
    return records;
  }

  // --- beginning

  // The record that the client token of `record` stands for; null if there is none.
  ApiResult<Ptr> WithToken(const Record& record, int64_t now) const {
    std::lock_guard lock(mutex_);
    return Holder(record, now);
  }

  // Shows the record, and returns null, unless its token stands for another one, which is returned,
  // or `allow` refuses one more beside those of the scope that are under way.
  ApiResult<Ptr> Enter(const Ptr& record, int64_t now,
                       FunctionRef<ApiResult<void>(size_t under_way)> allow) {
    std::lock_guard lock(mutex_);
    auto same = Holder(*record, now);
    if (!same || *same != nullptr) return same;
    const auto under_way = std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
      return kind_.is_under_way(*entry.second) && entry.second->scope == record->scope;
    });
    if (auto allowed = allow(static_cast<size_t>(under_way)); !allowed) {
      return Unexpected<ApiError>(std::move(allowed).error());
    }
    entries_[KeyOf(*record)] = record;
    return Ptr();
  }

  // Writes the record down, as Write does, and goes on with `then`. If it cannot be written, the
  // job is given up. REQUIRES: it was entered.
  void Begin(const Ptr& record, UniqueFunction<void(Done)> then, Done done) {
    database_->engine().Commit(NoteOf(*record),
                               [this, record, then = std::move(then),
                                done = std::move(done)](CommitResult result) mutable {
                                 if (result.outcome == CommitOutcome::kCommitted)
                                   return then(std::move(done));
                                 GiveUp(record, ToApiError(result.status), std::move(done));
                               });
  }

  // After `changed`, the change of a definition which makes a job's table name the job: `push` lets
  // the job go on if the table does, which `is_named` tells; otherwise it is given up.
  void GoOnAfter(ApiResult<TablePtr> changed, Ptr record, UniqueFunction<bool()> is_named,
                 UniqueFunction<void()> push, Done done) {
    if (changed) {
      push();
      return done(std::move(record));
    }
    if (changed.error().type != ErrorType::kInternalServerError) {
      return GiveUp(std::move(record), std::move(changed).error(), std::move(done));
    }
    // It may be there all the same.
    const Scope scope = record->scope;
    std::string name = record->table.name;
    database_->catalog().Refresh(
        scope, std::move(name),
        [this, record = std::move(record), is_named = std::move(is_named), push = std::move(push),
         error = std::move(changed).error(), done = std::move(done)]() mutable {
          if (!is_named()) return GiveUp(std::move(record), std::move(error), std::move(done));
          push();
          done(Unexpected<ApiError>(std::move(error)));
        });
  }

  // The record is gone, as if it had never been there, but if it cannot be removed from the map:
  // the next start must see that it is of no use.
  void GiveUp(Ptr record, ApiError error, Done done) {
    Hide(*record);
    database_->engine().Commit(
        BlindWrite(KeyOf(*record), std::nullopt),
        [error = std::move(error), done = std::move(done)](const CommitResult&) mutable {
          done(Unexpected<ApiError>(std::move(error)));
        });
  }

  // --- the map; these block

  Result<std::vector<Ptr>> Read() const {
    KeyRange range = AllKeys(kind_.space);
    Result<void> decoded;
    std::vector<Ptr> records;
    auto scanned =
        ScanAndWait(database_->engine(), {std::move(range.begin), std::move(range.end)},
                    [&](std::string_view, std::string_view value) {
                      auto record = kind_.decode(value);
                      if (record) {
                        records.push_back(std::make_shared<const Record>(*std::move(record)));
                      } else {
                        decoded = Unexpected<Status>(std::move(record).error());
                      }
                      return decoded.has_value();
                    });
    if (scanned) scanned = std::move(decoded);
    if (!scanned) return Unexpected<Status>(std::move(scanned).error());
    return records;
  }

  Result<void> Write(const Record& record) { return Commit(NoteOf(record)); }
  Result<void> Remove(const Record& record) {
    return Commit(BlindWrite(KeyOf(record), std::nullopt));
  }

  // Those that ended before go, provided that `clear` says that nothing else is left of them.
  void Forget(int64_t before, FunctionRef<bool(const Record&)> clear) {
    for (const Ptr& record : All()) {
      if (kind_.is_under_way(*record) || record->ended_micros >= before) continue;
      if (clear(*record) && Remove(*record)) Hide(*record);
    }
  }

 private:
  std::string KeyOf(const Record& record) const { return kind_.key(record.scope, record.id); }

  // What the server notes of its work, also on a disk that is nearly full.
  CommitRequest NoteOf(const Record& record) const {
    CommitRequest request = BlindWrite(KeyOf(record), kind_.encode(record));
    request.frees_space = true;
    return request;
  }

  Result<void> Commit(CommitRequest request) {
    const CommitResult result = CommitAndWait(database_->engine(), std::move(request));
    if (result.outcome == CommitOutcome::kCommitted) return {};
    return Unexpected<Status>(result.status);
  }

  void Hide(const Record& record) {
    std::lock_guard lock(mutex_);
    entries_.erase(KeyOf(record));
  }

  // REQUIRES: mutex_ is held.
  ApiResult<Ptr> Holder(const Record& record, int64_t now) const {
    if (record.client_token.empty()) return Ptr();
    for (const auto& [key, other] : entries_) {
      if (other->scope != record.scope || other->client_token != record.client_token ||
          !kind_.keeps_token(*other, now)) {
        continue;
      }
      if (other->request_hash == record.request_hash) return other;
      return Unexpected<ApiError>(ApiError(kind_.conflict));
    }
    return Ptr();
  }

  Database* const database_;
  const RecordKind<Record> kind_;
  mutable std::mutex mutex_;
  std::map<std::string, Ptr, std::less<>> entries_;  // by the key of the record
};

}  // namespace stator

#endif  // STATOR_TRANSFER_RECORD_BOOK_H_
