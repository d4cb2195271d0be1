#include <CLI/CLI.hpp>

#include "server/commands.h"

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
