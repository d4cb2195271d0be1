#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/json_string.h"
#include "server/commands.h"
#include "server/size_text.h"
#include "server/step_progress.h"
#include "storage/format.h"
#include "storage/offline_store.h"
#include "table/layout.h"
#include "table/store_stats.h"

namespace stator {
namespace {

struct StatsCommand {
  std::string directory;
  bool exact = false;
  bool json = false;
};

struct RangeStats {
  std::string name;
  uint64_t disk_bytes = 0;
};

struct IndexStats {
  const IndexDefinition* index = nullptr;
  Counter entries;
  uint64_t disk_bytes = 0;
};

struct TableReport {
  TablePtr table;
  Counter items;
  uint64_t disk_bytes = 0;  // of the items
  int64_t largest_collection_bytes = 0;
  std::vector<IndexStats> indexes;
};

struct DirectoryStats {
  uint32_t format = 0;
  std::vector<TableFile> files;
  std::vector<LogFile> logs;
  std::vector<std::string> compressions;
  std::vector<RangeStats> ranges;
  std::vector<TableReport> tables;

  uint64_t FileBytes() const {
    uint64_t bytes = 0;
    for (const TableFile& file : files) bytes += file.bytes;
    return bytes;
  }
  uint64_t LogBytes() const {
    uint64_t bytes = 0;
    for (const LogFile& log : logs) bytes += log.bytes;
    return bytes;
  }
  // Files and bytes of each level.
  std::map<int, std::pair<uint64_t, uint64_t>> Levels() const {
    std::map<int, std::pair<uint64_t, uint64_t>> levels;
    for (const TableFile& file : files) {
      levels[file.level].first += 1;
      levels[file.level].second += file.bytes;
    }
    return levels;
  }
};

uint64_t DiskBytes(const OfflineStore& store, const KeyRange& range) {
  return store.BytesOnDisk(range.begin, range.end);
}

Result<DirectoryStats> Collect(OfflineStore* store, bool exact) {
  StepProgress progress;
  progress.Begin("counting");
  const auto total = static_cast<double>(store->BytesOnDisk("", ""));
  StoreWalk walk(store, [&](std::string_view key) {
    if (progress.IsDue())
      progress.Update(static_cast<double>(store->BytesOnDisk("", key)) / (total + 1));
  });
  auto tables = ReadTableStats(&walk, exact);
  progress.Clear();
  if (!tables) return Unexpected<Status>(std::move(tables.error()));

  DirectoryStats stats;
  stats.format = store->Format();
  stats.files = store->TableFiles();
  stats.logs = store->LogFiles();
  stats.compressions = store->Compressions();
  const std::pair<const char*, KeySpace> spaces[] = {
      {"definitions", KeySpace::kCatalog},
      {"request tokens", KeySpace::kToken},
      {"token expiry", KeySpace::kTokenExpiry},
      {"sizes", KeySpace::kSizeCounter},
      {"item collections", KeySpace::kCollectionCounter},
      {"items and entries", KeySpace::kData},
      {"expiry of items", KeySpace::kTimeToLive}};
  for (const auto& [name, space] : spaces)
    stats.ranges.push_back({name, DiskBytes(*store, AllKeys(space))});
  for (TableStats& table : *tables) {
    TableReport report{table.table,
                       table.items,
                       DiskBytes(*store, AllEntries(*table.table, nullptr)),
                       table.largest_collection_bytes,
                       {}};
    for (size_t i = 0; i < table.indexes.size(); ++i) {
      const IndexDefinition& index = table.table->indexes[i];
      report.indexes.push_back(
          {&index, table.indexes[i], DiskBytes(*store, AllEntries(*table.table, &index))});
    }
    stats.tables.push_back(std::move(report));
  }
  return stats;
}

std::string Quoted(std::string_view text) {
  std::string json;
  AppendJsonString(text, &json);
  return json;
}

std::string AsJson(const DirectoryStats& stats, const StatsCommand& command) {
  std::string levels, compressions, ranges, tables;
  const auto comma = [](const std::string& list) { return list.empty() ? "" : ","; };
  for (const auto& [level, sum] : stats.Levels()) {
    levels += fmt::format(R"({}{{"level":{},"files":{},"bytes":{}}})", comma(levels), level,
                          sum.first, sum.second);
  }
  for (const std::string& name : stats.compressions)
    compressions += comma(compressions) + Quoted(name);
  for (const RangeStats& range : stats.ranges) {
    ranges += fmt::format(R"({}{}:{})", comma(ranges), Quoted(range.name), range.disk_bytes);
  }
  for (const TableReport& table : stats.tables) {
    std::string indexes;
    for (const IndexStats& index : table.indexes) {
      indexes += fmt::format(
          R"({}{{"name":{},"global":{},"status":{},"entries":{},"bytes":{},"disk_bytes":{}}})",
          comma(indexes), Quoted(index.index->name), index.index->global,
          Quoted(NameOf(index.index->status)), index.entries.count, index.entries.bytes,
          index.disk_bytes);
    }
    tables +=
        fmt::format(R"({}{{"name":{},"account":{},"region":{},"number":{},"status":{},"items":{},)"
                    R"("bytes":{},"disk_bytes":{},"largest_collection_bytes":{},"indexes":[{}]}})",
                    comma(tables), Quoted(table.table->name), Quoted(table.table->scope.account_id),
                    Quoted(table.table->scope.region), table.table->id,
                    Quoted(NameOf(table.table->status)), table.items.count, table.items.bytes,
                    table.disk_bytes, table.largest_collection_bytes, indexes);
  }
  return fmt::format(
      R"({{"directory":{},"format":{},"exact":{},"table_files":{{"files":{},"bytes":{},)"
      R"("levels":[{}],"compressions":[{}]}},"log":{{"files":{},"bytes":{}}},)"
      R"("disk_bytes":{{{}}},"tables":[{}]}})",
      Quoted(command.directory), stats.format, command.exact, stats.files.size(), stats.FileBytes(),
      levels, compressions, stats.logs.size(), stats.LogBytes(), ranges, tables);
}

void PrintText(const DirectoryStats& stats, const StatsCommand& command) {
  fmt::print("{}: format {} (this version reads up to {})\n", command.directory, stats.format,
             kDataFormatVersion);
  fmt::print("table files: {}, {}", stats.files.size(), SizeText(stats.FileBytes()));
  for (const auto& [level, sum] : stats.Levels()) {
    fmt::print("; level {}: {}, {}", level, sum.first, SizeText(sum.second));
  }
  if (!stats.compressions.empty())
    fmt::print("; compression: {}", fmt::join(stats.compressions, ", "));
  fmt::print("\nlog files: {}, {}\n", stats.logs.size(), SizeText(stats.LogBytes()));
  fmt::print("in table files, about:");
  for (const RangeStats& range : stats.ranges) {
    fmt::print("{} {} {}", &range == stats.ranges.data() ? "" : ",", range.name,
               SizeText(range.disk_bytes));
  }
  fmt::print("\n");

  const auto row = [](const std::string& name, std::string_view status, const Counter& counter,
                      uint64_t disk) {
    fmt::print("{:<44} {:<9} {:>12} {:>12} {:>12}\n", name, status, counter.count,
               SizeText(static_cast<uint64_t>(std::max<int64_t>(counter.bytes, 0))),
               SizeText(disk));
  };
  fmt::print("\n{:<44} {:<9} {:>12} {:>12} {:>12}\n",
             command.exact ? "counted" : "by the server's counters", "status", "items", "size",
             "on disk");
  for (const TableReport& table : stats.tables) {
    row(fmt::format("{} ({}, {})", table.table->name, table.table->scope.account_id,
                    table.table->scope.region),
        NameOf(table.table->status), table.items, table.disk_bytes);
    if (table.largest_collection_bytes > 0) {
      fmt::print("  largest item collection: {} (--item-collection-limit-bytes)\n",
                 SizeText(static_cast<uint64_t>(table.largest_collection_bytes)));
    }
    for (const IndexStats& index : table.indexes) {
      row(fmt::format("  {} {}", index.index->global ? "global" : "local", index.index->name),
          NameOf(index.index->status), index.entries, index.disk_bytes);
    }
  }
}

int RunStats(const StatsCommand& command) {
  auto store = OfflineStore::Open(command.directory);
  if (!store) {
    std::cerr << "stator stats: " << store.error().message << "\n";
    return 1;
  }
  if ((*store)->fault()) {
    std::cerr << "stator stats: the directory is damaged (`stator check` says how): "
              << (*store)->fault()->message << "\n";
    return 1;
  }
  for (const LogFinding& finding : (*store)->LogFindings()) {
    if (finding.harmless()) continue;
    std::cerr << "stator stats: the directory is damaged (`stator check` says how): "
              << finding.path << ": " << finding.what << "\n";
    return 1;
  }
  auto stats = Collect(store->get(), command.exact);
  if (!stats) {
    std::cerr << "stator stats: " << stats.error().message << "\n";
    return 1;
  }
  if (command.json) {
    fmt::print("{}\n", AsJson(*stats, command));
  } else {
    PrintText(*stats, command);
  }
  return 0;
}

}  // namespace

void AddStatsCommand(CLI::App* app, int* exit_code) {
  auto* command =
      app->add_subcommand("stats", "Say what a data directory that no server uses holds");
  auto values = std::make_shared<StatsCommand>();
  command->add_option("directory", values->directory, "The data directory")
      ->type_name("DIR")
      ->required();
  command->add_flag("--exact", values->exact,
                    "Count items and entries instead of believing the counters");
  command->add_flag("--json", values->json, "For machines: one object");
  command->callback([values, exit_code] { *exit_code = RunStats(*values); });
}

}  // namespace stator
