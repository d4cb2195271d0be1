#include "events/event_sources.h"

#include <string>
#include <utility>

namespace stator {

Result<std::unique_ptr<EventSources>> EventSources::Start(Database* database, Functions functions,
                                                          ReportEvent report) {
  std::unique_ptr<EventSources> out(new EventSources(database, std::move(functions)));
  auto store = MappingStore::Open(&database->engine());
  if (!store) return Unexpected(std::move(store).error());
  out->store_ = std::move(*store);

  FunctionCaller* const caller = &out->caller_;
  MappingRunner::Options options;
  options.store = out->store_;
  options.source = &out->source_;
  options.functions = &out->functions_;
  options.clock = &database->clock();
  options.random = &database->random();
  options.invoke = [caller](const FunctionTarget& function, const std::string& event) {
    return caller->Invoke(function, event);
  };
  options.put_aside = [caller](const FailureTarget& target, const FailureRecord& record,
                               const std::string& payload) {
    return caller->PutAside(target, record, payload);
  };
  options.cancel = [caller] { caller->Cancel(); };
  options.report = std::move(report);
  out->runner_ = std::make_unique<MappingRunner>(std::move(options));

  MappingApi::Options api;
  api.store = out->store_.get();
  api.source = &out->source_;
  api.functions = &out->functions_;
  api.clock = &database->clock();
  api.random = &database->random();
  api.last_result = [runner = out->runner_.get()](const std::string& uuid) {
    return runner->LastResult(uuid);
  };
  out->api_ = std::make_unique<MappingApi>(std::move(api));
  out->runner_->Start();
  return out;
}

}  // namespace stator
