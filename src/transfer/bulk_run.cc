#include "transfer/bulk_run.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "base/stream_decompress.h"
#include "model/item_size.h"
#include "model/limits.h"
#include "table/write_capacity.h"
#include "transfer/import_run.h"

namespace stator {
namespace {

constexpr size_t kMaxObjects = 50'000;
constexpr uint64_t kMaxObjectBytes = uint64_t{5} << 30;  // the service's
// Of a report's text that is kept in the record for a while: more becomes an object.
constexpr size_t kRecordTextBytes = size_t{64} << 10;
constexpr size_t kBatchBytes = size_t{1} << 20;
constexpr int64_t kLongestWaitMicros = 50'000;  // until a cancellation is seen
constexpr int64_t kRetryMicros = 5'000;         // after what passes by itself

void SleepMicros(int64_t micros) { std::this_thread::sleep_for(std::chrono::microseconds(micros)); }

// The next try may succeed.
bool Passes(const ApiError& error) {
  return error.type == ErrorType::kTransactionConflict || error.type == ErrorType::kThrottling;
}

}  // namespace

BulkRun::BulkRun(BulkRecord record, Parts parts, const BulkRunOptions& options, bool again)
    : record_(std::move(record)),
      parts_(std::move(parts)),
      options_(options),
      lines_that_may_be_repeated_(again ? kMaxLinesBetweenNotes : 0),
      reports_(parts_.output, &record_, again),
      window_(
          parts_.database, record_.scope, record_.table.id,
          record_.tier == BulkTier::kAccelerated ? options.accelerated_puts : options.window_puts,
          options.window_bytes),
      rate_(record_.max_write_units, Now()),
      noted_micros_(Now()) {}

int64_t BulkRun::Now() const { return parts_.database->clock().MonotonicMicros(); }

Expected<BulkRecord, RunFault> BulkRun::Run() {
  RunDone done = DoneOf(reports_.Begin());
  if (done) done = PutAll();
  while (!window_.IsEmpty()) Settle(kLongestWaitMicros, true);
  if (*parts_.stopping) return Faulty(RunStopped{});
  BulkStatus status =
      record_.failed_items > 0 ? BulkStatus::kCompletedWithErrors : BulkStatus::kCompleted;
  if (table_is_gone_) {
    status = BulkStatus::kFailed;
    record_.failure_code = "ResourceNotFoundException";
    record_.failure_message = "Requested resource not found";
  } else if (!done) {
    if (!*parts_.cancelled) return Unexpected<RunFault>(std::move(done).error());
    status = BulkStatus::kCancelled;
  }
  record_.status = status;
  record_.ended_micros = parts_.database->clock().NowMicros();
  if (auto finished = reports_.Finish(); !finished) return Faulty(std::move(finished).error());
  return record_;
}

RunDone BulkRun::PutAll() {
  if (*parts_.cancelled) return Faulty(RunStopped{});
  if (auto listed = ListObjects(); !listed) return listed;
  if (!Note()) return Unexpected<RunFault>(*fault_);
  for (const ObjectInfo& object : objects_) {
    if (auto read = ReadObject(object); !read) return read;
    bytes_before_ += static_cast<int64_t>(object.size);
  }
  if (!Drain()) return Unexpected<RunFault>(*fault_);
  record_.processed_bytes = record_.total_bytes;
  return {};
}

RunDone BulkRun::ListObjects() {
  const bool quotas = parts_.database->options().service_quotas;
  bool too_large = false;
  auto listed = parts_.input->List(record_.source.bucket, record_.source.prefix,
                                   [&](const ObjectInfo& object) {
                                     too_large |= quotas && object.size > kMaxObjectBytes;
                                     // Consoles make empty objects for folders.
                                     if (object.size > 0) objects_.push_back(object);
                                     return objects_.size() <= kMaxObjects;
                                   });
  if (!listed) return Faulty(std::move(listed).error());
  if (objects_.size() > kMaxObjects) {
    return Faulty(ObjectFault{"TooManyObjects",
                              "More than 50000 objects have keys that begin with the prefix"});
  }
  if (too_large) return Faulty(ObjectFault{"ObjectTooLarge", "An object is larger than 5 GB"});
  std::sort(objects_.begin(), objects_.end(),
            [](const ObjectInfo& a, const ObjectInfo& b) { return a.key < b.key; });
  record_.total_bytes = 0;
  for (const ObjectInfo& object : objects_) {
    record_.total_bytes += static_cast<int64_t>(object.size);
    if (object.key < record_.object) bytes_before_ += static_cast<int64_t>(object.size);
  }
  std::erase_if(objects_, [this](const ObjectInfo& object) { return object.key < record_.object; });
  return {};
}

std::unique_ptr<ItemReader> BulkRun::NewReader() const {
  return record_.source.format == ImportFormat::kIon ? NewIonPuts() : NewJsonPuts();
}

RunDone BulkRun::ReadObject(const ObjectInfo& object) {
  done_lines_ = object.key == record_.object ? record_.object_items : 0;
  object_ = std::make_shared<const std::string>(object.key);
  line_ = 0;
  const auto reader = NewReader();
  const auto coding = StreamDecompressor::Create(CodingOf(record_.source.compression));
  Result<void> plain;  // whether the object is what it should be
  for (uint64_t offset = 0; offset < object.size && plain && !fault_;) {
    auto bytes = parts_.input->Read(record_.source.bucket, object.key, offset, options_.read_bytes);
    if (!bytes) return Faulty(std::move(bytes).error());
    if (bytes->empty()) break;
    offset += bytes->size();
    record_.processed_bytes =
        std::max(record_.processed_bytes, bytes_before_ + static_cast<int64_t>(offset));
    plain =
        coding->Feed(*bytes, [&](std::string_view text) { return TakeText(reader.get(), text); });
    Settle(0, false);
  }
  if (plain && !fault_) plain = coding->End();
  if (fault_) return Unexpected<RunFault>(*fault_);
  if (plain) {
    reader->End();
    TakeRecords(reader.get());
  } else if (TakeLine()) {
    // The rest of it is lost.
    Reject({*object_, line_ - 1}, plain.error().message, nullptr);
  }
  if (fault_) return Unexpected<RunFault>(*fault_);
  return {};
}

bool BulkRun::TakeText(ItemReader* reader, std::string_view text) {
  reader->Feed(text);
  return TakeRecords(reader);
}

bool BulkRun::TakeRecords(ItemReader* reader) {
  for (;;) {
    Item item;
    std::string why;
    const auto found = reader->Next(&item, &why);
    if (found == ItemReader::Found::kMore) return true;
    if (*parts_.cancelled) return Stop(RunStopped{});
    if (!TakeLine()) continue;
    if (found == ItemReader::Found::kBad) {
      Reject({*object_, line_ - 1}, why, nullptr);
    } else if (!TakeItem(std::move(item), reader->condition())) {
      return false;
    }
    if (!NoteIfDue()) return false;
  }
}

bool BulkRun::TakeLine() {
  if (line_++ < done_lines_) return false;
  ++lines_since_note_;
  return true;
}

bool BulkRun::TakeItem(Item item, const PutConditionText& text) {
  const LinePlace place{*object_, line_ - 1};
  const bool may_be_repeated = lines_that_may_be_repeated_ > 0;
  if (may_be_repeated) --lines_that_may_be_repeated_;
  WindowPut put{.place = {object_, place.line, may_be_repeated}, .bytes = SizeOf(item)};
  if (put.bytes > kMaxItemSize) {
    Reject(place, "Item size has exceeded the maximum allowed size", &item);
    return true;
  }
  auto condition = ParsePutCondition(text);
  if (!condition) {
    Reject(place, condition.error().message.value_or(""), &item);
    return true;
  }
  put.write.table_name = record_.table.name;
  put.write.item = std::move(item);
  put.write.condition = *std::move(condition);
  put.write.return_item_on_failure = record_.condition_failures.wanted || may_be_repeated;
  return Begin(std::move(put));
}

void BulkRun::Reject(const LinePlace& place, std::string_view why, const Item* item) {
  ++record_.processed_items;
  ++record_.failed_items;
  reports_.AddError(place, why, item);
}

bool BulkRun::Begin(WindowPut put) {
  if (!AwaitTurn()) return false;
  rate_.Spend(WriteBlocks(put.bytes));
  if (put.write.condition) {
    BeginAlone(std::move(put));
    return true;
  }
  batch_bytes_ += put.bytes;
  batch_.push_back(std::move(put));
  if (batch_.size() >= options_.batch_puts || batch_bytes_ >= kBatchBytes) BeginBatch();
  return true;
}

void BulkRun::BeginAlone(WindowPut put) {
  std::vector<WindowPut> alone;
  alone.push_back(std::move(put));
  window_.Begin(std::move(alone));
}

void BulkRun::BeginBatch() {
  if (batch_.empty()) return;
  window_.Begin(std::exchange(batch_, {}));
  batch_bytes_ = 0;
}

bool BulkRun::AwaitTurn() {
  for (;;) {
    if (*parts_.cancelled) return Stop(RunStopped{});
    const int64_t wait = rate_.MicrosToWait(Now());
    if (wait == 0 && !window_.IsFull()) return !fault_;
    BeginBatch();
    const int64_t pause = std::min(wait == 0 ? kLongestWaitMicros : wait, kLongestWaitMicros);
    const int64_t until = Now() + pause;
    if (!Settle(pause, wait > 0)) return false;
    if (wait > 0 && Now() < until) SleepMicros(until - Now());
  }
}

bool BulkRun::Settle(int64_t wait_micros, bool all) {
  std::vector<WindowPut> again;
  bool passes = false;
  for (PutOutcome& outcome : window_.Take(wait_micros, all)) {
    if (Judge(outcome)) continue;
    passes |= outcome.error.has_value();
    again.push_back({std::move(outcome.place), *std::move(outcome.write), outcome.bytes});
  }
  if (fault_ || *parts_.cancelled) again.clear();
  if (!again.empty() && passes) SleepMicros(kRetryMicros);
  for (WindowPut& put : again) BeginAlone(std::move(put));
  TellProgress();
  return !fault_;
}

bool BulkRun::Judge(const PutOutcome& outcome) {
  if (!outcome.write) {
    CountPut(outcome);
    return true;
  }
  if (!outcome.error || Passes(*outcome.error)) return false;
  const ApiError& error = *outcome.error;
  const LinePlace place{*outcome.place.object, outcome.place.line};
  const Item& item = outcome.write->item;
  switch (error.type) {
    case ErrorType::kConditionalCheckFailed:
      if (outcome.place.may_be_repeated && error.item == item) {
        // It was met when the item was put.
        CountPut(outcome);
        return true;
      }
      ++record_.processed_items;
      ++record_.unmet_items;
      reports_.AddConditionFailure(place, item, error.item ? &*error.item : nullptr);
      return true;
    case ErrorType::kValidation:
    case ErrorType::kItemCollectionSizeLimitExceeded:
      Reject(place, error.message.value_or(""), &item);
      return true;
    case ErrorType::kResourceNotFound:
      table_is_gone_ = true;
      Stop(RunStopped{});
      return true;
    default:
      Stop(Status{StatusCode::kIoError, error.message.value_or("an internal error")});
      return true;
  }
}

void BulkRun::CountPut(const PutOutcome& outcome) {
  ++record_.processed_items;
  record_.usage.table += static_cast<int64_t>(outcome.bytes);
  double more = std::max(0.0, outcome.effect.table_units - WriteBlocks(outcome.bytes));
  for (const IndexUnits& index : outcome.effect.index_units) {
    more += index.units;
    auto& usage = index.global ? record_.usage.global_indexes : record_.usage.local_indexes;
    usage[index.index] += static_cast<int64_t>(index.bytes);
  }
  rate_.Spend(more);
}

// Everything that was begun is done, or else there is a fault.
bool BulkRun::Drain() {
  BeginBatch();
  while (!window_.IsEmpty()) {
    if (!Settle(kLongestWaitMicros, true)) return false;
    if (*parts_.cancelled) return Stop(RunStopped{});
  }
  return true;
}

bool BulkRun::Stop(RunFault fault) {
  if (!fault_) fault_ = std::move(fault);
  return false;
}

bool BulkRun::NoteIfDue() {
  const int64_t passed = Now() - noted_micros_;
  const size_t text = reports_.TextBytes();
  const bool due = lines_since_note_ >= kMaxLinesBetweenNotes || text >= options_.report_bytes ||
                   passed >= options_.long_note_micros ||
                   (passed >= options_.note_micros && text <= kRecordTextBytes);
  return !due || Note();
}

bool BulkRun::Note() {
  if (!Drain()) return false;
  if (reports_.TextBytes() > kRecordTextBytes) {
    if (auto flushed = reports_.Flush(); !flushed) return Stop(std::move(flushed).error());
  }
  if (object_) {
    record_.object = *object_;
    record_.object_items = line_;
  }
  if (auto noted = parts_.note(record_); !noted) return Stop(std::move(noted).error());
  lines_since_note_ = 0;
  noted_micros_ = Now();
  return true;
}

void BulkRun::TellProgress() {
  if (Now() - told_micros_ < options_.progress_micros) return;
  told_micros_ = Now();
  parts_.progress(record_);
}

}  // namespace stator
