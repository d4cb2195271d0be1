#include "transfer/bulk_puts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/uuid.h"
#include "storage/blind_write.h"
#include "table/blocking.h"
#include "table/database.h"
#include "table/layout.h"
#include "table/table_changes.h"
#include "transfer/export_files.h"

namespace stator {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kKeptMicros = 90 * 86'400 * kMicrosPerSecond;  // after an operation's end
constexpr int64_t kTokenMicros = 8 * 3600 * kMicrosPerSecond;

std::string KeyOf(const BulkRecord& record) { return BulkKey(record.scope, record.id); }

RecordKind<BulkRecord> Kind() {
  return {.space = KeySpace::kBulk,
          .key = &BulkKey,
          .encode = &EncodeBulkRecord,
          .decode = &DecodeBulkRecord,
          .is_under_way = [](const BulkRecord& record) { return record.IsUnderWay(); },
          .keeps_token = [](const BulkRecord& record,
                            int64_t now) { return record.started_micros + kTokenMicros >= now; },
          .conflict = ApiFail(ErrorType::kIdempotentParameterMismatch,
                              "The provided client token is already in use with different request "
                              "parameters")
                          .error()};
}

// The commit of a record over the one that is in the map, which `decide` is shown; nothing is done
// if it returns nothing.
template <class Decide>
CommitRequest RecordCommit(const BulkRecord& record, Decide decide) {
  CommitRequest request;
  request.frees_space = true;  // what the server notes of its work
  request.keys = {KeyOf(record)};
  request.decide = [key = KeyOf(record), decide](const CommitView& view) {
    Decision decision;
    std::optional<BulkRecord> stored;
    if (view.values[0]) {
      if (auto decoded = DecodeBulkRecord(*view.values[0])) stored = *std::move(decoded);
    }
    const std::optional<BulkRecord> next = decide(stored);
    if (!next) return decision;
    decision.commit = true;
    decision.mutations.push_back({key, EncodeBulkRecord(*next)});
    return decision;
  };
  return request;
}

// As far as it says which table it is.
TableDefinition Named(const TableDefinition& table) {
  TableDefinition named;
  named.scope = table.scope;
  named.name = table.name;
  named.id = table.id;
  named.uuid = table.uuid;
  named.attributes = table.attributes;
  named.keys = table.keys;
  return named;
}

ApiResult<void> CheckTable(const TableDefinition* table, const std::string& name) {
  if (table == nullptr) return TableNotFound(name);
  if (table->status == TableStatus::kCreating) {
    return StillInUse("Table is being created: " + name);
  }
  if (table->status == TableStatus::kDeleting) {
    return StillInUse("Table is being deleted: " + name);
  }
  for (const IndexDefinition& index : table->indexes) {
    if (index.status == IndexStatus::kCreating) {
      return StillInUse("Index is being created. Table: " + name + " Index: " + index.name);
    }
  }
  return {};
}

}  // namespace

BulkPuts::BulkPuts(Database* database, BulkPutOptions options)
    : database_(database),
      options_(std::move(options)),
      book_(database, Kind()),
      worker_(options_.report) {}

Result<std::unique_ptr<BulkPuts>> BulkPuts::Open(Database* database, BulkPutOptions options) {
  std::unique_ptr<BulkPuts> puts(new BulkPuts(database, std::move(options)));
  auto records = puts->book_.Read();
  if (!records) return Unexpected<Status>(std::move(records).error());
  for (BulkPtr& record : *records) {
    puts->book_.Show(record);
    if (record->IsUnderWay()) puts->Push(std::move(record), true);
  }
  puts->ForgetOld();
  puts->worker_.Start(puts->options_.at_once);
  return puts;
}

void BulkPuts::Stop() {
  worker_.BeginStop();
  {
    std::lock_guard lock(mutex_);
    for (const auto& [key, flag] : cancelled_) *flag = true;
  }
  worker_.Stop();
}

// --- starting and cancelling

