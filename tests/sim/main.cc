// sim: runs of the whole server core under seeds, until one finds something wrong or the time is
// up.
#include <unistd.h>

#include <CLI/CLI.hpp>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <string>

#include "canaries.h"
#include "world.h"

namespace stator::sim {
namespace {

struct Totals {
  uint64_t runs = 0, operations = 0, unknown = 0, refused = 0, crashes = 0;
  void Add(const RunReport& report) {
    ++runs;
    operations += report.operations;
    unknown += report.unknown;
    refused += report.refused;
    crashes += report.crashes;
  }
};

void PrintFailure(uint64_t seed, const RunReport& report, const std::string& canary) {
  for (const std::string& line : report.trace) std::printf("%s\n", line.c_str());
  std::printf("\nseed %llu: %s\n", static_cast<unsigned long long>(seed),
              report.violation->c_str());
  std::printf("Again: sim --seed %llu --seeds 1%s\n", static_cast<unsigned long long>(seed),
              canary.empty() ? "" : (" --canary " + canary).c_str());
}

struct Options {
  uint64_t first_seed = 0;
  uint64_t seeds = 1'000'000;
  double seconds = 20;
  std::string canary;
  bool verbose = false;
  bool check_store = true;
};

// True if no run found anything.
bool RunAll(const Options& options) {
  const Canary* canary = options.canary.empty() ? nullptr : FindCanary(options.canary);
  const auto start = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  Totals totals;
  bool good = true;
  for (uint64_t seed = options.first_seed;
       totals.runs < options.seeds && elapsed() < options.seconds; ++seed) {
    alarm(60);  // a run takes milliseconds: one that waits for itself shall be seen
    RunReport report =
        RunSeed(seed, {canary != nullptr ? canary->make() : Sabotage{}, options.check_store});
    totals.Add(report);
    if (options.verbose)
      std::printf("seed %llu: trace %016llx\n", static_cast<unsigned long long>(seed),
                  static_cast<unsigned long long>(report.trace_hash));
    if (!report.violation) continue;
    PrintFailure(seed, report, options.canary);
    good = false;
    break;
  }
  std::printf(
      "%llu runs from seed %llu in %.1f s: %llu operations, of which %llu refused and %llu "
      "unknown; %llu crashes\n",
      static_cast<unsigned long long>(totals.runs),
      static_cast<unsigned long long>(options.first_seed), elapsed(),
      static_cast<unsigned long long>(totals.operations),
      static_cast<unsigned long long>(totals.refused),
      static_cast<unsigned long long>(totals.unknown),
      static_cast<unsigned long long>(totals.crashes));
  return good;
}

int Main(int argc, char** argv) {
  CLI::App app{"Simulates the server core and its clients under seeds, and checks what they saw."};
  Options options;
  app.add_option("--seed", options.first_seed, "the first seed (default: by the clock)");
  app.add_option("--seeds", options.seeds, "at most so many, one after the other");
  app.add_option("--seconds", options.seconds, "no new run after so long");
  app.add_option("--canary", options.canary, "break the server like this")
      ->check([](const std::string& name) {
        if (FindCanary(name) != nullptr) return std::string();
        std::string known = "known:";
        for (const Canary& canary : Canaries())
          known += "\n  " + std::string(canary.name) + ": " + std::string(canary.what);
        return known;
      });
  app.add_flag("!--history-only", options.check_store, "do not look into the store");
  app.add_flag("--verbose", options.verbose, "a line for each run");
  CLI11_PARSE(app, argc, argv);
  if (app.count("--seed") == 0) {
    options.first_seed =
        static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count()) %
        1'000'000'000;
  }
  return RunAll(options) ? 0 : 1;
}

}  // namespace
}  // namespace stator::sim

int main(int argc, char** argv) { return stator::sim::Main(argc, argv); }
