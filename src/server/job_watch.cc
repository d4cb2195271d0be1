#include "server/job_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>

#include "net/back_off.h"
#include "server/api_json.h"
#include "server/step_progress.h"

namespace stator {
namespace {

constexpr std::chrono::milliseconds kLongestPause{1000};

}  // namespace

uint64_t AskForCount(ApiClient* client, std::string_view operation, const std::string& request,
                     std::string_view pointer) {
  simdjson::dom::parser parser;
  uint64_t count = 0;
  auto answer = CallForJson(client, operation, request, &parser);
  if (!answer || answer->at_pointer(pointer).get(count) != simdjson::SUCCESS) return 0;
  return count;
}

Result<void> WatchJob(ApiClient* client, const Job& job,
                      JobState (*read)(const simdjson::dom::element&), const PartOfJob& part_of) {
  fmt::print(stderr, "The {} runs in the server, also without this command, which looks on: {}\n",
             job.name, job.watch_with);
  const auto started = std::chrono::steady_clock::now();
  simdjson::dom::parser parser;
  StepProgress progress;
  progress.Begin(job.name, false);
  for (int attempt = 0;; ++attempt) {
    auto described = CallForJson(client, job.operation, job.request, &parser);
    if (!described) return Unexpected(std::move(described).error());
    const JobState state = read(*described);
    if (state.stage == JobState::Stage::kDone) {
      progress.End(state.text);
      return {};
    }
    if (state.stage == JobState::Stage::kFailed) return Fail(StatusCode::kIoError, state.text);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::steady_clock::now() - started);
    if (progress.IsDue()) {
      progress.Update(part_of(*described), fmt::format("{}  {} s", state.text, seconds.count()));
    }
    std::this_thread::sleep_for(std::min(BackOff(attempt), kLongestPause));
  }
}

ApiClientOptions AskingOnce(ApiClientOptions options) {
  options.max_attempts = 1;
  return options;
}

}  // namespace stator