ApiResult<void> BulkPuts::CheckDemands(const BulkRecord& record) const {
  if (!options_.open_objects) {
    return Invalid(
        "There is no object storage to read from: this server was started without "
        "--object-storage");
  }
  const ExportTarget& target = record.target;
  if (target.bucket.empty()) return Invalid("OutputS3Configuration needs an S3Bucket");
  if (!record.errors.wanted && !record.condition_failures.wanted) {
    return Invalid("OutputS3Configuration needs an OutputType");
  }
  if (!target.kms_key_id.empty() && target.encryption != ExportEncryption::kKms) {
    return Invalid("S3SseKmsKeyId needs the S3SseAlgorithm KMS");
  }
  if (options_.takes_demands) return {};
  if (!target.owner.empty() || !record.source.owner.empty()) {
    return Invalid("S3BucketOwner is not supported: the object storage of this server is a folder");
  }
  if (target.encryption) {
    return Invalid(
        "S3SseAlgorithm is not supported: the object storage of this server is a folder");
  }
  return {};
}

ApiResult<void> BulkPuts::CheckNumber(size_t under_way) const {
  if (!database_->options().service_quotas || under_way < options_.most_under_way) return {};
  return ApiFail(ErrorType::kLimitExceeded,
                 fmt::format("Subscriber limit exceeded: Only {} bulk operations can be done "
                             "simultaneously",
                             options_.most_under_way));
}

void BulkPuts::Start(BulkRecord record, const std::string& name, BulkDone done) {
  const auto refuse = [&](ApiError error) { done(Unexpected<ApiError>(std::move(error))); };
  if (auto ok = CheckDemands(record); !ok) return refuse(std::move(ok).error());
  const int64_t now = database_->clock().NowMicros();
  // Whoever asks again is answered whatever has become of the table.
  auto same = book_.WithToken(record, now);
  if (!same || *same != nullptr) return done(std::move(same));
  const TablePtr table = database_->catalog().Find(record.scope, name);
  if (auto ok = CheckTable(table.get(), name); !ok) return refuse(std::move(ok).error());
  record.started_micros = now;
  record.id = NewTimedId(now, &database_->random());
  record.table = Named(*table);
  const auto started = std::make_shared<const BulkRecord>(std::move(record));
  auto entered =
      book_.Enter(started, now, [this](size_t under_way) { return CheckNumber(under_way); });
  if (!entered || *entered != nullptr) return done(std::move(entered));
  book_.Begin(
      started,
      [this, started](BulkDone begun) {
        Push(started, false);
        begun(started);
      },
      std::move(done));
}

void BulkPuts::Cancel(const BulkPtr& record, BulkDone done) {
  const auto cancelling = [](const std::optional<BulkRecord>& stored) {
    if (!stored || !stored->IsUnderWay()) return std::optional<BulkRecord>();
    std::optional<BulkRecord> next = stored;
    next->status = BulkStatus::kCancelling;
    return next;
  };
  database_->engine().Commit(
      RecordCommit(*record, cancelling),
      [this, record, done = std::move(done)](const CommitResult& result) mutable {
        if (result.outcome == CommitOutcome::kRefused) {
          return done(Invalid("The bulk operation has ended: " + record->Arn()));
        }
        if (result.outcome != CommitOutcome::kCommitted) {
          return done(Unexpected<ApiError>(ToApiError(result.status)));
        }
        book_.Change(*record, [](BulkRecord* shown) {
          if (shown->IsUnderWay()) shown->status = BulkStatus::kCancelling;
        });
        *CancelFlagOf(*record) = true;
        auto answer = std::make_shared<BulkRecord>(*record);
        answer->status = BulkStatus::kCancelling;
        done(BulkPtr(std::move(answer)));
      });
}

BulkPuts::Flag BulkPuts::CancelFlagOf(const BulkRecord& record) {
  std::lock_guard lock(mutex_);
  const auto it = cancelled_.find(KeyOf(record));
  // It has ended meanwhile.
  return it == cancelled_.end() ? std::make_shared<std::atomic<bool>>() : it->second;
}

// --- the threads

void BulkPuts::Push(BulkPtr record, bool again) {
  {
    std::lock_guard lock(mutex_);
    cancelled_[KeyOf(*record)] =
        std::make_shared<std::atomic<bool>>(record->status == BulkStatus::kCancelling);
  }
  worker_.Push([this, record = std::move(record), again] {
    Work(*record, again);
    ForgetOld();
  });
}

