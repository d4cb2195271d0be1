// Creating the table and filling it.
#ifndef STATOR_BENCH_FILL_H_
#define STATOR_BENCH_FILL_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "connection.h"
#include "signer.h"
#include "workload.h"

namespace stator::bench {

struct Target {
  uint16_t port = 8000;
  Credentials credentials;
  bool fixed_signature = false;

  std::string host() const;
};

// One request after another, waiting for each. Throws as Connection does.
class BlockingClient {
 public:
  explicit BlockingClient(const Target& target);
  // HTTP status and body.
  std::pair<int, std::string> Call(std::string_view operation, std::string_view body);
  // The body. Throws std::runtime_error for any status but 200.
  std::string MustCall(std::string_view operation, std::string_view body);

 private:
  Connection connection_;
  Signer signer_;
};

struct FillOutcome {
  double seconds = 0;  // from the first batch to the last answer, the making of the table left out
  uint64_t requests = 0;
  uint64_t unprocessed = 0;  // answers that left items to send again
  uint64_t retried = 0;      // requests refused by an error that may pass
};

// By BatchWriteItem over so many connections. What is left unprocessed is sent again. Throws
// std::runtime_error for any error that does not pass.
FillOutcome CreateAndFill(const Target& target, const Workload& workload, int connections);

}  // namespace stator::bench

#endif  // STATOR_BENCH_FILL_H_
