// The functions that mappings may call, and where records go that could not be delivered: what the
// operator has configured. The API cannot add any: a command is a program on the server's machine.
#ifndef STATOR_EVENTS_FUNCTIONS_H_
#define STATOR_EVENTS_FUNCTIONS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stator {

struct FunctionTarget {
  std::string name;
  // One of the two.
  std::string url;                   // gets the event as a POST
  std::vector<std::string> command;  // program and arguments; gets it on standard input
  int64_t timeout_ms = 60'000;       // for an answer
};

struct FailureTarget {
  std::string arn;  // as mappings name it: of a queue, a topic, a bucket, anything
  // One of these.
  std::string url;    // gets a POST
  std::string file;   // gets a line
  std::string table;  // gets an item; in the mapping's account and region
};

// Immutable.
class Functions {
 public:
  Functions() = default;
  // Errors: kInvalidArgument for a name or ARN that is empty or there twice, a bad URL, and what
  // has not one target.
  static Result<Functions> Create(std::vector<FunctionTarget> functions,
                                  std::vector<FailureTarget> destinations);

  // nullptr if there is none.
  const FunctionTarget* Find(std::string_view name) const;
  const FailureTarget* FindDestination(std::string_view arn) const;

 private:
  std::vector<FunctionTarget> functions_;
  std::vector<FailureTarget> destinations_;
};

}  // namespace stator

#endif  // STATOR_EVENTS_FUNCTIONS_H_