void BulkPuts::Work(const BulkRecord& record, bool again) {
  const std::string what = "bulk put into table " + record.table.name;
  const Flag cancelled = CancelFlagOf(record);
  BulkRecord latest = record;
  auto outcome = worker_.Try<BulkRecord>(
      "the " + what, {StatusCode::kCorruption},
      [&](int attempt) { return RunOnce(again || attempt > 1, cancelled.get(), &latest); });
  if (!outcome) return;
  if (*outcome) {
    latest = **outcome;
  } else {
    latest.status = BulkStatus::kFailed;
    latest.failure_code = outcome->error().code;
    latest.failure_message = outcome->error().message;
    latest.ended_micros = database_->clock().NowMicros();
    WriteReports(&latest, again);
    latest.errors.text.clear();
    latest.condition_failures.text.clear();
  }
  if (!worker_.Insist("the end of the " + what, [&] { return book_.Write(latest); })) return;
  book_.Show(std::make_shared<const BulkRecord>(latest));
  {
    std::lock_guard lock(mutex_);
    cancelled_.erase(KeyOf(latest));
  }
  const bool failed = latest.status == BulkStatus::kFailed;
  worker_.Report(failed ? EventLevel::kWarning : EventLevel::kInfo,
                 fmt::format("bulk put {} into table {}: {}, {} items, {} failed{}{}", latest.id,
                             latest.table.name, NameOf(latest.status), latest.processed_items,
                             latest.failed_items, failed ? ": " : "", latest.failure_message));
}

BulkPuts::Objects BulkPuts::OpenOutput(const BulkRecord& record) {
  return options_.open_objects(DemandsOf(record.target), &worker_.stopping());
}

Expected<BulkRecord, RunFault> BulkPuts::RunOnce(bool again, const std::atomic<bool>* cancelled,
                                                 BulkRecord* latest) {
  if (!options_.open_objects) {
    return Faulty(
        ObjectFault{"NoSuchBucket", "The server was started again without --object-storage"});
  }
  auto input = options_.open_objects({.bucket_owner = latest->source.owner}, cancelled);
  if (!input) return Faulty(std::move(input).error());
  auto output = OpenOutput(*latest);
  if (!output) return Faulty(std::move(output).error());
  for (;;) {
    const int64_t before = latest->processed_items;
    BulkRun run(*latest,
                {.database = database_,
                 .input = input->get(),
                 .output = output->get(),
                 .stopping = &worker_.stopping(),
                 .cancelled = cancelled,
                 .note =
                     [&](const BulkRecord& record) {
                       auto noted = Note(record);
                       if (noted) *latest = record;
                       return noted;
                     },
                 .progress = [&](const BulkRecord& record) { Show(record); }},
                options_.run, again);
    auto outcome = run.Run();
    const bool own_fault = !outcome && std::holds_alternative<Status>(outcome.error());
    // What fails now and then in the long time that this may take is no reason to give up.
    if (!own_fault || latest->processed_items == before) return outcome;
    worker_.Report(EventLevel::kWarning,
                   "the bulk put into table " + latest->table.name +
                       " failed, and goes on: " + std::get<Status>(outcome.error()).message);
    if (!worker_.Sleep(kMicrosPerSecond)) return Faulty(RunStopped{});
    again = true;
  }
}

// What can be told of one that failed is told.
void BulkPuts::WriteReports(BulkRecord* failed, bool again) {
  if (!options_.open_objects) return;
  auto output = OpenOutput(*failed);
  if (!output) return;
  (void)BulkReports(output->get(), failed, again).Finish();
}

// A cancellation that was noted meanwhile stays noted.
Result<void> BulkPuts::Note(const BulkRecord& record) {
  const CommitResult result = CommitAndWait(
      database_->engine(), RecordCommit(record, [&](const std::optional<BulkRecord>& stored) {
        std::optional<BulkRecord> next = record;
        if (stored && stored->status == BulkStatus::kCancelling) next->status = stored->status;
        return next;
      }));
  if (result.outcome == CommitOutcome::kCommitted) return {};
  return Unexpected<Status>(result.status);
}

void BulkPuts::Show(const BulkRecord& record) {
  book_.Change(record, [&](BulkRecord* shown) {
    const BulkStatus status = shown->status;
    *shown = record;
    shown->status = status;
  });
}

void BulkPuts::ForgetOld() {
  book_.Forget(database_->clock().NowMicros() - kKeptMicros,
               [](const BulkRecord&) { return true; });
}

}  // namespace stator
