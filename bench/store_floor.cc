// What the parts below the server cost by themselves on this machine: a RocksDB get, a RocksDB put
// that is synced, an fdatasync. Prints a line of JSON for each.
#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "histogram.h"
#include "key_chooser.h"
#include "process_usage.h"
#include "storage/background_pace.h"
#include "storage/rocksdb_files.h"
#include "storage/rocksdb_options.h"
#include "words.h"

namespace stator::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr uint64_t kItems = 100'000;
constexpr size_t kItemBytes = 1024;
constexpr uint64_t kTexts = 256 << 10;  // different values

void Check(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

std::string Key(uint64_t number) { return fmt::format("partition-{:08}", number); }

// As the server opens it, by its default settings.
std::unique_ptr<rocksdb::DB> Open(const std::string& directory) {
  const EngineOptions options;
  rocksdb::DB* db = nullptr;
  rocksdb::Options rocks =
      MakeRocksOptions(options, DefaultRocksEnv(), true, rocksdb::NewLRUCache(size_t{256} << 20));
  PaceBackgroundWork(&rocks);
  Check(rocksdb::DB::Open(rocks, directory, &db));
  return std::unique_ptr<rocksdb::DB>(db);
}

// Calls `once` in so many threads for a while; reports the rate, and the processor time of this
// process for each call.
void Measure(std::string_view name, int threads, double seconds,
             const std::function<void(Random*)>& once) {
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> calls{0};
  std::vector<std::unique_ptr<Histogram>> latencies;
  std::vector<std::thread> workers;
  const double cpu_before = OwnCpuSeconds();
  for (int i = 0; i < threads; ++i) {
    Histogram* latency = latencies.emplace_back(std::make_unique<Histogram>()).get();
    workers.emplace_back([&, i, latency] {
      Random random(static_cast<uint64_t>(i) + 1);
      while (!stop.load(std::memory_order_relaxed)) {
        const auto begin = SteadyClock::now();
        once(&random);
        latency->Record(static_cast<uint64_t>((SteadyClock::now() - begin).count()));
      }
      calls += latency->total();
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (std::thread& worker : workers) worker.join();
  const double cpu = OwnCpuSeconds() - cpu_before;
  Histogram all;
  for (const auto& latency : latencies) all.Add(*latency);
  fmt::print(R"({{"floor":"{}","threads":{},"per_second":{:.0f},"cpu_us":{:.2f},)"
             R"("p50_ms":{:.4f},"p99_ms":{:.4f}}})"
             "\n",
             name, threads, static_cast<double>(calls) / seconds,
             cpu * 1e6 / static_cast<double>(calls), static_cast<double>(all.Quantile(0.5)) / 1e6,
             static_cast<double>(all.Quantile(0.99)) / 1e6);
}

void MeasureRocks(const std::string& directory, double seconds) {
  const std::unique_ptr<rocksdb::DB> db = Open(directory);
  const std::string text = Words(kItemBytes + kTexts);
  const auto put = [&](const rocksdb::WriteOptions& options, uint64_t number, Random* random) {
    Check(db->Put(options, Key(number), {text.data() + random->Below(kTexts), kItemBytes}));
  };
  Random all(0);
  for (uint64_t number = 0; number < kItems; ++number) put({}, number, &all);
  Check(db->Flush(rocksdb::FlushOptions()));
  Check(db->CompactRange(rocksdb::CompactRangeOptions(), nullptr, nullptr));
  const auto get = [&](Random* random) {
    rocksdb::PinnableSlice found;
    Check(db->Get(rocksdb::ReadOptions(), db->DefaultColumnFamily(), Key(random->Below(kItems)),
                  &found));
  };
  for (uint64_t i = 0; i < 2 * kItems; ++i) get(&all);  // into the cache
  Measure("rocksdb get", 2, seconds, get);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  Measure("rocksdb put, sync", 16, seconds,
          [&](Random* random) { put(synced, random->Below(kItems), random); });
}

// Appends to a file, as a log does.
void MeasureSync(const std::string& directory, size_t bytes, double seconds) {
  const std::string path = directory + "/sync";
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) throw std::system_error(errno, std::generic_category(), path);
  const std::string data = Words(bytes);
  Measure(fmt::format("fdatasync of {} KiB", bytes >> 10), 1, seconds, [&](Random*) {
    if (write(file, data.data(), data.size()) != static_cast<ssize_t>(data.size()) ||
        fdatasync(file) != 0) {
      throw std::system_error(errno, std::generic_category(), path);
    }
  });
  close(file);
}

int Main(int argc, char** argv) {
  std::string directory = std::filesystem::temp_directory_path().string();
  double seconds = 2;
  CLI::App app("What RocksDB and the disk cost by themselves.");
  app.add_option("--directory", directory, "where to make a directory for it, removed at the end");
  app.add_option("--seconds", seconds, "for each figure")->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  std::string place = directory + "/stator-floor-XXXXXX";
  if (!mkdtemp(place.data())) {
    std::perror(place.c_str());
    return 1;
  }
  int code = 0;
  try {
    MeasureRocks(place + "/rocksdb", seconds);
    MeasureSync(place, 1 << 10, seconds / 2);
    MeasureSync(place, 16 << 10, seconds / 2);
  } catch (const std::exception& failure) {
    fmt::print(stderr, "{}\n", failure.what());
    code = 1;
  }
  std::filesystem::remove_all(place);
  return code;
}

}  // namespace
}  // namespace stator::bench

int main(int argc, char** argv) { return stator::bench::Main(argc, argv); }
