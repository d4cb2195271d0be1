// Lambda's API of event source mappings (API version 2015-03-31, JSON over paths and methods).
#ifndef STATOR_EVENTS_MAPPING_API_H_
#define STATOR_EVENTS_MAPPING_API_H_

#include <functional>
#include <string>
#include <string_view>

#include "api/service.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/unique_function.h"
#include "events/functions.h"
#include "events/mapping_requests.h"
#include "events/mapping_store.h"
#include "events/shard_source.h"

namespace stator {

// Thread-safe.
class MappingApi {
 public:
  struct Options {
    MappingStore* store = nullptr;  // all of these outlive the API
    ShardSource* source = nullptr;
    const Functions* functions = nullptr;
    const Clock* clock = nullptr;
    Random* random = nullptr;
    // What the runner last did for a mapping, in Lambda's words; empty: nothing yet.
    std::function<std::string(const std::string& uuid)> last_result;
  };
  explicit MappingApi(Options options) : options_(std::move(options)) {}

  // Whether a path is one of this API's.
  static bool Takes(std::string_view path);

  struct Request {
    std::string_view method;
    std::string_view path;
    std::string_view query;
    std::string_view body;
  };
  struct Reply {
    int status = 200;
    std::string body;
    std::string error_type;  // of the header x-amzn-ErrorType; empty: none
  };
  using Done = UniqueFunction<void(Reply)>;

  static Reply ErrorReply(const LambdaError& error);

  // Reads `request` before it returns. Calls `done` once, inside the call or later on another
  // thread. Waits for nothing.
  void Handle(const Request& request, const Caller& caller, Done done);

 private:
  void Create(std::string_view body, const Caller& caller, Done done);
  void Store(Mapping mapping, Result<std::string> latest, Done done);
  void Update(const std::string& uuid, std::string_view body, const Caller& caller, Done done);
  void Delete(const std::string& uuid, const Caller& caller, Done done);
  Reply Get(const std::string& uuid, const Caller& caller);
  Reply List(std::string_view query, const Caller& caller);

  std::string Describe(const Mapping& mapping) const;
  std::string Describe(const Mapping& mapping, std::string_view state) const;
  Reply Accept(const Mapping& mapping, std::string_view state) const;
  // nullptr: there is none of the caller's.
  MappingPtr Find(const std::string& uuid, const Caller& caller) const;
  std::string NewUuid() const;

  const Options options_;
};

}  // namespace stator

#endif  // STATOR_EVENTS_MAPPING_API_H_
