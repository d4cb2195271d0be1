#include "events/mapping_runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/hash.h"

namespace stator {
namespace {

constexpr int64_t kMilli = 1000;
constexpr int64_t kSecond = 1000 * kMilli;
constexpr int64_t kNever = INT64_MAX;
// The source rings when there is something new; this is for what it does not ring for.
constexpr int64_t kPoll = 250 * kMilli;
constexpr int64_t kIdle = 3600 * kSecond;
constexpr int64_t kListEvery = kSecond;
// Progress past records that are filtered out is worth no write of its own.
constexpr int64_t kWriteEvery = kSecond;
constexpr size_t kPage = 1000;
constexpr size_t kPageBytes = size_t{2} << 20;
constexpr size_t kEnough = 2 * kPage;
constexpr size_t kMaxBuffered = size_t{16} << 20;  // bytes of a shard's records in memory

constexpr std::string_view kOk = "OK";

// Whether a lane holds less than its part of what is kept in memory, or so many times that.
bool HasRoom(const Lane& lane, const Mapping& mapping, size_t times = 1) {
  const auto lanes = static_cast<size_t>(mapping.lanes);
  const size_t records = std::max(kEnough / lanes, 2 * static_cast<size_t>(mapping.batch_size));
  return lane.records() < times * records && lane.bytes() < times * kMaxBuffered / lanes;
}

size_t LaneOf(const StreamRecord& record, size_t lanes) {
  return StableHash64(record.item_key) % lanes;
}

bool AllIdle(const std::vector<Lane>& lanes) {
  return std::all_of(lanes.begin(), lanes.end(), [](const Lane& lane) { return lane.idle(); });
}

}  // namespace

bool MappingRunner::Shard::all_read() const {
  return exhausted && std::none_of(lanes.begin(), lanes.end(),
                                   [](const Lane& lane) { return lane.left_off().has_value(); });
}

void MappingRunner::Inbox::Ring(bool Inbox::*flag) {
  {
    std::lock_guard lock(mutex);
    this->*flag = true;
  }
  wake.notify_one();
}

void MappingRunner::Inbox::Post(UniqueFunction<void()> message) {
  {
    std::lock_guard lock(mutex);
    messages.push_back(std::move(message));
  }
  wake.notify_one();
}

MappingRunner::MappingRunner(Options options)
    : options_(std::move(options)), pool_(options_.threads) {}

void MappingRunner::Start() {
  options_.store->OnChange([inbox = inbox_] { inbox->Ring(&Inbox::changed); });
  thread_ = std::thread([this] { Loop(); });
}

void MappingRunner::Stop(std::chrono::milliseconds grace) {
  if (!thread_.joinable()) return;
  grace_ = grace;
  inbox_->Ring(&Inbox::stopping);
  thread_.join();
  Listen(false);
  pool_.Stop();
}

void MappingRunner::Loop() {
  if (auto left = options_.store->WithProgress()) remembered_ = {left->begin(), left->end()};
  int64_t due = 0;
  int64_t cancel_at = kNever;
  for (bool stopping = false;;) {
    std::vector<UniqueFunction<void()>> messages;
    bool rung, changed;
    {
      Inbox& in = *inbox_;
      std::unique_lock lock(in.mutex);
      const auto something = [&] {
        return in.rung || in.changed || in.stopping != stopping || !in.messages.empty();
      };
      const int64_t wait = std::min(due, cancel_at) - options_.clock->MonotonicMicros();
      const int64_t longest = due == kNever && runs_.empty() ? kIdle : kPoll;
      in.wake.wait_for(lock, std::chrono::microseconds(std::clamp<int64_t>(wait, 0, longest)),
                       something);
      messages = std::move(in.messages);
      in.messages.clear();
      rung = std::exchange(in.rung, false);
      changed = std::exchange(in.changed, false);
      if (in.stopping && !stopping) {
        stopping = true;
        cancel_at = options_.clock->MonotonicMicros() + grace_.count() * kMilli;
      }
    }
    for (auto& message : messages) message();
    if (stopping) {
      for (auto& [uuid, run] : runs_) run.draining = true;
      if (options_.clock->MonotonicMicros() >= cancel_at) {
        if (options_.cancel) options_.cancel();
        cancel_at = kNever;
      }
    }
    due = Step(rung, changed && !stopping);
    if (stopping && runs_.empty()) return;
  }
}

int64_t MappingRunner::Step(bool rung, bool changed) {
  const int64_t now = options_.clock->MonotonicMicros();
  if (changed || now >= follow_again_) {
    follow_again_ = kNever;
    FollowMappings();
  }
  Listen(!runs_.empty());  // before they look
  int64_t due = kNever;
  for (auto it = runs_.begin(); it != runs_.end();) {
    Run& run = it->second;
    if (rung) {
      for (auto& [id, shard] : run.shards) shard.next_read = 0;
    }
    if (run.draining && EndRun(&run)) {
      it = runs_.erase(it);
      inbox_->Ring(&Inbox::changed);  // it may have to begin anew
      continue;
    }
    due = std::min(due, StepRun(&run));
    ++it;
  }
  SetOldest();
  return std::min(due, follow_again_);
}

// Whoever listens costs each write a little.
void MappingRunner::Listen(bool wanted) {
  if (wanted == std::exchange(listening_, wanted)) return;
  std::function<void()> ring;
  if (wanted) ring = [inbox = inbox_] { inbox->Ring(&Inbox::rung); };
  options_.source->SetBell(std::move(ring));
}

void MappingRunner::FollowMappings() {
  std::set<std::string> exist;
  for (const MappingPtr& mapping : options_.store->All()) {
    exist.insert(mapping->uuid);
    const auto it = runs_.find(mapping->uuid);
    if (it == runs_.end()) {
      if (mapping->runs()) StartRun(mapping);
    } else if (*it->second.mapping != *mapping) {
      it->second.draining = true;
    }
  }
  for (auto& [uuid, run] : runs_) {
    if (!exist.contains(uuid)) run.draining = true;
  }
  for (auto it = remembered_.begin(); it != remembered_.end();) {
    const bool over = !exist.contains(*it) && !runs_.contains(*it);
    if (over && options_.store->DropProgress(*it)) {
      std::lock_guard lock(figures_mutex_);
      figures_.erase(*it);
      it = remembered_.erase(it);
    } else {
      ++it;
    }
  }
}

void MappingRunner::StartRun(const MappingPtr& mapping) {
  auto filter = EventFilter::Parse(mapping->filters);
  auto progress = options_.store->ReadProgress(mapping->uuid);
  if (!filter || !progress) {
    follow_again_ = options_.clock->MonotonicMicros() + kSecond;
    const std::string why = filter ? progress.error().message : filter.error().message;
    return Report(EventLevel::kError, *mapping, "cannot be started: " + why);
  }
  remembered_.insert(mapping->uuid);
  Run& run = runs_[mapping->uuid];
  run.mapping = mapping;
  run.filter = std::move(*filter);
  for (const auto& [id, stored] : *progress) {
    if (stored.finished) {
      run.finished.insert(id);
    } else {
      StartShard(&run, id, &stored);
    }
  }
  Count(run, [](MappingFigures*) {});
}

void MappingRunner::StartShard(Run* run, const std::string& id, const ShardProgress* stored) {
  Shard& shard = run->shards[id];
  const auto count = static_cast<size_t>(run->mapping->lanes);
  shard.id = id;
  shard.read_after = run->mapping->start_after;
  if (stored != nullptr && !stored->lanes.empty()) {
    shard.stored = *stored;
    shard.read_after = *std::min_element(stored->lanes.begin(), stored->lanes.end(), SequenceLess);
  }
  const bool same = stored != nullptr && stored->lanes.size() == count;
  for (size_t i = 0; i < count; ++i) {
    // With another number of lanes items are in other ones: all go on from the one furthest back.
    shard.lanes.emplace_back(same ? stored->lanes[i] : shard.read_after);
  }
  shard.statuses.resize(count);
}

bool MappingRunner::EndRun(Run* run) {
  bool quiet = true;
  for (auto& [id, shard] : run->shards) {
    if (shard.busy > 0) {
      quiet = false;
      continue;
    }
    // What cannot be written is delivered again.
    if (!shard.write_failed) Remember(run, &shard, options_.clock->MonotonicMicros(), true);
    quiet = quiet && !shard.writing;
  }
  return quiet;
}

int64_t MappingRunner::StepRun(Run* run) {
  const int64_t now = options_.clock->MonotonicMicros();
  if (run->draining) return now + kPoll;
  if (now >= run->next_list) ListShards(run, now);
  int64_t due = run->next_list;
  for (auto it = run->shards.begin(); it != run->shards.end() && !run->draining;) {
    Shard& shard = (it++)->second;
    due = std::min(due, StepShard(run, &shard));
    if (shard.stored.finished && !shard.writing) {
      run->finished.insert(shard.id);
      run->shards.erase(shard.id);
      run->next_list = 0;  // its children may begin
      due = 0;
    }
  }
  return due;
}

void MappingRunner::ListShards(Run* run, int64_t now) {
  run->next_list = now + kListEvery;
  auto shards = options_.source->Shards(run->mapping->stream_arn);
  if (!shards) {
    if (shards.error().code == StatusCode::kNotFound)
      Fail(run, "The stream does not exist any more");
    return;
  }
  std::set<std::string> listed;
  for (const StreamShard& shard : *shards) listed.insert(shard.id);
  const auto forget = [&](const std::string& id) {
    options_.store->ForgetShard(run->mapping->uuid, id);
  };
  std::erase_if(run->finished, [&](const std::string& id) {
    if (listed.contains(id)) return false;
    forget(id);
    return true;
  });
  for (auto it = run->shards.begin(); it != run->shards.end();) {
    const Shard& shard = (it++)->second;
    if (listed.contains(shard.id) || shard.writing) continue;
    if (!shard.all_read()) {
      // Whoever enables the mapping again goes on with what is there then.
      forget(shard.id);
      return Fail(run, "Records were trimmed from the stream before they were delivered: shard " +
                           shard.id + " is gone, after sequence number " + shard.read_after);
    }
    if (!AllIdle(shard.lanes)) continue;
    forget(shard.id);
    run->shards.erase(shard.id);
  }
  for (const StreamShard& shard : *shards) {
    const bool parent_done = shard.parent.empty() || !listed.contains(shard.parent) ||
                             run->finished.contains(shard.parent);
    if (parent_done && !run->finished.contains(shard.id) && !run->shards.contains(shard.id)) {
      StartShard(run, shard.id, nullptr);
    }
  }
}

int64_t MappingRunner::StepShard(Run* run, Shard* shard) {
  const int64_t now = options_.clock->MonotonicMicros();
  const Mapping& mapping = *run->mapping;
  const bool read =
      !shard->exhausted && std::any_of(shard->lanes.begin(), shard->lanes.end(), [&](auto& lane) {
        return !lane.left_off() && HasRoom(lane, mapping);
      });
  if (read && now >= shard->next_read) Read(run, shard, now);
  bool catch_up = false;
  for (size_t i = 0; i < shard->lanes.size(); ++i) {
    const Lane& lane = shard->lanes[i];
    if (!lane.left_off() || !HasRoom(lane, mapping)) continue;
    if (now >= shard->next_catch_up) CatchUp(run, shard, i, now);
    catch_up = catch_up || (lane.left_off() && HasRoom(lane, mapping));
  }
  if (run->draining) return now;
  int64_t due = Deliver(run, shard, now);
  Remember(run, shard, now, false);
  if (read) due = std::min(due, shard->next_read);
  if (catch_up) due = std::min(due, shard->next_catch_up);
  return std::min(due, shard->next_write);
}

void MappingRunner::Read(Run* run, Shard* shard, int64_t now) {
  auto read = options_.source->Read(run->mapping->stream_arn, shard->id, shard->read_after, kPage,
                                    kPageBytes);
  if (!read) {
    shard->next_read = now + kSecond;
    run->next_list = 0;  // if it is gone, that says so
    return;
  }
  ShardPage& page = *read;
  shard->next_read = page.records.empty() ? now + kPoll : 0;
  uint64_t filtered = 0;
  for (StreamRecord& record : page.records) {
    const std::string before = std::exchange(shard->read_after, record.sequence_number);
    if (!Wants(*run, record)) {
      ++filtered;
      continue;
    }
    // A lane that does not get on holds up no other: it is read for again.
    Lane& lane = shard->lanes[LaneOf(record, shard->lanes.size())];
    if (!lane.left_off() && !HasRoom(lane, *run->mapping, 2)) lane.LeaveOff(before);
    if (!lane.left_off()) lane.Add(std::move(record), now);
  }
  shard->read_after = page.next_after;
  shard->exhausted = page.exhausted;
  for (Lane& lane : shard->lanes) {
    if (!lane.left_off()) lane.PassedTo(page.next_after);
  }
  if (filtered > 0) Count(*run, [&](MappingFigures* figures) { figures->filtered += filtered; });
}

void MappingRunner::CatchUp(Run* run, Shard* shard, size_t number, int64_t now) {
  Lane& lane = shard->lanes[number];
  auto page = options_.source->Read(run->mapping->stream_arn, shard->id, *lane.left_off(), kPage,
                                    kPageBytes);
  shard->next_catch_up = page ? 0 : now + kSecond;
  if (!page) {
    run->next_list = 0;  // if it is gone, that says so
    return;
  }
  const auto beyond = [&](const std::string& sequence_number) {
    return SequenceLess(shard->read_after, sequence_number);
  };
  std::string at = page->records.empty() ? shard->read_after : std::move(page->next_after);
  std::string before = *lane.left_off();
  for (StreamRecord& record : page->records) {
    if (beyond(record.sequence_number)) break;
    const bool own = LaneOf(record, shard->lanes.size()) == number && Wants(*run, record);
    if (own && !HasRoom(lane, *run->mapping, 2)) {
      at = before;
      break;
    }
    before = record.sequence_number;
    if (own) lane.Add(std::move(record), now);
  }
  if (SequenceLess(at, shard->read_after)) {
    lane.LeaveOff(at);
  } else {
    lane.CaughtUp();
    at = shard->read_after;
  }
  lane.PassedTo(at);
}

bool MappingRunner::Wants(const Run& run, const StreamRecord& record) {
  if (run.filter.matches_everything()) return true;
  simdjson::dom::element event;
  return parser_.parse(record.event).get(event) != simdjson::SUCCESS || run.filter.Matches(event);
}

int64_t MappingRunner::Deliver(Run* run, Shard* shard, int64_t now) {
  int64_t due = kNever;
  const int64_t wall_now = options_.clock->NowMicros();
  for (size_t i = 0; i < shard->lanes.size(); ++i) {
    Lane& lane = shard->lanes[i];
    if (lane.busy()) continue;
    const bool closed = !HasRoom(lane, *run->mapping) || (shard->exhausted && !lane.left_off());
    const Lane::Next next = lane.Look(*run->mapping, closed, now, wall_now);
    if (next.todo == Lane::Todo::kInvoke) Invoke(run, shard, i);
    if (next.todo == Lane::Todo::kDiscard) Discard(run, shard, i);
    if (next.todo == Lane::Todo::kWait && next.when) due = std::min(due, *next.when);
  }
  return due;
}

void MappingRunner::Invoke(Run* run, Shard* shard, size_t lane) {
  shard->lanes[lane].Start();
  ++shard->busy;
  // A run and its shards stay while a lane is busy, and the batch as it is.
  pool_.Post([this, run, shard, lane] {
    const FunctionTarget* function = options_.functions->Find(run->mapping->function);
    Invocation invocation;
    if (function == nullptr) {
      invocation = {Invocation::Kind::kNotInvoked, 0, {}, "it is not in the settings any more"};
    } else {
      invocation = options_.invoke(*function, EventOf(shard->lanes[lane].batch()));
    }
    inbox_->Post([this, run, shard, lane, invocation = std::move(invocation)]() mutable {
      Invoked(run, shard, lane, std::move(invocation));
    });
  });
}

void MappingRunner::Invoked(Run* run, Shard* shard, size_t lane, Invocation invocation) {
  const Batch& batch = shard->lanes[lane].batch();
  BatchResult result;
  std::string problem;
  switch (invocation.kind) {
    case Invocation::Kind::kAnswered:
      if (run->mapping->report_item_failures) result = ReadItemFailures(invocation.answer, batch);
      if (result.kind == BatchResult::Kind::kFailed) problem = "Function call failed in part";
      break;
    case Invocation::Kind::kFunctionError:
      result.kind = BatchResult::Kind::kFailed;
      problem = "Function call failed: " + invocation.detail;
      break;
    case Invocation::Kind::kNotInvoked:
      result.kind = BatchResult::Kind::kNotInvoked;
      problem = "Function could not be called: " + invocation.detail;
      break;
  }
  const bool done = result.kind == BatchResult::Kind::kDone;
  const size_t delivered = done ? batch.records.size() : result.first_failed;
  Count(*run, [&](MappingFigures* figures) {
    figures->last_result = done ? std::string(kOk) : "PROBLEM: " + problem;
    figures->batches += done;
    figures->failures += result.kind == BatchResult::Kind::kFailed;
    figures->not_invoked += result.kind == BatchResult::Kind::kNotInvoked;
    figures->records += delivered;
  });
  if (!done) Report(EventLevel::kWarning, *run->mapping, problem);
  shard->statuses[lane] = invocation.status;
  shard->lanes[lane].Finish(result, *run->mapping, options_.clock->MonotonicMicros());
  shard->batch_done = shard->batch_done || delivered > 0;
  --shard->busy;
}

void MappingRunner::Discard(Run* run, Shard* shard, size_t lane) {
  shard->lanes[lane].Start();
  ++shard->busy;
  pool_.Post([this, run, shard, lane] {
    const Mapping& mapping = *run->mapping;
    const Batch& batch = shard->lanes[lane].batch();
    Result<void> kept;
    if (!mapping.on_failure.empty()) {
      const FailureTarget* target = options_.functions->FindDestination(mapping.on_failure);
      FailureTarget own;
      const std::string_view arn = mapping.on_failure;
      if (const size_t table = arn.find(":table/");
          target == nullptr && table != std::string_view::npos) {
        own.table = arn.substr(table + 7);
        target = &own;
      }
      const std::string id = NewId();
      const FailureRecord record{.mapping = &mapping,
                                 .shard_id = shard->id,
                                 .batch = &batch,
                                 .request_id = id,
                                 .status = shard->statuses[lane],
                                 .now_micros = options_.clock->NowMicros()};
      kept = target == nullptr
                 ? Result<void>(stator::Fail(StatusCode::kIoError,
                                             "its destination is not in the settings any more"))
                 : options_.put_aside(*target, record, EventOf(batch));
    }
    inbox_->Post([this, run, shard, lane, kept = std::move(kept)]() mutable {
      Discarded(run, shard, lane, std::move(kept));
    });
  });
}

void MappingRunner::Discarded(Run* run, Shard* shard, size_t lane, Result<void> kept) {
  const Batch& batch = shard->lanes[lane].batch();
  const std::string problem =
      kept ? "" : "Dead letters could not be delivered: " + kept.error().message;
  Count(*run, [&](MappingFigures* figures) {
    if (kept) figures->dead_letters += batch.records.size();
    if (!kept) figures->last_result = "PROBLEM: " + problem;
  });
  Report(EventLevel::kWarning, *run->mapping,
         kept
             ? fmt::format("{} records were given up ({}), from {} to {} of shard {}",
                           batch.records.size(), *batch.gone, batch.records.front().sequence_number,
                           batch.records.back().sequence_number, shard->id)
             : problem);
  shard->lanes[lane].FinishDiscard(kept.has_value(), options_.clock->MonotonicMicros());
  shard->batch_done = shard->batch_done || kept.has_value();
  --shard->busy;
}

void MappingRunner::Remember(Run* run, Shard* shard, int64_t now, bool at_once) {
  shard->next_write = kNever;
  if (shard->writing) return;
  ShardProgress progress;
  for (const Lane& lane : shard->lanes) progress.lanes.push_back(lane.position());
  progress.finished = shard->all_read() && shard->busy == 0 && AllIdle(shard->lanes);
  if (progress == shard->stored) return;
  const bool fresh = shard->stored.lanes.empty();
  const bool matters = fresh || shard->batch_done || progress.finished;
  if (!at_once && (shard->write_failed || !matters)) {
    // Its time begins with the first look.
    if (shard->next_write_since == 0) shard->next_write_since = now;
    if (now < shard->next_write_since + kWriteEvery) {
      shard->next_write = shard->next_write_since + kWriteEvery;
      return;
    }
  }
  shard->next_write_since = 0;
  shard->batch_done = false;
  shard->writing = true;
  options_.store->WriteProgress(
      run->mapping->uuid, shard->id, progress,
      [inbox = inbox_, shard, progress](Result<void> written) mutable {
        inbox->Post([shard, progress = std::move(progress), good = written.has_value()]() mutable {
          shard->writing = false;
          shard->write_failed = !good;
          if (good) shard->stored = std::move(progress);
        });
      });
}

void MappingRunner::Fail(Run* run, const std::string& why) {
  run->draining = true;
  Report(EventLevel::kError, *run->mapping, why);
  options_.store->Put(
      [before = run->mapping, why](const MappingStore::Mappings& all) -> std::optional<Mapping> {
        const auto it = all.find(before->uuid);
        if (it == all.end() || *it->second != *before) return std::nullopt;
        Mapping failed = *before;
        failed.failure = why;
        return failed;
      },
      [](Result<void>) {});
}

void MappingRunner::SetOldest() {
  const int64_t now = options_.clock->NowMicros();
  std::lock_guard lock(figures_mutex_);
  for (auto& [uuid, figures] : figures_) figures.oldest_age_micros = 0;
  for (const auto& [uuid, run] : runs_) {
    int64_t& age = figures_[uuid].oldest_age_micros;
    for (const auto& [id, shard] : run.shards) {
      for (const Lane& lane : shard.lanes) {
        if (const auto oldest = lane.oldest_micros()) age = std::max(age, now - *oldest);
      }
    }
  }
}

template <class Change>
void MappingRunner::Count(const Run& run, Change change) {
  std::lock_guard lock(figures_mutex_);
  MappingFigures& figures = figures_[run.mapping->uuid];
  figures.uuid = run.mapping->uuid;
  figures.function = run.mapping->function;
  figures.stream_arn = run.mapping->stream_arn;
  change(&figures);
}

std::string MappingRunner::LastResult(const std::string& uuid) const {
  std::lock_guard lock(figures_mutex_);
  const auto it = figures_.find(uuid);
  return it == figures_.end() ? std::string() : it->second.last_result;
}

std::vector<MappingFigures> MappingRunner::Figures() const {
  std::lock_guard lock(figures_mutex_);
  std::vector<MappingFigures> out;
  for (const auto& [uuid, figures] : figures_) out.push_back(figures);
  return out;
}

void MappingRunner::Report(EventLevel level, const Mapping& mapping,
                           const std::string& what) const {
  if (!options_.report) return;
  options_.report(level, "mapping " + mapping.uuid + " of " + mapping.stream_arn + " to " +
                             mapping.function + ": " + what);
}

std::string MappingRunner::NewId() const {
  return fmt::format("{:016x}{:016x}", options_.random->Next(), options_.random->Next());
}

}  // namespace stator
