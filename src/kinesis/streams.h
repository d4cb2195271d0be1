// The Kinesis streams of a server: what they are, and their records, behind the storage seam.
//
// A put is one commit of appended records; what a read finds is a beginning of the shard without
// gaps, so a reader that goes on after the last record it saw misses none.
#ifndef STATOR_KINESIS_STREAMS_H_
#define STATOR_KINESIS_STREAMS_H_

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/unique_function.h"
#include "kinesis/stream.h"
#include "model/api_error.h"
#include "storage/engine.h"
#include "storage/engine_options.h"

namespace stator::kinesis {

struct StreamsOptions {
  const Clock* clock = nullptr;  // REQUIRED; must outlive the streams
  ReportEvent report;            // told of failures in the background; may be empty
  // No thread: whoever tests calls TrimOnce.
  bool manual = false;
};

// A record on its way: EncodeRecord's bytes for a shard.
struct NewRecord {
  uint32_t shard = 0;
  std::string bytes;
};

// What a commit of records does besides, all or nothing.
struct AlsoCommit {
  std::vector<Guard> guards;
  std::vector<Mutation> mutations;
};

// Thread-safe. Completions run inside the call or on a thread of the engine's.
class Streams {
 public:
  // Reads the definitions and starts the thread that drops old records. `engine` must outlive Stop,
  // and the streams must outlive the engine's completions.
  static Result<std::unique_ptr<Streams>> Open(Engine* engine, StreamsOptions options);
  ~Streams();

  // Ends the thread, between two steps.
  void Stop();

  // Null if there is none.
  StreamPtr Find(const Scope& scope, std::string_view name) const;
  // In the order of their names.
  std::vector<StreamPtr> List(const Scope& scope) const;

  using ChangeDone = UniqueFunction<void(ApiResult<StreamPtr>)>;
  // Fills in id and time. Errors: ResourceInUseException; those of the engine.
  void Create(Stream stream, ChangeDone done);
  // `change` may be called several times; it may not change name, id or shards. Errors:
  // ResourceNotFoundException; what `change` answers.
  using ChangeStream = UniqueFunction<ApiResult<Stream>(const Stream&)>;
  void Change(const Scope& scope, std::string name, ChangeStream change, ChangeDone done);
  // Records go in the background. `done` gets what the stream was.
  void Delete(const Scope& scope, std::string name, ChangeDone done);

  // Makes the records durable, in one commit. `done` gets their positions, in the order given.
  // Errors: kNotFound (the stream was deleted), kGuardChanged (one of `also`), those of the engine.
  using PutDone = UniqueFunction<void(Result<std::vector<RecordPosition>>)>;
  void Put(const Stream& stream, std::vector<NewRecord> records, PutDone done,
           AlsoCommit also = {});

  // Visits the records of a shard from a position on that are not older than the retention allows;
  // `visit` ends it by answering false.
  using VisitRecord = UniqueFunction<bool(RecordPosition, const StoredRecord&)>;
  void Read(const Stream& stream, uint32_t shard, RecordPosition from, VisitRecord visit,
            ScanDone done);
  // The position after the newest record of the shard.
  void FindEnd(const Stream& stream, uint32_t shard,
               UniqueFunction<void(Result<RecordPosition>)> done);

  // Drops what the retention does not allow and what deleted streams left. Blocks. One at a time.
  Result<void> TrimOnce();

  int64_t NowMicros() const { return options_.clock->NowMicros(); }

  // ResourceNotFoundException, as every operation answers it.
  static Unexpected<ApiError> NotFound(const Scope& scope, std::string_view name);

 private:
  using Map = std::map<std::string, StreamPtr, std::less<>>;  // by KinesisStreamKey

  Streams(Engine* engine, StreamsOptions options) : engine_(engine), options_(std::move(options)) {}
  struct Changing;
  void Commit(CommitRequest request, std::shared_ptr<Changing> state);
  void Publish(const std::string& key, StreamPtr stream);

  void Run();
  bool Stopping();
  Result<void> DropDeleted();
  Result<void> TrimShard(const Stream& stream, uint32_t shard, uint64_t cutoff);

  Engine* const engine_;
  const StreamsOptions options_;
  mutable std::shared_mutex streams_mutex_;
  Map streams_;  // guarded by streams_mutex_

  std::map<std::pair<uint64_t, uint32_t>, uint64_t> trimmed_;  // up to where; TrimOnce's
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_, like woken_
  bool woken_ = false;
  std::thread thread_;
};

}  // namespace stator::kinesis

#endif  // STATOR_KINESIS_STREAMS_H_
