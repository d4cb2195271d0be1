#include "runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>
#include <thread>

#include "client_loop.h"
#include "key_chooser.h"
#include "machine_watch.h"
#include "signer.h"

namespace stator::bench {
namespace {

constexpr int kMostLost = 10'000;  // connections, in one thread

using TimePoint = SteadyClock::time_point;

SteadyClock::duration Length(double seconds) {
  return std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
}

struct Schedule {
  TimePoint begin;
  TimePoint measure_from;
  TimePoint end;
  TimePoint give_up;
};

// One thread's part of a stream.
struct Part {
  const Stream* stream;
  const Workload* workload;
  KeyChooser keys;
  double weights;              // their sum
  std::vector<Tally> tallies;  // parallel to the stream's mix

  // Of an open loop.
  SteadyClock::duration interval{};
  TimePoint next_due = TimePoint::max();
  std::deque<size_t> idle;  // longest first: as if each were a client of its own
};

// What one connection has under way.
struct Job {
  Part* part;
  size_t share = 0;  // index into the stream's mix
  TimePoint due;
  std::string start_key;  // of the scan that this connection goes on with
};

class Worker final : public ClientLoop {
 public:
  Worker(const RunOptions& options, const Schedule& schedule, uint64_t seed)
      : ClientLoop(options.target.port),
        schedule_(schedule),
        signer_(options.target.credentials, options.target.host(), options.target.fixed_signature),
        random_(seed) {}

  // `number` of `threads`: this thread's share of the stream's connections, and of its rate.
  void AddStream(const Stream& stream, const Workload& workload, int number, int threads) {
    const int connections =
        stream.connections / threads + (number < stream.connections % threads ? 1 : 0);
    auto part = std::make_unique<Part>(
        Part{&stream, &workload, KeyChooser(stream.count, stream.zipf), 0, {}});
    for (const Stream::Share& share : stream.mix) part->weights += share.weight;
    part->tallies.resize(stream.mix.size());
    if (stream.rate > 0 && connections > 0) {
      part->interval = Length(stream.connections / (stream.rate * connections));
      part->next_due = schedule_.begin + part->interval * number / threads;
    }
    for (int i = 0; i < connections; ++i) {
      const size_t index = AddConnection();
      jobs_.push_back({part.get(), 0, {}, {}});
      if (stream.rate > 0) part->idle.push_back(index);
    }
    parts_.push_back(std::move(part));
  }

  void Run() {
    std::this_thread::sleep_until(schedule_.begin);
    for (size_t i = 0; i < jobs_.size(); ++i) {
      if (jobs_[i].part->interval.count() == 0) Start(i, SteadyClock::now());
    }
    for (;;) {
      TimePoint wake = schedule_.give_up;
      for (const auto& part : parts_) {
        StartDue(part.get());
        if (!part->idle.empty() && part->next_due < schedule_.end) {
          wake = std::min(wake, part->next_due);
        }
      }
      const TimePoint now = SteadyClock::now();
      if (now < schedule_.end) {
        wake = std::min(wake, schedule_.end);
      } else if (now >= schedule_.give_up || AllDone()) {
        break;
      }
      Poll(wake);
    }
    CountUnanswered();
  }

  const std::vector<std::unique_ptr<Part>>& parts() const { return parts_; }

 private:
  bool AllDone() const {
    return under_way_ == 0 && std::all_of(parts_.begin(), parts_.end(), [&](const auto& part) {
             return part->interval.count() == 0 || part->next_due >= schedule_.end;
           });
  }

  // Sends what an open loop should have sent by now, as far as there are idle connections.
  void StartDue(Part* part) {
    while (!part->idle.empty() && part->next_due < schedule_.end &&
           part->next_due <= SteadyClock::now()) {
      const size_t index = part->idle.front();
      part->idle.pop_front();
      const TimePoint due = part->next_due;
      part->next_due += part->interval;
      Start(index, due);
    }
  }

