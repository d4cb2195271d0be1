// load: keeps a DynamoDB-compatible server on loopback busy, and says how it fared.
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "fill.h"
#include "report.h"
#include "runner.h"
#include "stream.h"

namespace stator::bench {
namespace {

struct Options {
  RunOptions run;
  Stream base;
  std::string item_bytes = "1KiB";
  std::string operation = "get";
  std::vector<std::string> streams;
  bool prepare = false;
  bool json = false;
  bool verify_counter = false;
};

// Thousands of connections need as many descriptors.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// The attribute "hits" of the item that the stream begins with; 0 if it has none.
uint64_t ReadCounter(const Target& target, const Stream& stream) {
  Random random(1);
  std::string body;
  Workload(stream.table).AppendBody(Operation::kGet, stream.first, "", &random, &body);
  const std::string answer = BlockingClient(target).MustCall("GetItem", body);
  constexpr std::string_view kHits = R"("hits":{"N":")";
  const size_t at = answer.find(kHits);
  uint64_t value = 0;
  if (at != std::string::npos) {
    std::from_chars(answer.data() + at + kHits.size(), answer.data() + answer.size(), value);
  }
  return value;
}

// Whether every update that was acknowledged is in the counter, and no other.
bool CounterIsRight(uint64_t before, uint64_t after, const Tally& tally) {
  uint64_t unknown = 0;
  for (const auto& [type, count] : tally.errors) unknown += count;
  const bool right =
      after - before >= tally.acknowledged && after - before <= tally.acknowledged + unknown;
  fmt::print(stderr, "the counter grew by {}; {} updates were acknowledged: {}\n", after - before,
             tally.acknowledged, right ? "right" : "WRONG");
  return right;
}

int Fill(const Options& options) {
  for (const std::string& text : options.streams) {
    const Stream stream = ParseStream(text, options.base);
    const FillOutcome outcome =
        CreateAndFill(options.run.target, Workload(stream.table), stream.connections);
    const int pid = options.run.server_pid;
    fmt::print("{}", options.json
                         ? JsonLine(stream.table, outcome, pid ? UsageOf(pid) : ProcessUsage{})
                         : Text(stream.table, outcome));
  }
  return 0;
}

int RunStreams(const Options& options) {
  std::vector<Stream> streams;
  for (const std::string& text : options.streams)
    streams.push_back(ParseStream(text, options.base));
  const Target& target = options.run.target;
  const uint64_t before = options.verify_counter ? ReadCounter(target, streams[0]) : 0;
  const RunOutcome outcome = Run(options.run, streams);
  fmt::print("{}", options.json ? JsonLines(options.run, streams, outcome)
                                : Text(options.run, streams, outcome));
  std::fflush(stdout);
  bool right = true;
  if (options.verify_counter) {
    right = CounterIsRight(before, ReadCounter(target, streams[0]), outcome.operations[0].tally);
  }
  for (const OperationOutcome& one : outcome.operations) right &= one.tally.errors.empty();
  return right ? 0 : 1;
}

int Main(int argc, char** argv) {
  Options options;
  Target& target = options.run.target;
  TableShape& table = options.base.table;
  CLI::App app(
      "Keeps a DynamoDB-compatible server on loopback busy, and says how it fared. Exit code 1 if "
      "any answer was not right.");
  app.add_option("--port", target.port, "of the server, on 127.0.0.1");
  app.add_option("--operation", options.operation,
                 "get, put, update, query, batch-get, batch-write, transact or scan; several with "
                 "their weights: get:9,put:1");
  app.add_option(
      "--stream", options.streams,
      "instead of --operation, and as often as wanted: \"MIX connections=N rate=R zipf=T "
      "first=N count=N name=X table=X items=N item-bytes=N indexes=N\"; what is left out "
      "is as the options say");
  app.add_option("--connections", options.base.connections, "open at once")
      ->check(CLI::PositiveNumber);
  app.add_option("--rate", options.base.rate,
                 "requests a second, sent on time whatever the answers take; latency counts from "
                 "the time to send. 0: as fast as the answers come");
  app.add_option("--zipf", options.base.zipf, "theta of Zipf's law for the items; 0: uniform");
  app.add_option("--table", table.name, "its name");
  app.add_option("--items", table.items, "in the table")->check(CLI::PositiveNumber);
  app.add_option("--item-bytes", options.item_bytes, "of an item by DynamoDB's measure: 40KiB");
  app.add_option("--indexes", table.indexes, "global indexes of the table")->check(CLI::Range(20));
  app.add_flag("!--keys-only", table.project_all, "the indexes have the keys only");
  app.add_option("--threads", options.run.threads, "of this program")->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.run.seconds, "that are measured")->check(CLI::PositiveNumber);
  app.add_option("--warmup", options.run.warmup_seconds, "seconds before them");
  app.add_option(
      "--settle", options.run.settle_seconds,
      "seconds at the most to wait until the server rests; what it uses then counts too");
  app.add_option("--pid", options.run.server_pid, "of the server, to see what it uses");
  app.add_option("--access-key", target.credentials.access_key, "");
  app.add_option("--secret-key", target.credentials.secret_key, "");
  app.add_option("--region", target.credentials.region, "");
  app.add_flag("--prepare", options.prepare, "create and fill the table, and do nothing else");
  app.add_flag("--verify-counter", options.verify_counter,
               "with --operation update --items 1: compare the counter with the answers");
  app.add_flag("--fixed-signature", target.fixed_signature,
               "sign once only: for a server that does not verify");
  app.add_flag("--json", options.json, "a line of JSON for each operation");
  CLI11_PARSE(app, argc, argv);

  RaiseDescriptorLimit();
  try {
    table.item_bytes = ParseBytes(options.item_bytes);
    if (options.streams.empty()) options.streams.push_back(options.operation);
    return options.prepare ? Fill(options) : RunStreams(options);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "{}\n", failure.what());
    return 1;
  }
}

}  // namespace
}  // namespace stator::bench

int main(int argc, char** argv) { return stator::bench::Main(argc, argv); }
