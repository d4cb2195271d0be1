#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "server/commands.h"
#include "storage/offline_store.h"
#include "storage/repair.h"

namespace stator {
namespace {

using Kind = LogFinding::Kind;

const char* NameOf(Kind kind) {
  switch (kind) {
    case Kind::kRoom:
      return "room for writes";
    case Kind::kUnsyncedTail:
      return "never synced";
    case Kind::kLostWrites:
      return "lost writes";
    case Kind::kBeyondRepair:
      return "beyond repair";
  }
  return "";
}

// Opens the database as a server would, but for reading only. The exit code.
int TryToOpen(const std::string& path) {
  const auto store = OfflineStore::Open(path);
  const std::optional<Status> fault =
      store ? (*store)->fault() : std::optional<Status>(store.error());
  if (!fault) {
    std::cout << "The database was opened, for reading: a server can open it. (stator check reads "
                 "all of it.)\n";
    return 0;
  }
  std::cout << "The database cannot be opened: " << fault->message
            << "\nThis is not repairable: restore a backup.\n";
  return 1;
}

int Repair(const std::string& path, bool accept) {
  auto outcome = RepairData(path, accept);
  if (!outcome) {
    std::cerr << "stator: " << outcome.error().message << "\n";
    return 1;
  }
  bool lost = false, beyond = false;
  for (const LogFinding& finding : outcome->findings) {
    if (finding.kind == Kind::kRoom) continue;
    std::cout << NameOf(finding.kind) << ": " << finding.path << ": " << finding.what;
    if (finding.cut_bytes > 0) {
      std::cout << "; " << finding.cut_bytes << " bytes from offset " << finding.cut_from << " on";
    }
    std::cout << "\n";
    lost = lost || finding.kind == Kind::kLostWrites;
    beyond = beyond || finding.kind == Kind::kBeyondRepair;
  }
  if (beyond) {
    std::cout << "Not repairable: restore a backup. Nothing was changed.\n";
    return 1;
  }
  if (lost && !outcome->changed) {
    std::cout << "Acknowledged writes are in what is listed. Nothing was changed; to give them up: "
                 "stator repair "
              << path << " --accept-lost-writes\n";
    return 1;
  }
  if (outcome->changed) {
    std::cout << "Given up, with copies in " << path << "/given-up.\n";
  } else {
    std::cout << "Nothing to repair; nothing was changed.\n";
  }
  return TryToOpen(path);
}

}  // namespace

void AddRepairCommand(CLI::App* app, int* exit_code) {
  auto* command = app->add_subcommand(
      "repair", "Say what keeps a data directory from being opened, and give it up if told so");
  auto path = std::make_shared<std::string>();
  auto accept = std::make_shared<bool>(false);
  command->add_option("dir", *path, "Data directory; no server may be using it")->required();
  command->add_flag("--accept-lost-writes", *accept,
                    "Cut the log where the damage begins: acknowledged writes after it are lost");
  command->callback([path, accept, exit_code] { *exit_code = Repair(*path, *accept); });
}

}  // namespace stator
