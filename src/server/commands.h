// The subcommands of the program `stator`, one file each (cmd_*.cc).
#ifndef STATOR_SERVER_COMMANDS_H_
#define STATOR_SERVER_COMMANDS_H_

namespace CLI {
class App;
}  // namespace CLI

namespace stator {

// Adds a subcommand to `app` that sets *exit_code when it ran. `exit_code` outlives the app.
void AddServeCommand(CLI::App* app, int* exit_code);
void AddConfigCommand(CLI::App* app, int* exit_code);
void AddLoadCommand(CLI::App* app, int* exit_code);
void AddCheckCommand(CLI::App* app, int* exit_code);
void AddCompactCommand(CLI::App* app, int* exit_code);
void AddStatsCommand(CLI::App* app, int* exit_code);
void AddRepairCommand(CLI::App* app, int* exit_code);
void AddMappingsCommand(CLI::App* app, int* exit_code);
void AddTailCommand(CLI::App* app, int* exit_code);
void AddDumpCommand(CLI::App* app, int* exit_code);
void AddBackupCommand(CLI::App* app, int* exit_code);
void AddRestoreCommand(CLI::App* app, int* exit_code);
void AddImportCommand(CLI::App* app, int* exit_code);
void AddExportCommand(CLI::App* app, int* exit_code);
void AddVersionCommand(CLI::App* app, int* exit_code);
void AddOperationsCommand(CLI::App* app, int* exit_code);

}  // namespace stator

#endif  // STATOR_SERVER_COMMANDS_H_
