// One lane of a shard of a mapping: the records of some of its items, in order, and the batch that
// is being delivered. A state machine that knows neither threads nor functions; times are those of
// its caller's clock, in microseconds.
#ifndef STATOR_EVENTS_LANE_H_
#define STATOR_EVENTS_LANE_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/mapping.h"
#include "events/shard_source.h"

namespace stator {

// Why records are given up, in Lambda's words; nullopt of it: they are not.
inline constexpr std::string_view kRetriesExhausted = "RetryAttemptsExhausted";
inline constexpr std::string_view kRecordTooOld = "RecordAgeExceeded";

struct Batch {
  std::vector<StreamRecord> records;
  int64_t failures = 0;                  // of invocations, all of them
  int64_t attempts = 0;                  // those that count against max_retries
  std::optional<std::string_view> gone;  // to be given up, for this reason
};

// What became of an invocation.
struct BatchResult {
  enum class Kind {
    kDone,
    kFailed,      // all of it, but for those before `first_failed`
    kNotInvoked,  // the function was not reached: to be tried again, without end
  };
  Kind kind = Kind::kDone;
  size_t first_failed = 0;
};

class Lane {
 public:
  // Lambda's limit for the event of an invocation.
  static constexpr size_t kMaxBatchBytes = 6 << 20;

  explicit Lane(std::string position = {}) : position_(std::move(position)), passed_(position_) {}

  // A record of this lane, read at `now`; later than those before it. Those up to position() are
  // dropped: they are done.
  void Add(StreamRecord record, int64_t now);
  // There is nothing more for this lane up to that sequence number.
  void PassedTo(const std::string& sequence_number);

  // There was no room: its records after that sequence number were not added. They are to be read
  // again before any later one is added. nullopt: none was left out.
  void LeaveOff(std::string sequence_number) { left_off_ = std::move(sequence_number); }
  void CaughtUp() { left_off_.reset(); }
  const std::optional<std::string>& left_off() const { return left_off_; }

  enum class Todo {
    kWait,     // until `when`; nullopt: until something is added
    kInvoke,   // batch()
    kDiscard,  // batch(): its records are given up, and go where such records go
  };
  struct Next {
    Todo todo = Todo::kWait;
    std::optional<int64_t> when;
  };
  // `mapping` says how batches are made; `closed`: nothing more will be added before something is
  // done; `wall_now` is of the clock that records were created by. REQUIRES: nothing is under way.
  Next Look(const Mapping& mapping, bool closed, int64_t now, int64_t wall_now);
  const Batch& batch() const { return batches_.front(); }

  // The batch is under way.
  void Start() { busy_ = true; }
  bool busy() const { return busy_; }
  void Finish(const BatchResult& result, const Mapping& mapping, int64_t now);
  // It was given up; or could not be put where such records go, and that is to be tried again.
  void FinishDiscard(bool kept, int64_t now);

  // All records of this lane up to this one are done.
  const std::string& position() const {
    return idle() && SequenceLess(position_, passed_) ? passed_ : position_;
  }
  bool idle() const { return batches_.empty() && waiting_.empty(); }
  size_t records() const;
  size_t bytes() const { return bytes_; }
  // When the oldest record that is not done was created.
  std::optional<int64_t> oldest_micros() const;

 private:
  struct Waiting {
    StreamRecord record;
    int64_t read_at;
  };

  void FormBatch(const Mapping& mapping);
  bool IsReady(const Mapping& mapping, bool closed, int64_t now) const;
  // Puts the expired records at its front into a batch of their own, to be given up.
  void SplitExpired(const Mapping& mapping, int64_t wall_now);
  // Splits the first batch in two after `count` records.
  void Split(size_t count);
  // The first `count` records of the first batch are done.
  void Done(size_t count);
  void TryAgainLater(int64_t now);

  std::string position_;
  std::string passed_;
  std::optional<std::string> left_off_;
  std::deque<Waiting> waiting_;
  std::deque<Batch> batches_;  // parts of one batch; the first is next, or under way
  size_t bytes_ = 0;           // of all records
  size_t waiting_bytes_ = 0;
  bool busy_ = false;
  int failures_ = 0;        // one after the other
  int64_t not_before_ = 0;  // for the first batch
};

}  // namespace stator

#endif  // STATOR_EVENTS_LANE_H_
