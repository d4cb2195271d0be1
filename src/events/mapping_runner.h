// Runs the event source mappings: reads their streams, calls their functions, and remembers how far
// they have come.
//
// One thread owns all that is known of the mappings that run and does the reading; functions are
// called on the threads of a pool, which tell it what came of it. A position is stored when the
// records up to it are done, so each record is delivered at least once, and after a crash some may
// be a second time, with the same eventID. Records of an item are delivered in order.
#ifndef STATOR_EVENTS_MAPPING_RUNNER_H_
#define STATOR_EVENTS_MAPPING_RUNNER_H_

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <simdjson.h>

#include "base/clock.h"
#include "base/random.h"
#include "events/event_pattern.h"
#include "events/functions.h"
#include "events/invocation.h"
#include "events/lane.h"
#include "events/mapping_store.h"
#include "events/shard_source.h"
#include "events/worker_pool.h"
#include "storage/engine_options.h"

namespace stator {

struct MappingFigures {
  std::string uuid;
  std::string function;
  std::string stream_arn;
  std::string last_result;        // as LastProcessingResult has it
  int64_t oldest_age_micros = 0;  // of the oldest record that was read and is not done; 0: none
  uint64_t batches = 0;           // delivered
  uint64_t failures = 0;          // invocations that failed
  uint64_t not_invoked = 0;       // and those that did not come about
  uint64_t records = 0;           // delivered
  uint64_t filtered = 0;          // records that no pattern matched
  uint64_t dead_letters = 0;      // records that were given up
};

class MappingRunner {
 public:
  struct Options {
    std::shared_ptr<MappingStore> store;
    ShardSource* source = nullptr;  // all of these outlive the runner
    const Functions* functions = nullptr;
    const Clock* clock = nullptr;
    Random* random = nullptr;
    // Both may block; they are called on threads of the runner.
    std::function<Invocation(const FunctionTarget&, const std::string& event)> invoke;
    std::function<Result<void>(const FailureTarget&, const FailureRecord&,
                               const std::string& payload)>
        put_aside;
    std::function<void()> cancel;  // ends the calls of both that are under way
    size_t threads = 64;           // invocations at a time, of all mappings
    ReportEvent report;
  };
  explicit MappingRunner(Options options);
  ~MappingRunner() { Stop(std::chrono::milliseconds(0)); }

  // Begins.
  void Start();
  // Begins no invocation any more, gives those under way some time to end, then cancels them.
  // Idempotent.
  void Stop(std::chrono::milliseconds grace);

  // Thread-safe, both.
  std::string LastResult(const std::string& uuid) const;
  std::vector<MappingFigures> Figures() const;

 private:
  struct Shard {
    std::string id;
    std::string read_after;
    bool exhausted = false;
    std::vector<Lane> lanes;
    std::vector<int> statuses;  // of the last invocation, by lane
    ShardProgress stored;       // what is durable, or being written
    bool writing = false;
    bool write_failed = false;  // the last time
    bool batch_done = false;    // since the last write
    int64_t next_read = 0;
    int64_t next_catch_up = 0;
    int64_t next_write = 0;
    int64_t next_write_since = 0;  // when progress was first seen that is not written; 0: none
    size_t busy = 0;               // lanes
    // The rest of a closed shard is in its lanes.
    bool all_read() const;
  };
  struct Run {
    MappingPtr mapping;
    EventFilter filter;
    std::map<std::string, Shard> shards;
    std::set<std::string> finished;  // shards of which all is done
    int64_t next_list = 0;
    bool draining = false;  // to be ended when nothing is under way
  };
  // What other threads tell the one that owns the rest.
  struct Inbox {
    std::mutex mutex;
    std::condition_variable wake;
    std::vector<UniqueFunction<void()>> messages;
    bool rung = false;
    bool changed = true;  // mappings
    bool stopping = false;
    void Ring(bool Inbox::*flag);
    void Post(UniqueFunction<void()> message);
  };

  void Loop();
  // Does what is due and returns when something will be.
  int64_t Step(bool rung, bool changed);
  void Listen(bool wanted);
  void FollowMappings();
  void StartRun(const MappingPtr& mapping);
  int64_t StepRun(Run* run);
  bool EndRun(Run* run);  // true: it has ended
  void ListShards(Run* run, int64_t now);
  void StartShard(Run* run, const std::string& id, const ShardProgress* stored);
  int64_t StepShard(Run* run, Shard* shard);
  void Read(Run* run, Shard* shard, int64_t now);
  // Reads what there was no room for in a lane, while others went on.
  void CatchUp(Run* run, Shard* shard, size_t lane, int64_t now);
  // Whether the mapping wants it.
  bool Wants(const Run& run, const StreamRecord& record);
  int64_t Deliver(Run* run, Shard* shard, int64_t now);
  void Invoke(Run* run, Shard* shard, size_t lane);
  void Invoked(Run* run, Shard* shard, size_t lane, Invocation invocation);
  void Discard(Run* run, Shard* shard, size_t lane);
  void Discarded(Run* run, Shard* shard, size_t lane, Result<void> kept);
  // Writes the shard's progress if there is some and it is time.
  void Remember(Run* run, Shard* shard, int64_t now, bool at_once);
  void Fail(Run* run, const std::string& why);
  void SetOldest();
  // Changes the figures of a mapping.
  template <class Change>
  void Count(const Run& run, Change change);
  void Report(EventLevel level, const Mapping& mapping, const std::string& what) const;
  std::string NewId() const;

  const Options options_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  WorkerPool pool_;
  std::thread thread_;
  std::chrono::milliseconds grace_{0};
  // Of the thread:
  std::map<std::string, Run> runs_;   // by UUID
  std::set<std::string> remembered_;  // mappings that may have positions stored
  bool listening_ = false;  // to what is appended
  int64_t follow_again_ = INT64_MAX;  // when one that could not be started is tried again
  simdjson::dom::parser parser_;

  mutable std::mutex figures_mutex_;
  std::map<std::string, MappingFigures> figures_;  // by UUID
};

}  // namespace stator

#endif  // STATOR_EVENTS_MAPPING_RUNNER_H_
