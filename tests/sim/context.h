// What a run is made of besides the server: the seed's choices, time, and the record of what
// happened.
#ifndef STATOR_SIM_CONTEXT_H_
#define STATOR_SIM_CONTEXT_H_

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/hash.h"
#include "base/random.h"
#include "table/backfill.h"
#include "table/database.h"

namespace stator::sim {

// Stands still unless it is told otherwise.
class SimClock final : public Clock {
 public:
  int64_t NowMicros() const override { return wall_; }
  int64_t MonotonicMicros() const override { return monotonic_; }
  void Advance(int64_t micros) {
    wall_ += micros;
    monotonic_ += micros;
    latest_ = std::max(latest_, wall_);
  }
  void StepWall(int64_t micros) { wall_ += micros; }
  // The latest time that it ever showed.
  int64_t LatestMicros() const { return latest_; }

 private:
  int64_t wall_ = 1'700'000'000'000'000;
  int64_t latest_ = wall_;
  int64_t monotonic_ = 1'000'000;
};

// The last lines for whoever must understand a failure, and a hash of all of them.
class Trace {
 public:
  void Add(std::string line) {
    hash_ = StableHash64(std::to_string(hash_) + line);
    lines_.push_back(std::move(line));
    if (lines_.size() > kKept) lines_.pop_front();
  }
  uint64_t hash() const { return hash_; }
  const std::deque<std::string>& lines() const { return lines_; }

 private:
  static constexpr size_t kKept = 150;
  uint64_t hash_ = 0;
  std::deque<std::string> lines_;
};

// How a run is, chosen by its seed: runs that differ much find more than many that are alike.
struct Settings {
  int clients = 3;
  int operations = 100;         // that clients send before the end
  int keys = 4;                 // of each table
  bool local_index = false;     // of the first table
  int delay_percent = 50;       // of the engine's calls and completions that wait for their turn
  int interleave_percent = 25;  // of the store's reads within a commit during which others go on
  int64_t conflict_wait_micros = 0;
  size_t max_pending_commits = 0;
  BackfillLimits backfill;
  // Weights of steps, against 50 to 100 for each of those that go on with something.
  int definition_weight = 0;  // tables and indexes come and go
  int crash_weight = 0;
  int fault_weight = 0;
  int abandon_weight = 0;
  int time_weight = 20;

  bool streams = false;         // changes of tables are recorded, and followed
  bool steady_stream = false;   // the stream of the first table stays as it is
  bool kinesis = false;         // the first table has a Kinesis destination from the beginning
  bool expiring_table = false;  // there is a third table, whose items expire
  LogOptions log;
  bool short_retention = false;  // records may go before someone has read them
  int background_weight = 0;     // of looks of the log keeper, the sweeper and deliveries
  int follow_weight = 0;         // of requests of those who follow the changes
  int restart_weight = 0;        // of their ends in the middle of it
};

class Context {
 public:
  explicit Context(uint64_t seed) : random_(seed) { ChooseSettings(); }

  const Settings& settings() const { return settings_; }
  SeededRandom& random() { return random_; }
  SimClock& clock() { return clock_; }
  Trace& trace() { return trace_; }

  uint64_t Below(uint64_t bound) { return random_.Uniform(bound); }
  bool Percent(int percent) { return Below(100) < static_cast<uint64_t>(percent); }

  // Who does what happens now, for the trace.
  void SetActor(std::string actor) { actor_ = std::move(actor); }
  const std::string& actor() const { return actor_; }

  // Numbers the events of a run.
  int64_t Tick() { return ++ticks_; }
  void Note(const std::string& what) { trace_.Add(std::to_string(Tick()) + " " + what); }

 private:
  void ChooseSettings() {
    settings_.clients = 3 + static_cast<int>(Below(6));
    settings_.operations = 60 + static_cast<int>(Below(120));
    // Of several steps, and often begun again in the middle.
    settings_.backfill.items = 1 + static_cast<size_t>(Below(4));
    settings_.backfill.steps_between_saves = 1 + static_cast<int>(Below(3));
    settings_.keys = 1 + static_cast<int>(Below(4));
    settings_.local_index = Percent(40);
    if (Percent(50)) settings_.definition_weight = 5 + static_cast<int>(Below(60));
    settings_.delay_percent = Percent(15) ? 0 : static_cast<int>(Below(90));
    settings_.interleave_percent = static_cast<int>(Below(90));
    settings_.conflict_wait_micros = Percent(30) ? 0 : 50'000;
    settings_.max_pending_commits = Percent(20) ? 3 : 10'000;
    if (Percent(60)) settings_.crash_weight = 1 + static_cast<int>(Below(12));
    if (Percent(50)) settings_.fault_weight = 1 + static_cast<int>(Below(60));
    if (Percent(40)) settings_.abandon_weight = 1 + static_cast<int>(Below(30));
    settings_.time_weight = 1 + static_cast<int>(Below(60));
    if (Percent(70)) ChooseStreams();
  }

  void ChooseStreams() {
    settings_.streams = true;
    settings_.steady_stream = Percent(50);
    settings_.kinesis = Percent(40);
    settings_.expiring_table = Percent(30);
    constexpr int64_t kDay = 86'400'000'000;
    settings_.short_retention = Percent(30);
    if (settings_.short_retention) {
      settings_.log.retention_micros = 1'000'000 + static_cast<int64_t>(Below(60'000'000));
    }
    settings_.log.roll_micros =
        Percent(30) ? kDay : 50'000 + static_cast<int64_t>(Below(10'000'000));
    settings_.log.split_rate = Percent(50) ? 1 : UINT64_MAX / 1000;
    settings_.log.max_open_shards = 1 + static_cast<size_t>(Below(8));
    settings_.background_weight = 1 + static_cast<int>(Below(30));
    settings_.follow_weight = 1 + static_cast<int>(Below(60));
    settings_.restart_weight = Percent(50) ? 0 : 1 + static_cast<int>(Below(8));
  }

  SeededRandom random_;
  SimClock clock_;
  Trace trace_;
  Settings settings_;
  std::string actor_;
  int64_t ticks_ = 0;
};

}  // namespace stator::sim

#endif  // STATOR_SIM_CONTEXT_H_