  // `due` is when it was to be sent.
  void Start(size_t index, TimePoint due) {
    Job& job = jobs_[index];
    const Stream& stream = *job.part->stream;
    job.share = 0;
    if (stream.mix.size() > 1) {
      double at = random_.Fraction() * job.part->weights;
      while (job.share + 1 < stream.mix.size() && at >= stream.mix[job.share].weight) {
        at -= stream.mix[job.share++].weight;
      }
    }
    const Operation operation = stream.mix[job.share].operation;
    body_.clear();
    job.part->workload->AppendBody(operation, stream.first + job.part->keys.Next(&random_),
                                   job.start_key, &random_, &body_);
    request(index)->clear();
    signer_.AppendRequest(ApiName(operation), body_, request(index));
    job.due = stream.rate > 0 ? due : SteadyClock::now();
    ++under_way_;
    Send(index);
  }

  // The connection is free again.
  void GoOn(size_t index, TimePoint now) {
    Part* part = jobs_[index].part;
    if (part->interval.count() > 0) {
      part->idle.push_back(index);
      StartDue(part);
    } else if (now < schedule_.end) {
      Start(index, now);
    }
  }

  void OnAnswer(size_t index, const HttpAnswer& answer) override {
    const TimePoint now = SteadyClock::now();
    Job& job = jobs_[index];
    Tally& tally = job.part->tallies[job.share];
    const Operation operation = job.part->stream->mix[job.share].operation;
    --under_way_;
    if (answer.status != 200 || !job.part->workload->IsRight(operation, answer.body)) {
      CountError(answer, &tally);
    } else {
      ++tally.acknowledged;
      if (now >= schedule_.measure_from && now < schedule_.end) {
        ++tally.answers;
        tally.answer_bytes += answer.body.size();
      }
      if (IsMeasured(job.due)) tally.latency.Record(static_cast<uint64_t>((now - job.due).count()));
      if (operation == Operation::kScan) {
        job.start_key = ObjectMember(answer.body, "LastEvaluatedKey");
      }
    }
    GoOn(index, now);
  }

  void OnLost(size_t index, const std::string& why) override {
    Job& job = jobs_[index];
    --under_way_;
    Tally& tally = job.part->tallies[job.share];
    ++tally.errors["connection lost"];
    if (tally.first_error.empty()) tally.first_error = why;
    if (++lost_ > kMostLost) throw std::runtime_error("connections are lost all the time: " + why);
    GoOn(index, SteadyClock::now());
  }

  bool IsMeasured(TimePoint due) const {
    return due >= schedule_.measure_from && due < schedule_.end;
  }

  static void CountError(const HttpAnswer& answer, Tally* tally) {
    std::string type;
    constexpr std::string_view kType = R"("__type":")";
    if (const size_t at = answer.body.find(kType); at != std::string_view::npos) {
      const std::string_view rest = answer.body.substr(at + kType.size());
      type = rest.substr(0, rest.find('"'));
      type.erase(0, type.find('#') + 1);
    } else if (answer.status == 200) {
      type = "but not what was asked for";
    }
    ++tally->errors[fmt::format("{} {}", answer.status, type)];
    if (tally->first_error.empty()) {
      tally->first_error = fmt::format("{} {}", answer.status, answer.body.substr(0, 500));
    }
  }

  // What never came, or was never sent, must not be missing in the report.
  void CountUnanswered() {
    for (size_t i = 0; i < jobs_.size(); ++i) {
      const Job& job = jobs_[i];
      if (busy(i)) ++job.part->tallies[job.share].errors["no answer in time"];
    }
    for (const auto& part : parts_) {
      if (part->interval.count() == 0 || part->next_due >= schedule_.end) continue;
      part->tallies[0].errors["not sent in time"] +=
          static_cast<uint64_t>((schedule_.end - part->next_due) / part->interval) + 1;
    }
  }

