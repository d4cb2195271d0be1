#include "process_usage.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>

namespace stator::bench {

ProcessUsage UsageOf(int pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  size_t name_end = text.rfind(')');  // the name may hold anything, blanks and brackets too
  if (name_end == std::string::npos) throw std::runtime_error(fmt::format("no process {}", pid));
  std::istringstream fields(text.substr(name_end + 2));
  std::string field;
  double user = 0, system = 0;
  uint64_t pages = 0;
  for (int number = 3; number <= 24 && fields >> field; ++number) {  // as proc(5) counts them
    if (number == 14) user = std::stod(field);
    if (number == 15) system = std::stod(field);
    if (number == 24) pages = std::stoull(field);
  }
  ProcessUsage usage;
  usage.cpu_seconds = (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  usage.resident_bytes = pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return usage;
}

}  // namespace stator::bench
