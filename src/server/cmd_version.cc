#include <CLI/CLI.hpp>

#include <iostream>

#include "server/commands.h"
#include "server/version.h"

namespace stator {

void AddVersionCommand(CLI::App* app, int*) {
  app->add_subcommand("version", "Print the version")->callback([] {
    std::cout << "stator " << kVersion << "\n";
  });
}

}  // namespace stator
