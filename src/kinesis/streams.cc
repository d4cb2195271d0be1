#include "kinesis/streams.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/bytes.h"
#include "model/key_codec.h"
#include "storage/blind_write.h"
#include "table/blocking.h"
#include "table/layout.h"

namespace stator::kinesis {
namespace {

constexpr uint64_t kGuardValue = 1;  // of a stream that is there; 2 when it was deleted
constexpr uint64_t kFirstVersion = 1;
constexpr std::chrono::minutes kTrimPeriod{1};
// Records are dropped by the hour: few ranges that were dropped, whatever the traffic.
constexpr uint64_t kTrimStep = kAppendHour;
constexpr std::chrono::seconds kRetry{5};

std::string EncodeId(uint64_t id) {
  std::string bytes;
  AppendU64(id, &bytes);
  return bytes;
}

// The stream that a record holds, if there is one.
ApiResult<Stream> Found(const std::optional<std::string_view>& record, const Scope& scope,
                        const std::string& name) {
  if (!record) return Streams::NotFound(scope, name);
  auto stream = DecodeStream(*record);
  if (!stream) return Unexpected<ApiError>(ToApiError(stream.error()));
  return *std::move(stream);
}

}  // namespace

// One change of a definition on its way. `decide` replaces error and next.
struct Streams::Changing {
  std::string key;
  ChangeStream change;
  ChangeDone done;
  std::optional<ApiError> error;
  StreamPtr next;  // what `done` gets
  bool removes = false;
};

Unexpected<ApiError> Streams::NotFound(const Scope& scope, std::string_view name) {
  std::string message = "Stream ";
  message.append(name).append(" under account ").append(scope.account_id).append(" not found.");
  return ApiFail(ErrorType::kResourceNotFound, std::move(message));
}

Result<std::unique_ptr<Streams>> Streams::Open(Engine* engine, StreamsOptions options) {
  std::unique_ptr<Streams> streams(new Streams(engine, std::move(options)));
  const KeyRange range = AllKeys(KeySpace::kKinesisStream);
  Result<void> decoded;
  auto scanned = ScanAndWait(
      *engine, {range.begin, range.end}, [&](std::string_view key, std::string_view value) {
        auto stream = DecodeStream(value);
        if (!stream) {
          decoded = Unexpected<Status>(stream.error());
          return false;
        }
        streams->streams_.emplace(key, std::make_shared<const Stream>(*std::move(stream)));
        return true;
      });
  if (!scanned) return Unexpected<Status>(scanned.error());
  if (!decoded) return Unexpected<Status>(decoded.error());
  if (!streams->options_.manual) {
    streams->thread_ = std::thread([self = streams.get()] { self->Run(); });
  }
  return streams;
}

Streams::~Streams() { Stop(); }

void Streams::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

StreamPtr Streams::Find(const Scope& scope, std::string_view name) const {
  const std::string key = KinesisStreamKey(scope, name);
  const std::shared_lock lock(streams_mutex_);
  const auto it = streams_.find(key);
  return it == streams_.end() ? nullptr : it->second;
}

std::vector<StreamPtr> Streams::List(const Scope& scope) const {
  const std::string prefix = KinesisStreamKey(scope, "");
  std::vector<StreamPtr> streams;
  const std::shared_lock lock(streams_mutex_);
  for (auto it = streams_.lower_bound(prefix);
       it != streams_.end() && it->first.starts_with(prefix); ++it) {
    streams.push_back(it->second);
  }
  return streams;
}

void Streams::Publish(const std::string& key, StreamPtr stream) {
  const std::unique_lock lock(streams_mutex_);
  const auto it = streams_.find(key);
  if (it == streams_.end()) {
    // A change that comes to its end after the stream was deleted adds nothing.
    if (stream->version == kFirstVersion) streams_.emplace(key, std::move(stream));
  } else if (it->second->id < stream->id ||
             (it->second->id == stream->id && it->second->version < stream->version)) {
    it->second = std::move(stream);
  }
}

void Streams::Commit(CommitRequest request, std::shared_ptr<Changing> state) {
  engine_->Commit(std::move(request), [this, state](CommitResult result) {
    if (result.outcome == CommitOutcome::kRefused) {
      return state->done(Unexpected<ApiError>(std::move(*state->error)));
    }
    if (result.outcome != CommitOutcome::kCommitted) {
      return state->done(Unexpected<ApiError>(ToApiError(result.status)));
    }
    if (state->removes) {
      const std::unique_lock lock(streams_mutex_);
      const auto it = streams_.find(state->key);
      if (it != streams_.end() && it->second->id == state->next->id) streams_.erase(it);
    } else {
      Publish(state->key, state->next);
    }
    state->done(state->next);
  });
}

void Streams::Create(Stream stream, ChangeDone done) {
  auto state = std::make_shared<Changing>();
  state->key = KinesisStreamKey(stream.scope, stream.name);
  state->done = std::move(done);
  stream.created_micros = NowMicros();
  CommitRequest request;
  request.keys = {state->key, NextTableIdKey()};
  request.decide = [state, stream = std::move(stream)](const CommitView& view) {
    state->error.reset();
    Decision decision;
    if (view.values[0]) {
      state->error =
          ApiFail(ErrorType::kResourceInUse, "Stream " + stream.name + " under account " +
                                                 stream.scope.account_id + " already exists.")
              .error();
      return decision;
    }
    uint64_t last_id = 0;
    if (view.values[1] && !ByteReader(*view.values[1]).ReadU64(&last_id)) {
      state->error = ToApiError(Status{StatusCode::kCorruption, "the record of the last id"});
      return decision;
    }
    Stream next = stream;
    next.id = last_id + 1;
    next.version = kFirstVersion;
    decision.commit = true;
    decision.guards.push_back({TableGuardKey(next.id), kGuardValue});
    decision.mutations.push_back({NextTableIdKey(), EncodeId(next.id)});
    decision.mutations.push_back({state->key, EncodeStream(next)});
    state->next = std::make_shared<const Stream>(std::move(next));
    return decision;
  };
  Commit(std::move(request), std::move(state));
}

void Streams::Change(const Scope& scope, std::string name, ChangeStream change, ChangeDone done) {
  auto state = std::make_shared<Changing>();
  state->key = KinesisStreamKey(scope, name);
  state->change = std::move(change);
  state->done = std::move(done);
  CommitRequest request;
  request.keys = {state->key};
  request.decide = [state, scope, name = std::move(name)](const CommitView& view) {
    state->error.reset();
    Decision decision;
    auto current = Found(view.values[0], scope, name);
    if (!current) {
      state->error = std::move(current.error());
      return decision;
    }
    auto next = state->change(*current);
    if (!next) {
      state->error = std::move(next.error());
      return decision;
    }
    next->version = current->version + 1;
    decision.commit = true;
    decision.mutations.push_back({state->key, EncodeStream(*next)});
    state->next = std::make_shared<const Stream>(*std::move(next));
    return decision;
  };
  Commit(std::move(request), std::move(state));
}

void Streams::Delete(const Scope& scope, std::string name, ChangeDone done) {
  auto state = std::make_shared<Changing>();
  state->key = KinesisStreamKey(scope, name);
  state->removes = true;
  state->done = [this, done = std::move(done)](ApiResult<StreamPtr> result) mutable {
    {
      const std::lock_guard lock(mutex_);
      woken_ = true;
    }
    wake_.notify_all();
    done(std::move(result));
  };
  CommitRequest request;
  request.frees_space = true;
  request.keys = {state->key};
  request.decide = [state, scope, name = std::move(name)](const CommitView& view) {
    state->error.reset();
    Decision decision;
    auto current = Found(view.values[0], scope, name);
    if (!current) {
      state->error = std::move(current.error());
      return decision;
    }
    decision.commit = true;
    decision.guards.push_back({TableGuardKey(current->id), kGuardValue + 1});
    decision.mutations.push_back({state->key, std::nullopt});
    decision.mutations.push_back({KinesisDroppedKey(current->id), std::string()});
    state->next = std::make_shared<const Stream>(*std::move(current));
    return decision;
  };
  Commit(std::move(request), std::move(state));
}

void Streams::Put(const Stream& stream, std::vector<NewRecord> records, PutDone done,
                  AlsoCommit also) {
  CommitRequest request;
  request.guards = std::move(also.guards);
  request.guards.push_back({TableGuardKey(stream.id), kGuardValue});
  const size_t count = records.size();
  const bool alone = request.guards.size() == 1;
  request.passes_on = !alone;
  request.decide = [records = std::move(records), mutations = std::move(also.mutations),
                    id = stream.id](const CommitView&) {
    Decision decision;
    decision.commit = true;
    decision.mutations = mutations;
    decision.appends.reserve(records.size());
    for (const NewRecord& record : records) {
      decision.appends.push_back({KinesisShardPrefix(id, record.shard), record.bytes});
    }
    return decision;
  };
  engine_->Commit(std::move(request),
                  [count, alone, done = std::move(done)](CommitResult result) mutable {
                    if (result.outcome == CommitOutcome::kGuardChanged) {
                      return done(Fail(alone ? StatusCode::kNotFound : StatusCode::kGuardChanged,
                                       "the stream was deleted"));
                    }
                    if (result.outcome != CommitOutcome::kCommitted) {
                      return done(Unexpected<Status>(std::move(result.status)));
                    }
                    std::vector<RecordPosition> positions(count);
                    for (size_t i = 0; i < count; ++i) {
                      positions[i] = {result.position, static_cast<uint16_t>(i)};
                    }
                    done(std::move(positions));
                  });
}

void Streams::Read(const Stream& stream, uint32_t shard, RecordPosition from, VisitRecord visit,
                   ScanDone done) {
  from = std::max(from, stream.TrimHorizon(NowMicros()));
  const std::string prefix = KinesisShardPrefix(stream.id, shard);
  auto failed = std::make_shared<std::optional<Status>>();
  engine_->Scan(
      {KinesisRecordKey(stream.id, shard, from.micros, from.place), PrefixEnd(prefix)},
      [failed, skip = prefix.size(), visit = std::move(visit)](std::string_view key,
                                                               std::string_view value) mutable {
        RecordPosition position;
        ByteReader reader(key.substr(skip));
        auto record = DecodeRecord(value);
        if (!record || !ReadPosition(&reader, &position)) {
          *failed = record ? Status{StatusCode::kCorruption, "the key of a record of a stream"}
                           : record.error();
          return false;
        }
        return visit(position, *record);
      },
      [failed, done = std::move(done)](Result<void> result) mutable {
        if (result && *failed) result = Unexpected<Status>(std::move(**failed));
        done(std::move(result));
      });
}

void Streams::FindEnd(const Stream& stream, uint32_t shard,
                      UniqueFunction<void(Result<RecordPosition>)> done) {
  const std::string prefix = KinesisShardPrefix(stream.id, shard);
  auto end = std::make_shared<RecordPosition>();
  ScanRequest request{prefix, PrefixEnd(prefix)};
  request.reverse = true;
  engine_->Scan(
      std::move(request),
      [end, skip = prefix.size()](std::string_view key, std::string_view) {
        ByteReader reader(key.substr(skip));
        RecordPosition last;
        if (ReadPosition(&reader, &last)) *end = last.Next();
        return false;
      },
      [end, done = std::move(done)](Result<void> result) mutable {
        if (!result) return done(Unexpected<Status>(std::move(result.error())));
        done(*end);
      });
}

// --- in the background
// ----------------------------------------------------------------------------

bool Streams::Stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Streams::Run() {
  for (;;) {
    const Result<void> trimmed = TrimOnce();
    if (!trimmed && options_.report && !Stopping()) {
      options_.report(EventLevel::kWarning,
                      "old records of Kinesis streams were not dropped, this is tried again: " +
                          Result<void>(trimmed).error().message);
    }
    std::unique_lock lock(mutex_);
    const auto until =
        std::chrono::steady_clock::now() + (trimmed ? std::chrono::seconds(kTrimPeriod) : kRetry);
    wake_.wait_until(lock, until, [&] { return stopping_ || (woken_ && trimmed); });
    if (stopping_) return;
    woken_ = false;
  }
}

Result<void> Streams::TrimOnce() {
  if (auto dropped = DropDeleted(); !dropped) return dropped;
  std::vector<StreamPtr> streams;
  {
    const std::shared_lock lock(streams_mutex_);
    for (const auto& [key, stream] : streams_) streams.push_back(stream);
  }
  const int64_t now = NowMicros();
  for (const StreamPtr& stream : streams) {
    const uint64_t horizon = stream->TrimHorizon(now).micros;
    for (uint32_t shard = 0; shard < stream->shard_count; ++shard) {
      if (Stopping()) return {};
      auto trimmed = TrimShard(*stream, shard, horizon - horizon % kTrimStep);
      if (!trimmed) return trimmed;
    }
  }
  return {};
}

Result<void> Streams::TrimShard(const Stream& stream, uint32_t shard, uint64_t cutoff) {
  uint64_t& done = trimmed_[{stream.id, shard}];
  if (done >= cutoff) return {};
  const KeyRange range{KinesisShardPrefix(stream.id, shard),
                       KinesisRecordKey(stream.id, shard, cutoff, 0)};
  bool empty = true;
  auto looked = ScanAndWait(*engine_, {range.begin, range.end},
                            [&](std::string_view, std::string_view) { return empty = false; });
  if (!looked) return looked;
  if (!empty) {
    if (auto dropped = DropAndWait(*engine_, range); !dropped) return dropped;
  }
  done = cutoff;
  return {};
}

Result<void> Streams::DropDeleted() {
  const KeyRange notes = AllKeys(KeySpace::kKinesisDropped);
  std::vector<std::string> keys;
  auto looked =
      ScanAndWait(*engine_, {notes.begin, notes.end}, [&](std::string_view key, std::string_view) {
        keys.emplace_back(key);
        return true;
      });
  if (!looked) return looked;
  for (const std::string& key : keys) {
    if (Stopping()) return {};
    uint64_t id = 0;
    if (!ByteReader(std::string_view(key).substr(1)).ReadU64(&id)) {
      return Fail(StatusCode::kCorruption, "the note of a deleted Kinesis stream");
    }
    if (auto dropped = DropAndWait(*engine_, KinesisRecords(id)); !dropped) return dropped;
    CommitResult result = CommitAndWait(*engine_, BlindWrite(key, std::nullopt));
    if (result.outcome != CommitOutcome::kCommitted) return Unexpected<Status>(result.status);
    trimmed_.erase(trimmed_.lower_bound({id, 0}), trimmed_.lower_bound({id + 1, 0}));
  }
  return {};
}

}  // namespace stator::kinesis
