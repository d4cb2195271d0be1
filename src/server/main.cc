#include <CLI/CLI.hpp>

#include "server/commands.h"

// For jemalloc, which is linked into release builds; MALLOC_CONF in the environment goes before it.
// By itself it gives memory back only while the threads that freed it allocate again, which an idle
// server's never do: a thread of its own does it after a second.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
}

int main(int argc, char** argv) {
  CLI::App app("A server that speaks DynamoDB's protocol.", "stator");
  app.require_subcommand(1);
  app.failure_message(CLI::FailureMessage::help);
  int exit_code = 0;
  for (const auto add :
       {stator::AddServeCommand, stator::AddLoadCommand, stator::AddDumpCommand,
        stator::AddBackupCommand, stator::AddRestoreCommand, stator::AddImportCommand,
        stator::AddExportCommand, stator::AddCheckCommand, stator::AddCompactCommand,
        stator::AddStatsCommand, stator::AddRepairCommand, stator::AddMappingsCommand,
        stator::AddTailCommand, stator::AddConfigCommand, stator::AddVersionCommand,
        stator::AddOperationsCommand}) {
    add(&app, &exit_code);
  }
  CLI11_PARSE(app, argc, argv);
  return exit_code;
}
