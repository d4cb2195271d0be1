#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backup/check_backups.h"
#include "base/clock.h"
#include "server/commands.h"
#include "server/size_text.h"
#include "server/step_progress.h"
#include "storage/offline_store.h"
#include "table/check_report.h"
#include "table/check_tables.h"

namespace stator {
namespace {

enum ExitCode { kSound = 0, kDamaged = 1, kNotChecked = 2 };

struct CheckCommand {
  std::string directory;
  size_t max_problems = 20;
};

// Checks one directory, from the files up to what the tables mean.
class DirectoryCheck {
 public:
  explicit DirectoryCheck(const CheckCommand& command)
      : command_(command),
        report_({.kept_per_kind = command.max_problems,
                 .file_with =
                     [this](std::string_view key) { return store_ ? store_->FileWith(key) : ""; },
                 .on_problem = [this](const Problem& problem) { Print(problem); }}) {}

  ExitCode Run() {
    auto store = OfflineStore::Open(command_.directory);
    if (!store) return NotOpened(store.error());
    store_ = std::move(*store);
    if (store_->fault()) {
      refused_ = true;
      report_.Add({.kind = ProblemKind::kDirectory, .what = store_->fault()->message});
    }
    CheckFiles();
    CheckLogs();
    const CheckTotals totals = CheckData();
    CheckBackupFiles();
    for (const FileFinding& stray : store_->StrayFiles())
      report_.Note(stray.file + " " + stray.what);
    return Summarize(totals);
  }

 private:
  void Print(const Problem& problem) {
    progress_.Clear();
    fmt::print("{}\n", problem.Text());
    std::fflush(stdout);
  }

  ExitCode NotOpened(const Status& status) {
    if (status.code != StatusCode::kCorruption) {
      std::cerr << "stator check: " << status.message << "\n";
      return kNotChecked;
    }
    report_.Add({.kind = ProblemKind::kDirectory, .what = status.message});
    for (FileFinding& finding : VerifyLooseTableFiles(command_.directory)) {
      report_.Add({.kind = ProblemKind::kFile,
                   .file = std::move(finding.file),
                   .what = std::move(finding.what)});
    }
    fmt::print("damaged: the tables could not be looked at\n");
    return kDamaged;
  }

  void CheckFiles() {
    progress_.Begin("files");
    uint64_t total = 0, done = 0;
    const std::vector<TableFile> files = store_->TableFiles();
    for (const TableFile& file : files) total += file.bytes;
    for (const TableFile& file : files) {
      auto verified = store_->Verify(file);
      if (!verified) {
        report_.Add(
            {.kind = ProblemKind::kFile, .file = file.name, .what = verified.error().message});
      }
      done += file.bytes;
      progress_.Update(static_cast<double>(done) / static_cast<double>(total));
    }
    progress_.End(fmt::format("{}, {}", CountText(files.size(), "table file", "table files"),
                              SizeText(total)));
  }

  void CheckLogs() {
    progress_.Begin("log");
    for (const LogFinding& finding : store_->LogFindings()) AddFinding(finding);
    uint64_t bytes = 0;
    const std::vector<LogFile> logs = store_->LogFiles();
    for (const LogFile& log : logs) bytes += log.bytes;
    progress_.End(fmt::format("{}, {}, {}", CountText(logs.size(), "log file", "log files"),
                              SizeText(bytes),
                              CountText(store_->LogRecords(), "record", "records")));
  }

  void AddFinding(const LogFinding& finding) {
    if (finding.kind == LogFinding::Kind::kRoom) return;
    const std::string file = std::filesystem::path(finding.path).filename().string();
    if (finding.kind == LogFinding::Kind::kUnsyncedTail) {
      report_.Note(
          fmt::format("{}: {}: {} from there on were never synced, and go when a server opens",
                      file, finding.what, CountText(finding.cut_bytes, "byte", "bytes")));
      return;
    }
    refused_ = true;
    // A table file that is missing or cut was reported as such.
    if (file.ends_with(".sst")) return;
    const bool lost = finding.kind == LogFinding::Kind::kLostWrites;
    report_.Add({.kind = lost ? ProblemKind::kLog : ProblemKind::kDirectory,
                 .file = file,
                 .what = finding.what});
  }

  CheckTotals CheckData() {
    progress_.Begin("tables");
    const auto total = static_cast<double>(store_->BytesOnDisk("", ""));
    CheckOptions options;
    options.now_micros = SystemClock().NowMicros();
    options.progress = [&](std::string_view key) {
      if (progress_.IsDue())
        progress_.Update(static_cast<double>(store_->BytesOnDisk("", key)) / (total + 1));
    };
    const CheckTotals totals = CheckTables(store_.get(), options, &report_);
    progress_.End(fmt::format("{}, {}, {}, {}", CountText(totals.tables, "table", "tables"),
                              CountText(totals.items, "item", "items"),
                              CountText(totals.indexes, "index", "indexes"),
                              CountText(totals.entries, "index entry", "index entries")));
    return totals;
  }

  void CheckBackupFiles() {
    progress_.Begin("backups");
    const auto space = FileSpace::OnDisk(command_.directory + "/backups");
    progress_.End(
        CountText(CheckBackups(store_.get(), space.get(), &report_), "backup", "backups"));
  }

  ExitCode Summarize(const CheckTotals& totals) const {
    if (refused_) {
      fmt::print("note: a server would refuse to open it (docs/runbooks/damaged-data.md)\n");
    }
    for (const std::string& note : report_.notes()) fmt::print("note: {}\n", note);
    const std::string contents = fmt::format(
        "{} with {} ({}), {} with {} ({}), {}, {}", CountText(totals.tables, "table", "tables"),
        CountText(totals.items, "item", "items"), SizeText(totals.item_bytes),
        CountText(totals.indexes, "index", "indexes"),
        CountText(totals.entries, "entry", "entries"), SizeText(totals.entry_bytes),
        CountText(totals.tokens, "request token", "request tokens"),
        CountText(totals.change_records, "change record", "change records"));
    if (report_.total() == 0) {
      fmt::print("sound: {}\n", contents);
      return kSound;
    }
    std::string kinds;
    for (size_t i = 0; i < kProblemKinds; ++i) {
      const auto kind = static_cast<ProblemKind>(i);
      if (report_.count(kind) == 0) continue;
      kinds += fmt::format("{}{} {}", kinds.empty() ? "" : ", ", report_.count(kind), NameOf(kind));
    }
    fmt::print("damaged: {} ({}) in {}\n", CountText(report_.total(), "problem", "problems"), kinds,
               contents);
    return kDamaged;
  }

  const CheckCommand& command_;
  StepProgress progress_;
  std::unique_ptr<OfflineStore> store_;
  CheckReport report_;
  bool refused_ = false;  // by a server
};

}  // namespace

void AddCheckCommand(CLI::App* app, int* exit_code) {
  auto* command =
      app->add_subcommand("check", "Verify a data directory that no server uses; changes nothing");
  command->footer("Exit code: 0 sound, 1 damaged, 2 could not be checked.");
  auto values = std::make_shared<CheckCommand>();
  command->add_option("directory", values->directory, "The data directory")
      ->type_name("DIR")
      ->required();
  command
      ->add_option("--max-problems", values->max_problems,
                   "Problems of each kind to print; all are counted")
      ->type_name("NUMBER")
      ->capture_default_str();
  command->callback([values, exit_code] { *exit_code = DirectoryCheck(*values).Run(); });
}

}  // namespace stator
