// What a function is sent, and what its answer means.
#ifndef STATOR_EVENTS_INVOCATION_H_
#define STATOR_EVENTS_INVOCATION_H_

#include <string>
#include <string_view>

#include "events/functions.h"
#include "events/lane.h"
#include "events/mapping.h"

namespace stator {

// {"Records":[...]}.
std::string EventOf(const Batch& batch);

struct Invocation {
  enum class Kind {
    kAnswered,
    kFunctionError,  // it was called, and failed
    kNotInvoked,     // it was not called, or had no room
  };
  Kind kind = Kind::kAnswered;
  int status = 200;
  std::string answer;  // of kAnswered: what the function returned
  std::string detail;  // of the others, for people
};

// How an answer of kAnswered is to be taken, if the mapping asks for ReportBatchItemFailures:
// {"batchItemFailures":[{"itemIdentifier":"<sequence number>"}]}. Records before the first of them
// are done. An answer that names something else counts as a failure of all.
BatchResult ReadItemFailures(std::string_view answer, const Batch& batch);

// The record of a batch that was given up, as Lambda sends it to a destination: with it the records
// can be found again in the stream. `payload` is the event, empty to leave it out.
struct FailureRecord {
  const Mapping* mapping = nullptr;
  std::string_view shard_id;
  const Batch* batch = nullptr;
  std::string_view request_id;
  int status = 0;  // of the last invocation; 0: there was none
  int64_t now_micros = 0;
};
std::string FailureRecordJson(const FailureRecord& record, std::string_view payload);

}  // namespace stator

#endif  // STATOR_EVENTS_INVOCATION_H_
