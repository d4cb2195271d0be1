// load: keeps a DynamoDB-compatible server busy, and says how it fared.
//
// A closed loop: each connection sends its next request when the answer to the last has come. Keys
// are uniform.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <boost/asio.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "histogram.h"
#include "http_reader.h"
#include "process_usage.h"
#include "signer.h"
#include "workload.h"

namespace stator::bench {
namespace {

using Tcp = boost::asio::ip::tcp;
using SteadyClock = std::chrono::steady_clock;

struct Options {
  uint16_t port = 8000;
  std::string table = "bench";
  Operation operation = Operation::kGet;
  int connections = 32;
  int threads = 1;
  double seconds = 10;
  double warmup = 2;
  uint64_t items = 100'000;
  size_t item_bytes = 1000;
  int pid = 0;
  bool prepare = false;
  bool json = false;
  bool fixed_signature = false;
  Credentials credentials;

  std::string host() const { return fmt::format("127.0.0.1:{}", port); }
  Tcp::endpoint endpoint() const { return {boost::asio::ip::address_v4::loopback(), port}; }
};

// One request after another, waiting for each: for the preparation.
class BlockingClient {
 public:
  explicit BlockingClient(const Options& options)
      : socket_(context_), signer_(options.credentials, options.host(), false) {
    socket_.connect(options.endpoint());
    socket_.set_option(Tcp::no_delay(true));
  }

  std::pair<int, std::string> Call(std::string_view operation, std::string_view body) {
    boost::asio::write(socket_, boost::asio::buffer(signer_.Request(operation, body)));
    std::string buffer;
    for (;;) {
      if (auto answer = ReadAnswer(buffer)) return {answer->status, std::string(answer->body)};
      char chunk[65536];
      size_t got = socket_.read_some(boost::asio::buffer(chunk));
      buffer.append(chunk, got);
    }
  }

  std::string MustCall(std::string_view operation, std::string_view body) {
    auto [status, answer] = Call(operation, body);
    if (status != 200)
      throw std::runtime_error(fmt::format("{}: {} {}", operation, status, answer));
    return answer;
  }

