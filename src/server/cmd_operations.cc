#include <CLI/CLI.hpp>

#include <iostream>

#include "api/describe.h"
#include "server/commands.h"

namespace stator {

// Not in the help: for tools/check_operations.py, which writes docs/operations.md from it.
void AddOperationsCommand(CLI::App* app, int*) {
  app->add_subcommand("operations", "Print what is supported, as JSON")->group("")->callback([] {
    std::cout << DescribeOperationsJson();
  });
}

}  // namespace stator
