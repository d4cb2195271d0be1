// The server of a run, from decoded requests down to a store that can lose its power.
#ifndef STATOR_SIM_SERVER_H_
#define STATOR_SIM_SERVER_H_

#include <simdjson.h>

#include <memory>
#include <optional>
#include <string>

#include "api/service.h"
#include "context.h"
#include "fiber.h"
#include "jobs_engine.h"
#include "sim_engine.h"
#include "state_check.h"
#include "table/database.h"
#include "world.h"

namespace stator::sim {

class Server {
 public:
  // `context` must outlive it. Starts with an empty store.
  Server(Context* context, Sabotage sabotage);
  ~Server();

  // As Service::Execute.
  void Execute(const std::string& operation, const std::string& body, AnswerDone done);

  // Takes the power away and starts again with what the store kept. What was under way is never
  // answered (its completions run, but to no effect). False if it could not be brought to an end,
  // or not opened.
  bool Crash(bool write_reached_device);

  SimEngine& engine() { return *engine_; }
  bool JobsHaveWork() const;
  void StepJobs();
  // When jobs are due next; they look for old tokens once a minute, too.
  int64_t NextJob() const;
  bool JobsAreBusy() const { return jobs_->busy(); }
  StoreContent Content();

 private:
  void Open(std::unique_ptr<MemoryStore> memory);
  bool FinishAll();
  void Leave();

  Context* const context_;
  Sabotage sabotage_;
  std::unique_ptr<Fiber> jobs_ = std::make_unique<Fiber>();
  SimEngine* engine_ = nullptr;        // at the bottom of the database
  JobsEngine* jobs_engine_ = nullptr;  // at its top
  std::unique_ptr<Database> database_;
  std::unique_ptr<Service> service_;
  simdjson::dom::parser parser_;
  std::string body_;
};

}  // namespace stator::sim

#endif  // STATOR_SIM_SERVER_H_
