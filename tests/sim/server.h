// The server of a run, from decoded requests down to a store that can lose its power.
#ifndef STATOR_SIM_SERVER_H_
#define STATOR_SIM_SERVER_H_

#include <simdjson.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/service.h"
#include "blocking_engine.h"
#include "context.h"
#include "fiber.h"
#include "kinesis/delivery.h"
#include "kinesis/streams.h"
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

  // As Service::Execute, of an operation of DynamoDB, or of one with its service before a dot.
  void Execute(const std::string& operation, const std::string& body, AnswerDone done);

  // Takes the power away and starts again with what the store kept. What was under way is never
  // answered (its completions run, but to no effect). False if it could not be brought to an end,
  // or not opened.
  bool Crash(bool write_reached_device);

  SimEngine& engine() { return *engine_; }
  // What the server does on threads of its own besides: each on a stack of its own here.
  enum TaskKind { kJobs, kLogKeeper, kSweeper, kDelivery };
  static constexpr TaskKind kTasks[] = {kJobs, kLogKeeper, kSweeper, kDelivery};
  static const char* NameOf(TaskKind kind);
  // It is in the middle of something, and can go on with it.
  bool MayGoOn(TaskKind kind) const;
  // It is not, and there is, or may be, something to be done.
  bool MayStart(TaskKind kind) const;
  // REQUIRES: one of these.
  void Step(TaskKind kind);
  bool TasksAreBusy() const;
  // When jobs are due next; they look for old tokens once a minute, too.
  int64_t NextJob() const;

  // Those who bring changes to Kinesis forget all that is not in the store. False: they are in the
  // middle of something.
  bool RestartDelivery();
  // There was something to deliver when it was last looked.
  bool DeliveryHasMore() const { return delivery_has_more_; }
  // How often a table's Kinesis destination failed, by the table's name: changes were too old.
  const std::map<std::string, int>& failed_destinations() const { return failed_destinations_; }

  StoreContent Content();

 private:
  void Open(std::unique_ptr<MemoryStore> memory);
  void Close();
  bool FinishAll();
  void Leave();
  void RunTask(TaskKind kind);
  void OnReport(const std::string& text);

  Context* const context_;
  Sabotage sabotage_;
  std::vector<std::unique_ptr<Fiber>> fibers_;  // by TaskKind
  SimEngine* engine_ = nullptr;                 // at the bottom of the database
  BlockingEngine* blocking_ = nullptr;          // at its top
  std::unique_ptr<kinesis::Streams> streams_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<kinesis::Delivery> delivery_;
  std::unique_ptr<Service> service_;
  bool delivery_has_more_ = false;
  std::map<std::string, int> failed_destinations_;
  simdjson::dom::parser parser_;
  std::string body_;
};

}  // namespace stator::sim

#endif  // STATOR_SIM_SERVER_H_
