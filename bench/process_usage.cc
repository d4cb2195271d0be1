#include "process_usage.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>

namespace stator::bench {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// False if the process is gone.
bool AddProcess(int pid, ProcessUsage* usage) {
  const std::string stat = Contents(fmt::format("/proc/{}/stat", pid));
  // The name may hold anything, blanks and brackets too.
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return false;
  std::istringstream fields(stat.substr(name_end + 2));
  std::string field;
  for (int number = 3; number <= 15 && fields >> field; ++number) {  // as proc(5) counts them
    if (number < 14) continue;
    usage->cpu_seconds += std::stod(field) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  std::istringstream status(Contents(fmt::format("/proc/{}/status", pid)));
  for (std::string line; std::getline(status, line);) {
    const size_t colon = std::min(line.find(':'), line.size() - 1);
    const std::string name = line.substr(0, colon);
    if (name == "VmRSS") usage->resident_bytes += std::stoull(line.substr(colon + 1)) << 10;
    if (name == "VmHWM") usage->peak_bytes += std::stoull(line.substr(colon + 1)) << 10;
  }
  return true;
}

void AddTree(int pid, ProcessUsage* usage) {
  if (!AddProcess(pid, usage)) return;
  std::error_code gone;
  for (const auto& task :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), gone)) {
    std::istringstream children(Contents(task.path() / "children"));
    for (int child = 0; children >> child;) AddTree(child, usage);
  }
}

}  // namespace

ProcessUsage UsageOf(int pid) {
  if (!std::filesystem::exists(fmt::format("/proc/{}", pid))) {
    throw std::runtime_error(fmt::format("no process {}", pid));
  }
  ProcessUsage usage;
  AddTree(pid, &usage);
  return usage;
}

double MachineCpuSeconds() {
  std::istringstream fields(Contents("/proc/stat"));
  std::string name;
  double user = 0, nice = 0, system = 0;
  fields >> name >> user >> nice >> system;
  return (user + nice + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double OwnCpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace stator::bench
