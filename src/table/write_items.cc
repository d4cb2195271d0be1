#include "table/write_items.h"

#include <algorithm>
#include <map>
#include <memory>
#include <unordered_set>
#include <utility>

#include "table/layout.h"
#include "table/log_keeper.h"
#include "table/read_capacity.h"
#include "table/token_record.h"
#include "table/transaction_errors.h"

namespace stator {
namespace {

// A definition that changes over and over must not hold a write for ever.
constexpr int kMaxAttempts = 100;

Unexpected<ApiError> NoSuchTable() {
  return ApiFail(ErrorType::kResourceNotFound, "Requested resource not found");
}

// One request on its way. An attempt looks the tables up, checks and commits; it is made again when a definition
// changed under it, when a batch goes on without the items that a transaction holds, and when an index that is
// being filled makes it declare index entries.
class Writer : public std::enable_shared_from_this<Writer> {
 public:
  Writer(Database* database, WriteItemsRequest request, WriteItemsDone done)
      : database_(database), request_(std::move(request)), done_(std::move(done)) {
    active_.resize(request_.writes.size());
    for (size_t i = 0; i < active_.size(); ++i) active_[i] = i;
  }

  void Attempt();

 private:
  ApiResult<void> FindTables();
  ApiResult<void> CheckWrites();
  CommitRequest MakeCommit();

  Decision Decide(const CommitView& view);
  // True if the token settles the request: it is a replay or a mismatch.
  bool DecideByToken(const std::optional<std::string_view>& record);
  bool DecideWrites(const CommitView& view, Decision* decision);
  void RememberToken(Decision* decision) const;

  void Complete(const CommitResult& commit);
  void NoteAppends();
  void CompleteConflict(const std::vector<size_t>& conflicts);
  // Reads the definitions anew, from the table of write `next` on, then attempts again.
  void RefreshTables(size_t next);
  void Finish(ApiResult<WriteItemsResult> result) { done_(std::move(result), request_); }
  void FinishWith(ApiError error) { Finish(Unexpected<ApiError>(std::move(error))); }

  const WriteItemsRequest& request() const { return request_; }
  const ItemWrite& write(size_t active_index) const { return request_.writes[active_[active_index]]; }
  size_t token_position() const { return active_.size(); }
  size_t entries_position() const { return active_.size() + (request_.token ? 1 : 0); }

  Database* const database_;
  WriteItemsRequest request_;
  WriteItemsDone done_;
  int attempts_ = 0;
  std::vector<size_t> active_;               // indexes of the writes not given up as unprocessed
  std::vector<size_t> unprocessed_;
  std::vector<std::string> declared_entries_;  // keys of index entries, see StoredEntries

  // Of the present attempt:
  int64_t now_ = 0;
  std::vector<TablePtr> tables_;          // parallel to active_
  std::vector<std::string> keys_;         // parallel to active_
  std::string token_key_;
  std::vector<std::string> collections_;  // counter keys

