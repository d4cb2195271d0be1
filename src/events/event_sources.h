// Event source mappings as a whole: their API, and what runs them.
#ifndef STATOR_EVENTS_EVENT_SOURCES_H_
#define STATOR_EVENTS_EVENT_SOURCES_H_

#include <chrono>
#include <memory>
#include <vector>

#include "events/function_caller.h"
#include "events/functions.h"
#include "events/mapping_api.h"
#include "events/mapping_runner.h"
#include "events/mapping_store.h"
#include "events/stream_source.h"
#include "table/database.h"

namespace stator {

class EventSources {
 public:
  // Reads the mappings and begins to run them. `database` must outlive this.
  // Errors: those of reading.
  static Result<std::unique_ptr<EventSources>> Start(Database* database, Functions functions,
                                                     ReportEvent report);

  MappingApi& api() { return *api_; }
  // Thread-safe.
  std::vector<MappingFigures> Figures() const { return runner_->Figures(); }

  // Gives invocations under way some time to end. What is not known to be delivered is delivered
  // after the next start. Idempotent.
  void Stop(std::chrono::milliseconds grace) { runner_->Stop(grace); }

 private:
  EventSources(Database* database, Functions functions)
      : functions_(std::move(functions)), source_(database), caller_(database) {}

  const Functions functions_;
  StreamSource source_;
  FunctionCaller caller_;
  std::shared_ptr<MappingStore> store_;
  std::unique_ptr<MappingRunner> runner_;
  std::unique_ptr<MappingApi> api_;
};

}  // namespace stator

#endif  // STATOR_EVENTS_EVENT_SOURCES_H_
