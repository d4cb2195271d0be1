// Calls functions, and puts aside what they did not take: over HTTP, as programs, into files and
// tables.
#ifndef STATOR_EVENTS_FUNCTION_CALLER_H_
#define STATOR_EVENTS_FUNCTION_CALLER_H_

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/service.h"
#include "events/functions.h"
#include "events/invocation.h"
#include "net/http_client.h"

namespace stator {

// Thread-safe; calls block until there is an answer, or until Cancel.
class FunctionCaller {
 public:
  // `database` has the tables that items are put into; it must outlive the caller.
  explicit FunctionCaller(Database* database) : database_(database), service_(database) {}

  // An answer of 2xx, or exit code 0, is the function's. What Lambda's own runtimes say of errors
  // is understood: the header X-Amz-Function-Error, or an object with errorType and errorMessage.
  // 429, 502, 503, 504 and a connection that cannot be made count as not invoked, and so does a
  // program that cannot be started.
  Invocation Invoke(const FunctionTarget& function, const std::string& event);

  // A record of Lambda's form for failures. `payload` is put beside it: into the JSON for URLs and
  // files, and for tables if it fits an item. Errors: kIoError, with what went wrong.
  Result<void> PutAside(const FailureTarget& destination, const FailureRecord& record,
                        const std::string& payload);

  // Ends what is under way, and what comes: it counts as not invoked.
  void Cancel() { cancelled_ = true; }
  bool cancelled() const { return cancelled_; }

 private:
  Expected<HttpReply, HttpFailure> Post(const std::string& url, const std::string& body,
                                        int64_t timeout_ms);
  Invocation InvokeUrl(const FunctionTarget& function, const std::string& event);
  Invocation InvokeProgram(const FunctionTarget& function, const std::string& event);
  Result<void> PutUrl(const std::string& url, const std::string& json);
  Result<void> PutFile(const std::string& file, const std::string& json);
  Result<void> PutItem(const std::string& table, const FailureRecord& record,
                       const std::string& payload);

  Database* const database_;
  const Service service_;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;  // of idle_, and of writing files
  std::map<std::string, std::vector<std::unique_ptr<HttpConnection>>> idle_;  // by authority
};

}  // namespace stator

#endif  // STATOR_EVENTS_FUNCTION_CALLER_H_