  const Schedule schedule_;
  Signer signer_;
  Random random_;
  std::vector<std::unique_ptr<Part>> parts_;
  std::vector<Job> jobs_;  // by connection
  size_t under_way_ = 0;
  int lost_ = 0;
  std::string body_;
};

// Runs `work(i)` in thread i; throws what the first of them threw.
template <typename Work, typename Meanwhile>
void InThreads(int count, Work work, Meanwhile meanwhile) {
  std::vector<std::exception_ptr> failures(static_cast<size_t>(count));
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      try {
        work(i);
      } catch (...) {
        failures[static_cast<size_t>(i)] = std::current_exception();
      }
    });
  }
  meanwhile();
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}

// The processor time that the server uses until it rests: less than a twentieth of a processor.
double Settle(int pid, double seconds_at_most) {
  constexpr double kStep = 0.1;
  const double begin = UsageOf(pid).cpu_seconds;
  double last = begin;
  for (double waited = 0; waited < seconds_at_most; waited += kStep) {
    std::this_thread::sleep_for(Length(kStep));
    const double now = UsageOf(pid).cpu_seconds;
    if (now - last < kStep / 20) return now - begin;
    last = now;
  }
  return last - begin;
}

}  // namespace

void Tally::Add(const Tally& other) {
  latency.Add(other.latency);
  answers += other.answers;
  answer_bytes += other.answer_bytes;
  acknowledged += other.acknowledged;
  for (const auto& [type, count] : other.errors) errors[type] += count;
  if (first_error.empty()) first_error = other.first_error;
}

RunOutcome Run(const RunOptions& options, const std::vector<Stream>& streams) {
  std::vector<Workload> workloads;
  for (const Stream& stream : streams) workloads.emplace_back(stream.table);

  // Time to open the connections first.
  size_t connections = 0;
  for (const Stream& stream : streams) connections += static_cast<size_t>(stream.connections);
  Schedule schedule;
  schedule.begin = SteadyClock::now() + Length(0.05 + 0.0002 * static_cast<double>(connections));
  schedule.measure_from = schedule.begin + Length(options.warmup_seconds);
  schedule.end = schedule.measure_from + Length(options.seconds);
  schedule.give_up = schedule.end + Length(options.grace_seconds);

  // Each run has its own: the requests of the last one, sent again, would be other work, as they
  // would put what is there and repeat the tokens of transactions.
  const uint64_t first_seed = uint64_t{std::random_device()()} << 32;
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < options.threads; ++i) {
    auto& worker = workers.emplace_back(
        std::make_unique<Worker>(options, schedule, first_seed + static_cast<uint64_t>(i)));
    for (size_t s = 0; s < streams.size(); ++s) {
      worker->AddStream(streams[s], workloads[s], i, options.threads);
    }
  }

  RunOutcome outcome;
  const auto usage = [&] {
    return options.server_pid ? UsageOf(options.server_pid) : ProcessUsage{};
  };
  InThreads(
      options.threads, [&](int i) { workers[static_cast<size_t>(i)]->Run(); },
      [&] {
        std::this_thread::sleep_until(schedule.measure_from);
        const ProcessUsage before = usage();
        const double own_before = OwnCpuSeconds();
        const double machine_before = MachineCpuSeconds();
        MachineWatch watch;
        std::this_thread::sleep_until(schedule.end);
        outcome.generator_cpu_seconds = OwnCpuSeconds() - own_before;
        outcome.server = usage();
        outcome.server_cpu_seconds = outcome.server.cpu_seconds - before.cpu_seconds;
        outcome.others_cpu_seconds =
            std::max(0.0, MachineCpuSeconds() - machine_before - outcome.generator_cpu_seconds -
                              outcome.server_cpu_seconds);
        outcome.stopped_seconds = watch.StoppedSeconds();
      });
  if (options.server_pid != 0 && options.settle_seconds > 0) {
    outcome.server_cpu_seconds += Settle(options.server_pid, options.settle_seconds);
  }

  for (size_t s = 0; s < streams.size(); ++s) {
    for (size_t share = 0; share < streams[s].mix.size(); ++share) {
      OperationOutcome one{s, streams[s].mix[share].operation, {}};
      for (const auto& worker : workers) one.tally.Add(worker->parts()[s]->tallies[share]);
      outcome.operations.push_back(std::move(one));
    }
  }
  return outcome;
}

}  // namespace stator::bench
