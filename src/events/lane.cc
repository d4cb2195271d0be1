#include "events/lane.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <utility>

namespace stator {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kFirstPause = 100'000;
constexpr int64_t kLongestPause = 10 * kSecond;

int64_t PauseAfter(int failures) {
  return std::min(kFirstPause << std::min(failures - 1, 10), kLongestPause);
}

}  // namespace

void Lane::Add(StreamRecord record, int64_t now) {
  if (!SequenceLess(position_, record.sequence_number)) return;
  position_ = position();
  bytes_ += record.event.size();
  waiting_bytes_ += record.event.size();
  waiting_.push_back({std::move(record), now});
}

void Lane::PassedTo(const std::string& sequence_number) {
  if (SequenceLess(passed_, sequence_number)) passed_ = sequence_number;
}

size_t Lane::records() const {
  size_t count = waiting_.size();
  for (const Batch& batch : batches_) count += batch.records.size();
  return count;
}

std::optional<int64_t> Lane::oldest_micros() const {
  if (!batches_.empty()) return batches_.front().records.front().created_micros;
  if (!waiting_.empty()) return waiting_.front().record.created_micros;
  return std::nullopt;
}

bool Lane::IsReady(const Mapping& mapping, bool closed, int64_t now) const {
  return closed || mapping.window_seconds == 0 ||
         waiting_.size() >= static_cast<size_t>(mapping.batch_size) ||
         waiting_bytes_ >= kMaxBatchBytes ||
         now >= waiting_.front().read_at + mapping.window_seconds * kSecond;
}

void Lane::FormBatch(const Mapping& mapping) {
  Batch batch;
  size_t bytes = 0;
  while (!waiting_.empty() && batch.records.size() < static_cast<size_t>(mapping.batch_size)) {
    StreamRecord& record = waiting_.front().record;
    if (!batch.records.empty() && bytes + record.event.size() > kMaxBatchBytes) break;
    bytes += record.event.size();
    waiting_bytes_ -= record.event.size();
    batch.records.push_back(std::move(record));
    waiting_.pop_front();
  }
  batches_.push_back(std::move(batch));
  failures_ = 0;
  not_before_ = 0;
}

void Lane::Split(size_t count) {
  Batch& rest = batches_.front();
  Batch first = rest;
  first.records.erase(first.records.begin() + static_cast<ptrdiff_t>(count), first.records.end());
  rest.records.erase(rest.records.begin(), rest.records.begin() + static_cast<ptrdiff_t>(count));
  batches_.push_front(std::move(first));
}

void Lane::SplitExpired(const Mapping& mapping, int64_t wall_now) {
  Batch& batch = batches_.front();
  if (batch.gone || mapping.max_age_seconds < 0) return;
  const int64_t oldest = wall_now - mapping.max_age_seconds * kSecond;
  const auto young = std::find_if(batch.records.begin(), batch.records.end(),
                                  [&](const auto& r) { return r.created_micros >= oldest; });
  const auto expired = static_cast<size_t>(young - batch.records.begin());
  if (expired == 0) return;
  if (expired < batch.records.size()) Split(expired);
  batches_.front().gone = kRecordTooOld;
  not_before_ = 0;
}

Lane::Next Lane::Look(const Mapping& mapping, bool closed, int64_t now, int64_t wall_now) {
  assert(!busy_);
  if (batches_.empty()) {
    if (waiting_.empty()) return {};
    if (!IsReady(mapping, closed, now)) {
      return {Todo::kWait, waiting_.front().read_at + mapping.window_seconds * kSecond};
    }
    FormBatch(mapping);
  }
  SplitExpired(mapping, wall_now);
  if (now < not_before_) return {Todo::kWait, not_before_};
  return {batches_.front().gone ? Todo::kDiscard : Todo::kInvoke, std::nullopt};
}

void Lane::Done(size_t count) {
  if (count == 0) return;
  std::vector<StreamRecord>& records = batches_.front().records;
  const auto end = records.begin() + static_cast<ptrdiff_t>(count);
  for (auto it = records.begin(); it != end; ++it) bytes_ -= it->event.size();
  position_ = std::prev(end)->sequence_number;
  records.erase(records.begin(), end);
  if (records.empty()) batches_.pop_front();
}

void Lane::TryAgainLater(int64_t now) { not_before_ = now + PauseAfter(++failures_); }

void Lane::Finish(const BatchResult& result, const Mapping& mapping, int64_t now) {
  busy_ = false;
  Batch& batch = batches_.front();
  if (result.kind == BatchResult::Kind::kNotInvoked) return TryAgainLater(now);
  if (result.kind == BatchResult::Kind::kDone) {
    failures_ = 0;
    not_before_ = 0;
    return Done(batch.records.size());
  }
  ++batch.failures;
  const bool moved = result.first_failed > 0;
  Done(result.first_failed);
  if (mapping.bisect && (moved || batch.records.size() > 1)) {
    // Splitting costs no retry (and comes to an end: what is tried again is shorter each time).
    if (!moved) Split(batch.records.size() / 2);
    failures_ = 0;
    not_before_ = now + kFirstPause;
    return;
  }
  ++batch.attempts;
  if (mapping.max_retries >= 0 && batch.attempts > mapping.max_retries) {
    batch.gone = kRetriesExhausted;
    failures_ = 0;
    not_before_ = 0;
    return;
  }
  TryAgainLater(now);
}

void Lane::FinishDiscard(bool kept, int64_t now) {
  busy_ = false;
  if (!kept) return TryAgainLater(now);
  failures_ = 0;
  not_before_ = 0;
  Done(batches_.front().records.size());
}

}  // namespace stator