 private:
  boost::asio::io_context context_;
  Tcp::socket socket_;
  Signer signer_;
};

void Prepare(const Options& options, const Workload& workload) {
  BlockingClient client(options);
  client.MustCall("CreateTable", workload.CreateTable());
  while (client.MustCall("DescribeTable", workload.DescribeTable()).find("\"ACTIVE\"") ==
         std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  constexpr uint64_t kBatch = 25;
  for (uint64_t first = 0; first < options.items; first += kBatch) {
    client.MustCall("BatchWriteItem",
                    workload.BatchWrite(first, std::min(kBatch, options.items - first)));
  }
}

// What one thread has seen.
struct Tally {
  Histogram latency;
  uint64_t wrong = 0;
  std::string first_wrong;
};

// When to count and when to end.
struct Schedule {
  SteadyClock::time_point measure_from;
  SteadyClock::time_point end;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::io_context& context, const Options& options, const Workload& workload,
             const Schedule& schedule, Signer* signer, std::mt19937_64* random, Tally* tally)
      : socket_(context),
        options_(options),
        workload_(workload),
        schedule_(schedule),
        signer_(signer),
        random_(random),
        tally_(tally) {
    socket_.connect(options.endpoint());
    socket_.set_option(Tcp::no_delay(true));
  }

  void Send() {
    uint64_t number = (*random_)() % options_.items;
    request_ = signer_->Request(workload_.OperationName(options_.operation),
                                workload_.Body(options_.operation, number));
    sent_at_ = SteadyClock::now();
    boost::asio::async_write(socket_, boost::asio::buffer(request_),
                             [self = shared_from_this()](boost::system::error_code error, size_t) {
                               if (error) throw boost::system::system_error(error, "write");
                               self->Receive();
                             });
  }

 private:
  void Receive() {
    socket_.async_read_some(
        boost::asio::buffer(chunk_),
        [self = shared_from_this()](boost::system::error_code error, size_t got) {
          if (error) throw boost::system::system_error(error, "read");
          self->buffer_.append(self->chunk_.data(), got);
          self->Take();
        });
  }

  void Take() {
    std::optional<HttpAnswer> answer = ReadAnswer(buffer_);
    if (!answer) return Receive();
    SteadyClock::time_point now = SteadyClock::now();
    Count(*answer, now);
    buffer_.erase(0, answer->length);
    if (now < schedule_.end) Send();
  }

  void Count(const HttpAnswer& answer, SteadyClock::time_point now) {
    if (answer.status != 200 || !workload_.IsRight(options_.operation, answer.body)) {
      if (tally_->wrong++ == 0) {
        tally_->first_wrong = fmt::format("{} {}", answer.status, answer.body.substr(0, 500));
      }
      return;
    }
    if (sent_at_ < schedule_.measure_from || now > schedule_.end) return;
    auto taken = std::chrono::duration_cast<std::chrono::nanoseconds>(now - sent_at_);
    tally_->latency.Record(static_cast<uint64_t>(taken.count()));
  }

  Tcp::socket socket_;
  const Options& options_;
  const Workload& workload_;
  const Schedule& schedule_;
  Signer* signer_;
  std::mt19937_64* random_;
  Tally* tally_;

  std::string request_;
  SteadyClock::time_point sent_at_;
  std::array<char, 65536> chunk_;
  std::string buffer_;
};

// `connections` of them in the calling thread, until the schedule ends.
void RunThread(const Options& options, const Workload& workload, const Schedule& schedule,
               int connections, uint64_t seed, Tally* tally) {
  boost::asio::io_context context(1);
  Signer signer(options.credentials, options.host(), options.fixed_signature);
  std::mt19937_64 random(seed);
  for (int i = 0; i < connections; ++i) {
    std::make_shared<Connection>(context, options, workload, schedule, &signer, &random, tally)
        ->Send();
  }
  context.run();
}

struct Outcome {
  Tally tally;
  double cpu_seconds = 0;  // of the server, while it was measured
  uint64_t resident_bytes = 0;
};

Outcome Run(const Options& options, const Workload& workload) {
  auto length = [](double seconds) {
    return std::chrono::duration_cast<SteadyClock::duration>(
        std::chrono::duration<double>(seconds));
  };
  Schedule schedule;
  schedule.measure_from = SteadyClock::now() + length(options.warmup);
  schedule.end = schedule.measure_from + length(options.seconds);

  std::vector<std::unique_ptr<Tally>> tallies;
  std::vector<std::exception_ptr> failures(options.threads);
  std::vector<std::thread> threads;
  for (int i = 0; i < options.threads; ++i) {
    Tally* tally = tallies.emplace_back(std::make_unique<Tally>()).get();
    int share = options.connections / options.threads + (i < options.connections % options.threads);
    threads.emplace_back([&, i, share, tally] {
      try {
        RunThread(options, workload, schedule, share, 1 + i, tally);
      } catch (...) {
        failures[i] = std::current_exception();
      }
    });
  }

  Outcome outcome;
  std::this_thread::sleep_until(schedule.measure_from);
  ProcessUsage before = options.pid ? UsageOf(options.pid) : ProcessUsage{};
  std::this_thread::sleep_until(schedule.end);
  ProcessUsage after = options.pid ? UsageOf(options.pid) : ProcessUsage{};
  for (std::thread& thread : threads) thread.join();
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
  outcome.cpu_seconds = after.cpu_seconds - before.cpu_seconds;
  outcome.resident_bytes = after.resident_bytes;
  for (const auto& tally : tallies) {
    outcome.tally.latency.Add(tally->latency);
    outcome.tally.wrong += tally->wrong;
    if (outcome.tally.first_wrong.empty()) outcome.tally.first_wrong = tally->first_wrong;
  }
  return outcome;
}

void Report(const Options& options, const Workload& workload, const Outcome& outcome) {
  const Histogram& latency = outcome.tally.latency;
  double count = static_cast<double>(latency.total());
  double rate = count / options.seconds;
  double cpu_us = count > 0 ? outcome.cpu_seconds * 1e6 / count : 0;
  auto ms = [&](double share) { return static_cast<double>(latency.Quantile(share)) / 1e6; };
  double resident_mib = static_cast<double>(outcome.resident_bytes) / (1 << 20);
  if (options.json) {
    fmt::print(R"({{"operation":"{}","connections":{},"seconds":{},"answers":{},"wrong":{},)"
               R"("per_second":{:.1f},"p50_ms":{:.3f},"p99_ms":{:.3f},"p999_ms":{:.3f},)"
               R"("cpu_us":{:.2f},"resident_mib":{:.1f}}})"
               "\n",
               workload.OperationName(options.operation), options.connections, options.seconds,
               latency.total(), outcome.tally.wrong, rate, ms(0.5), ms(0.99), ms(0.999), cpu_us,
               resident_mib);
  } else {
    fmt::print(
        "{}: {:.0f} answers a second over {} connections; p50 {:.3f} ms, p99 {:.3f} ms, "
        "p99.9 {:.3f} ms\n",
        workload.OperationName(options.operation), rate, options.connections, ms(0.5), ms(0.99),
        ms(0.999));
    if (options.pid) {
      fmt::print("server: {:.2f} us of processor time an answer, {:.1f} MiB resident\n", cpu_us,
                 resident_mib);
    }
  }
  if (outcome.tally.wrong > 0) {
    fmt::print(stderr, "{} answers were wrong, the first: {}\n", outcome.tally.wrong,
               outcome.tally.first_wrong);
  }
}

int Main(int argc, char** argv) {
  Options options;
  CLI::App app("Keeps a DynamoDB-compatible server on loopback busy, and says how it fared.");
  const std::map<std::string, Operation> operations = {
      {"get", Operation::kGet}, {"put", Operation::kPut}, {"query", Operation::kQuery}};
  app.add_option("--port", options.port, "of the server, on 127.0.0.1");
  app.add_option("--table", options.table, "name of the table");
  app.add_option("--operation", options.operation, "get, put or query (ten items)")
      ->transform(CLI::CheckedTransformer(operations));
  app.add_option("--connections", options.connections, "open at once")->check(CLI::PositiveNumber);
  app.add_option("--threads", options.threads, "of this program")->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds, "that are measured")->check(CLI::PositiveNumber);
  app.add_option("--warmup", options.warmup, "seconds before them");
  app.add_option("--items", options.items, "in the table")->check(CLI::PositiveNumber);
  app.add_option("--item-bytes", options.item_bytes, "size of an item, about");
  app.add_option("--pid", options.pid, "of the server, to see what it uses");
  app.add_option("--access-key", options.credentials.access_key, "");
  app.add_option("--secret-key", options.credentials.secret_key, "");
  app.add_option("--region", options.credentials.region, "");
  app.add_flag("--prepare", options.prepare, "create and fill the table, and do nothing else");
  app.add_flag("--fixed-signature", options.fixed_signature,
               "sign once only: for a server that does not verify");
  app.add_flag("--json", options.json, "one line of JSON");
  CLI11_PARSE(app, argc, argv);

  Workload workload(options.table, options.item_bytes);
  try {
    if (options.prepare) {
      Prepare(options, workload);
      return 0;
    }
    Outcome outcome = Run(options, workload);
    Report(options, workload, outcome);
    return outcome.tally.wrong == 0 ? 0 : 1;
  } catch (const std::exception& failure) {
    fmt::print(stderr, "{}\n", failure.what());
    return 1;
  }
}

}  // namespace
}  // namespace stator::bench

int main(int argc, char** argv) { return stator::bench::Main(argc, argv); }
