#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include "server/commands.h"
#include "server/size_text.h"
#include "server/step_progress.h"
#include "storage/data_dir.h"
#include "storage/rocksdb_store.h"

namespace stator {
namespace {

uint64_t BytesIn(const std::string& directory) {
  uint64_t bytes = 0;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(directory, error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    const uint64_t size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  return bytes;
}

Result<void> CompactDirectory(const std::string& directory) {
  // Only a directory that is there already: opening would make it.
  if (auto there = DataDir::OpenForReading(directory); !there)
    return Unexpected<Status>(std::move(there.error()));
  const auto start = std::chrono::steady_clock::now();
  const uint64_t before = BytesIn(directory);
  {
    EngineOptions options;
    options.paced = false;
    options.report = [](EventLevel level, const std::string& message) {
      if (level != EventLevel::kInfo) std::cerr << "stator compact: " << message << "\n";
    };
    auto store = OpenRocksStore(directory, options);
    if (!store) return Unexpected<Status>(std::move(store.error()));
    StepProgress progress;
    progress.Begin("compacting");
    auto compacted = (*store)->Compact([&](double part) { progress.Update(part); });
    if (!compacted) return compacted;
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  fmt::print("{} before, {} after, in {:.1f} s\n", SizeText(before), SizeText(BytesIn(directory)),
             seconds.count());
  return {};
}

int RunCompact(const std::string& directory) {
  if (auto done = CompactDirectory(directory); !done) {
    std::cerr << "stator compact: " << done.error().message << "\n";
    return 1;
  }
  return 0;
}

}  // namespace

void AddCompactCommand(CLI::App* app, int* exit_code) {
  auto* command = app->add_subcommand(
      "compact",
      "Rewrite a data directory that no server uses without what was deleted or overwritten");
  auto directory = std::make_shared<std::string>();
  command->add_option("directory", *directory, "The data directory")->type_name("DIR")->required();
  command->callback([directory, exit_code] { *exit_code = RunCompact(*directory); });
}

}  // namespace stator