  // Replaced by each run of Decide:
  std::optional<ApiError> error_;
  std::vector<std::string> missing_entries_;
  WriteItemsResult result_;
};

void Writer::Attempt() {
  if (++attempts_ > kMaxAttempts) {
    return FinishWith(ToApiError(Status{StatusCode::kGuardChanged, "the table's definition keeps changing"}));
  }
  now_ = database_->clock().NowMicros();
  if (auto found = FindTables(); !found) return FinishWith(std::move(found).error());
  if (auto checked = CheckWrites(); !checked) return FinishWith(std::move(checked).error());
  database_->engine().Commit(MakeCommit(),
                             [self = shared_from_this()](CommitResult result) { self->Complete(result); });
}

ApiResult<void> Writer::FindTables() {
  tables_.clear();
  for (size_t i = 0; i < active_.size(); ++i) {
    TablePtr table = database_->catalog().Find(request_.scope, write(i).table_name);
    if (table == nullptr || !table->ServesData()) return NoSuchTable();
    if (request_.table_id && table->id != *request_.table_id) return NoSuchTable();
    tables_.push_back(std::move(table));
  }
  return {};
}

ApiResult<void> Writer::CheckWrites() {
  keys_.clear();
  for (size_t i = 0; i < active_.size(); ++i) {
    const KeyCheck check = CheckAgainstTable(*tables_[i], write(i), request_.form);
    if (!check && request_.form == WriteForm::kTransaction && !check.error().empty_value) {
      return Unexpected<ApiError>(CanceledByValidation(active_.size(), i, check.error().message));
    }
    if (!check) return Unexpected<ApiError>(ToApiError(check.error()));
    keys_.push_back(ItemKey(*tables_[i], write(i).item));
  }
  if (keys_.size() > 1 && std::unordered_set<std::string_view>(keys_.begin(), keys_.end()).size() != keys_.size()) {
    return Invalid(request_.form == WriteForm::kTransaction
                       ? "Transaction request cannot include multiple operations on one item"
                       : "Provided list of item keys contains duplicates");
  }
  return {};
}

CommitRequest Writer::MakeCommit() {
  CommitRequest commit;
  commit.kind = request_.form == WriteForm::kTransaction ? CommitKind::kTransaction : CommitKind::kSingle;
  collections_.clear();
  for (size_t i = 0; i < tables_.size(); ++i) {
    const bool seen = std::find(tables_.begin(), tables_.begin() + i, tables_[i]) != tables_.begin() + i;
    if (!seen) commit.guards.push_back(Catalog::GuardOf(*tables_[i]));
    if (tables_[i]->HasLocalIndex()) {
      collections_.push_back(CollectionCounterKey(*tables_[i], write(i).item));
    }
  }
  commit.keys = keys_;
  commit.frees_space = std::all_of(active_.begin(), active_.end(), [this](size_t i) {
    return request_.writes[i].kind == WriteKind::kDelete;
  });
  if (request_.token) {
    token_key_ = TokenKey(request_.scope, "TransactWriteItems", request_.token->token);
    commit.keys.push_back(token_key_);
  }
  commit.keys.insert(commit.keys.end(), declared_entries_.begin(), declared_entries_.end());
  std::sort(collections_.begin(), collections_.end());
  collections_.erase(std::unique(collections_.begin(), collections_.end()), collections_.end());
  commit.read_counters = collections_;
  commit.decide = [self = shared_from_this()](const CommitView& view) { return self->Decide(view); };
  return commit;
}

Decision Writer::Decide(const CommitView& view) {
  error_.reset();
  missing_entries_.clear();
  result_ = WriteItemsResult{};
  Decision decision;
  if (request_.token && DecideByToken(view.values[token_position()])) return decision;
  if (!DecideWrites(view, &decision)) return Decision{};
  if (request_.token) RememberToken(&decision);
  decision.commit = true;
  return decision;
}

bool Writer::DecideByToken(const std::optional<std::string_view>& record) {
  if (!record) return false;
  auto decoded = DecodeTokenRecord(*record);
  if (!decoded) {
    error_ = ToApiError(decoded.error());
    return true;
  }
  if (decoded->expires_micros <= now_) return false;
  if (decoded->request_hash != request_.token->request_hash) {
    error_ = ApiError{ErrorType::kIdempotentParameterMismatch,
                      "The provided client token is already in use with different request parameters"};
    return true;
  }
  result_.replayed = true;
  result_.replay_units = std::move(decoded->units);
  return true;
}

// False: refused, with error_ or missing_entries_ set.
bool Writer::DecideWrites(const CommitView& view, Decision* decision) {
  StoredEntries entries;
  for (size_t i = 0; i < declared_entries_.size(); ++i) {
    entries.emplace(declared_entries_[i], view.values[entries_position() + i]);
  }
  std::map<std::string, int64_t, std::less<>> collection_bytes;
  for (size_t i = 0; i < collections_.size(); ++i) collection_bytes[collections_[i]] = view.counters[i].bytes;

  const WriteLimits limits{database_->options().item_collection_limit_bytes};
  std::vector<CancellationReason> reasons(active_.size());
  bool canceled = false;
  for (size_t i = 0; i < active_.size(); ++i) {
    int64_t* collection = nullptr;
    if (tables_[i]->HasLocalIndex()) collection = &collection_bytes[CollectionCounterKey(*tables_[i], write(i).item)];
    const StoredItem stored{view.values[i], collection == nullptr ? 0 : *collection};
    auto effect = ComputeWrite(*tables_[i], write(i), keys_[i], stored, entries, limits, request_.form, decision);
    if (effect) {
      if (collection != nullptr) *collection = effect->collection_bytes;
      missing_entries_.insert(missing_entries_.end(), effect->missing_entries.begin(),
                              effect->missing_entries.end());
      result_.effects.push_back(std::move(*effect));
      continue;
    }
    ApiError& error = effect.error();
    if (request_.form != WriteForm::kTransaction || error.type == ErrorType::kInternalServerError) {
      error_ = std::move(error);
      return false;
    }
    if (error.type == ErrorType::kValidation) {
      // The first such error stands alone (facts 6.3).
      error_ = CanceledByValidation(active_.size(), i, *error.message);
      return false;
    }
    const bool condition = error.type == ErrorType::kConditionalCheckFailed;
    reasons[i] = {condition ? "ConditionalCheckFailed" : "ItemCollectionSizeLimitExceeded", *error.message,
                  std::move(error.item)};
    canceled = true;
    result_.effects.emplace_back();
  }
  if (canceled) error_ = TransactionCanceled(std::move(reasons));
  return !canceled && missing_entries_.empty();
}

void Writer::RememberToken(Decision* decision) const {
  TokenRecord record;
  record.request_hash = request_.token->request_hash;
  record.expires_micros = now_ + kTokenLifetimeMicros;
  for (size_t i = 0; i < active_.size(); ++i) {
    const double units = 2.0 * static_cast<double>(ReadBlocks(result_.effects[i].image_bytes));
    auto same_table = [&](const ReplayUnits& entry) { return entry.table_name == tables_[i]->name; };
    auto entry = std::find_if(record.units.begin(), record.units.end(), same_table);
    if (entry == record.units.end()) {
      record.units.push_back({tables_[i]->name, units});
    } else {
      entry->units += units;
    }
  }
  decision->mutations.push_back({token_key_, EncodeTokenRecord(record)});
  decision->mutations.push_back({TokenExpiryKey(record.expires_micros, token_key_), token_key_});
}

void Writer::Complete(const CommitResult& commit) {
  switch (commit.outcome) {
    case CommitOutcome::kCommitted:
      if (commit.position != 0) NoteAppends();
      break;
    case CommitOutcome::kRefused:
      if (!error_ && !missing_entries_.empty()) {
        declared_entries_.insert(declared_entries_.end(), missing_entries_.begin(), missing_entries_.end());
        std::sort(declared_entries_.begin(), declared_entries_.end());
        declared_entries_.erase(std::unique(declared_entries_.begin(), declared_entries_.end()),
                                declared_entries_.end());
        return Attempt();
      }
      if (error_) return FinishWith(std::move(*error_));
      break;  // a replay
    case CommitOutcome::kGuardChanged:
      return RefreshTables(0);
    case CommitOutcome::kConflict:
      return CompleteConflict(commit.conflicts);
    case CommitOutcome::kFailed:
    case CommitOutcome::kUnknown:
      return FinishWith(ToApiError(commit.status));
  }
  if (!unprocessed_.empty()) {
    // Effects and tables are parallel to all writes of the request, also those given up.
    std::vector<WriteEffect> effects(request_.writes.size());
    std::vector<TablePtr> tables(request_.writes.size());
    for (size_t i = 0; i < active_.size(); ++i) {
      effects[active_[i]] = std::move(result_.effects[i]);
      tables[active_[i]] = tables_[i];
    }
    result_.effects = std::move(effects);
    result_.tables = std::move(tables);
  } else {
    result_.tables = std::move(tables_);
  }
  result_.unprocessed = std::move(unprocessed_);
  Finish(std::move(result_));
}

void Writer::NoteAppends() {
  for (const TablePtr& table : tables_) {
    if (table->log.active()) database_->log_keeper().NoteAppend(table->id);
  }
  database_->log_bell().Ring();
}

void Writer::CompleteConflict(const std::vector<size_t>& conflicts) {
  if (request_.form == WriteForm::kSingle) {
    return FinishWith(ApiFail(ErrorType::kTransactionConflict, "Transaction is ongoing for the item").error());
  }
  if (request_.form == WriteForm::kTransaction) {
    if (request_.token &&
        std::find(conflicts.begin(), conflicts.end(), token_position()) != conflicts.end()) {
      return FinishWith(ApiFail(ErrorType::kTransactionInProgress,
                                "The transaction with the given request token is already in progress.")
                            .error());
    }
    std::vector<size_t> actions;
    for (size_t position : conflicts) {
      if (position < active_.size()) actions.push_back(position);
    }
    return FinishWith(CanceledByConflict(active_.size(), actions));
  }
  std::vector<size_t> remaining;
  for (size_t i = 0; i < active_.size(); ++i) {
    const bool conflicting = std::find(conflicts.begin(), conflicts.end(), i) != conflicts.end();
    (conflicting ? unprocessed_ : remaining).push_back(active_[i]);
  }
  // A conflict on something else than an item (an index entry) leaves the items as they are: try again.
  active_ = std::move(remaining);
  declared_entries_.clear();  // some may be of what was given up, and held as it is
  if (!active_.empty()) return Attempt();
  WriteItemsResult result;
  result.tables.resize(request_.writes.size());
  result.effects.resize(request_.writes.size());
  result.unprocessed = std::move(unprocessed_);
  Finish(std::move(result));
}

void Writer::RefreshTables(size_t next) {
  while (next < tables_.size() &&
         std::find(tables_.begin(), tables_.begin() + next, tables_[next]) != tables_.begin() + next) {
    ++next;
  }
  if (next == tables_.size()) return Attempt();
  database_->catalog().Refresh(request_.scope, tables_[next]->name,
                               [self = shared_from_this(), next] { self->RefreshTables(next + 1); });
}

}  // namespace

void WriteItems(Database* database, WriteItemsRequest request, WriteItemsDone done) {
  std::make_shared<Writer>(database, std::move(request), std::move(done))->Attempt();
}

}  // namespace stator
