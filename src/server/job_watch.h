// Jobs that run in the server: a command starts one, and looks how it gets on until it has ended.
// It goes on without the command.
#ifndef STATOR_SERVER_JOB_WATCH_H_
#define STATOR_SERVER_JOB_WATCH_H_

#include <simdjson.h>

#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "server/api_client.h"

namespace stator {

struct JobState {
  enum class Stage { kRunning, kDone, kFailed };

  Stage stage = Stage::kRunning;
  std::string text;  // how far it is, what has come of it, or why it failed
};

struct Job {
  std::string name;       // "import"
  std::string operation;  // that describes it, and its request
  std::string request;
  std::string watch_with;  // the command that watches it again
};

// How much of it is done, 0 to 1; nothing: that cannot be known.
using PartOfJob = std::function<std::optional<double>(const simdjson::dom::element&)>;

// Says on standard error how to watch it again, then how it gets on, and what has come of it. Asks
// at least once a second. `part_of` is asked of a job that runs, as `read` has said, and where
// there is a terminal to draw a bar on. Errors: those of CallForJson; kIoError if the job failed.
Result<void> WatchJob(ApiClient* client, const Job& job,
                      JobState (*read)(const simdjson::dom::element&), const PartOfJob& part_of);

// What is there in the answer, as "/Table/ItemCount"; 0 if it cannot be had.
uint64_t AskForCount(ApiClient* client, std::string_view operation, const std::string& request,
                     std::string_view pointer);

// The same client, but that it asks once: for requests that make something anew each time.
ApiClientOptions AskingOnce(ApiClientOptions options);

}  // namespace stator

#endif  // STATOR_SERVER_JOB_WATCH_H_
