#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

#include "server/commands.h"
#include "server/config.h"

namespace stator {

void AddConfigCommand(CLI::App* app, int*) {
  auto* command =
      app->add_subcommand("config", "Print a configuration file with every setting at its default");
  auto markdown = std::make_shared<bool>(false);
  command->add_flag("--markdown", *markdown, "Print the settings as a table in Markdown instead");
  command->callback(
      [markdown] { std::cout << (*markdown ? SettingsAsMarkdown() : SettingsAsToml()); });
}

}  // namespace stator
