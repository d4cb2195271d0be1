#include "world.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "checker.h"
#include "kinesis_follower.h"
#include "server.h"
#include "stream_follower.h"
#include "stream_ledger.h"
#include "workload.h"

namespace stator::sim {
namespace {

constexpr int64_t kSecond = 1'000'000;
constexpr int kMostSteps = 100'000;

// A request on its way, perhaps for a second time.
struct Sent {
  Request request;
  size_t first = 0;  // its operations in the history
  int attempts = 0;
  uint64_t faults = 0;   // before the last attempt
  bool failing = false;  // the store refused writes then
  bool settled = false;  // the history has its outcome
};
using SentPtr = std::shared_ptr<Sent>;

struct Client {
  std::string name;
  SentPtr waits_for;
  uint64_t serial = 0;  // of the attempt that it waits for; answers to others are ignored
  SentPtr again;        // to be sent once more
};

class World {
 public:
  World(uint64_t seed, RunOptions options)
      : check_store_(options.check_store),
        context_(seed),
        ledger_(&context_),
        server_(&context_, std::move(options.sabotage)),
        workload_(&context_, &ledger_) {
    for (int i = 0; i < context_.settings().clients; ++i)
      clients_.push_back({"c" + std::to_string(i + 1)});
    clients_.push_back({"admin"});
    operations_left_ = context_.settings().operations;
    if (context_.settings().streams) AddFollowers();
  }

  RunReport Run() {
    Begin();
    for (int step = 0; operations_left_ > 0 && Alive(); ++step) Step();
    Rest();
    if (Alive() && context_.Percent(50)) {
      Crash();
      Rest();
    }
    End();
    ++generation_;  // what is still answered, as the server ends, goes nowhere
    return Report();
  }

 private:
  bool Alive() const { return !violation_; }
  void Fail(std::string text) {
    if (!violation_) violation_ = std::move(text);
  }
  Client& admin() { return clients_.back(); }

  // -- the course of a run

  void Begin() {
    for (Request& request : workload_.Beginning()) {
      Send(&admin(), std::make_shared<Sent>(Sent{std::move(request)}));
      Rest();
    }
  }

  struct Choice {
    int weight;
    std::function<void()> act;
  };

  void Step() {
    std::vector<Choice> choices;
    AddClients(&choices);
    AddMachinery(&choices);
    AddBackground(&choices);
    AddTroubles(&choices);
    uint64_t sum = 0;
    for (const Choice& choice : choices) sum += static_cast<uint64_t>(choice.weight);
    uint64_t point = context_.Below(sum);
    for (const Choice& choice : choices) {
      if (point < static_cast<uint64_t>(choice.weight)) return choice.act();
      point -= static_cast<uint64_t>(choice.weight);
    }
  }

  void AddClients(std::vector<Choice>* choices) {
    for (Client& client : clients_) {
      if (client.waits_for) continue;
      if (&client == &admin()) {
        choices->push_back({context_.settings().definition_weight, [this, &client] {
                              Send(&client,
                                   std::make_shared<Sent>(Sent{workload_.NextDefinition()}));
                            }});
      } else {
        choices->push_back({60, [this, &client] { SendNext(&client); }});
      }
    }
  }

  void SendNext(Client* client) {
    if (client->again) return Send(client, std::exchange(client->again, nullptr));
    --operations_left_;
    Send(client, std::make_shared<Sent>(Sent{workload_.Next()}));
  }

  // What the server would do on its other threads.
  void AddMachinery(std::vector<Choice>* choices) {
    SimEngine& engine = server_.engine();
    for (size_t i = 0; i < engine.Waiting(); ++i) {
      if (engine.MayGo(i)) choices->push_back({50, [&engine, i] { engine.Go(i); }});
    }
    if (engine.FlusherHasWork()) {
      choices->push_back({100, [this, &engine] {
                            context_.Note("flusher");
                            engine.StepFlusher();
                          }});
    }
    for (const Server::TaskKind task : Server::kTasks) {
      if (server_.MayGoOn(task) || (task == Server::kJobs && server_.MayStart(task))) {
        choices->push_back({80, [this, task] { StepTask(task); }});
      }
    }
    if (const auto expiry = engine.pipeline().NextExpiry(); expiry && *expiry <= Now()) {
      choices->push_back({80, [this, &engine] {
                            context_.Note("waits expire");
                            engine.pipeline().ExpireWaits(Now());
                          }});
    }
  }

  void StepTask(Server::TaskKind task) {
    context_.SetActor(Server::NameOf(task));
    context_.Note(Server::NameOf(task));
    server_.Step(task);
  }

  // What comes again and again, and who follows the changes.
  void AddBackground(std::vector<Choice>* choices) {
    const Settings& settings = context_.settings();
    for (const Server::TaskKind task : {Server::kLogKeeper, Server::kSweeper, Server::kDelivery}) {
      if (server_.MayStart(task))
        choices->push_back({settings.background_weight, [this, task] { StepTask(task); }});
    }
    for (const auto& follower : followers_) {
      if (!follower->waits()) {
        choices->push_back({settings.follow_weight, [this, &follower] { Follow(&*follower); }});
      }
      choices->push_back({settings.restart_weight, [this, &follower] {
                            context_.Note("a follower starts again");
                            follower->Restart();
                          }});
    }
    choices->push_back({settings.restart_weight, [this] {
                          if (server_.RestartDelivery()) context_.Note("delivery starts again");
                        }});
  }

  void AddTroubles(std::vector<Choice>* choices) {
    const Settings& settings = context_.settings();
    choices->push_back({settings.time_weight, [this] { PassTime(); }});
    choices->push_back({3, [this] { CheckStore(); }});
    choices->push_back({settings.crash_weight, [this] { Crash(); }});
    choices->push_back({settings.fault_weight, [this] {
                          context_.Note("the next write will fail");
                          server_.engine().SetFault(context_.Percent(50)
                                                        ? WriteOutcome::kUnknown
                                                        : WriteOutcome::kNotWritten);
                        }});
    choices->push_back({settings.abandon_weight, [this] { AbandonOne(); }});
  }

  int64_t Now() { return context_.clock().MonotonicMicros(); }

  void PassTime() {
    SimClock& clock = context_.clock();
    const uint64_t choice = context_.Below(100);
    if (choice < 60) {
      clock.Advance(static_cast<int64_t>(context_.Below(2'000)));
    } else if (choice < 80) {
      clock.Advance(50'000);
    } else if (choice < 90) {
      clock.Advance(kSecond);
    } else if (choice < 95) {
      // What is old enough to go shall not become young again.
      if (context_.settings().short_retention) return;
      clock.StepWall(-static_cast<int64_t>(context_.Below(2 * kSecond)));
    } else {
      return Jump(choice < 97 ? 61 * kSecond : 660 * kSecond);
    }
    context_.Note("time passes");
  }

  // So far that tokens expire: only when none is in use, as what would be right is not clear
  // otherwise.
  void Jump(int64_t micros) {
    if (tokens_under_way_ > 0) return;
    context_.Note("much time passes");
    context_.clock().Advance(micros);
    for (Client& client : clients_) client.again = nullptr;
    if (micros < 660 * kSecond) return;
    for (std::string& token : used_tokens_) workload_.AddExpiredToken(std::move(token));
    used_tokens_.clear();
  }

  void AbandonOne() {
    Client& client = clients_[context_.Below(clients_.size())];
    if (!client.waits_for) return;
    context_.Note(client.name + " gives up waiting");
    Lose(&client);
  }

  // The client will not learn what came of its request.
  void Lose(Client* client) {
    SentPtr sent = std::exchange(client->waits_for, nullptr);
    if (!sent->request.token.empty() && context_.Percent(80)) client->again = std::move(sent);
  }

  void Crash() {
    ++crashes_;
    context_.Note("crash");
    ++generation_;
    tokens_under_way_ = 0;
    ledger_.OnCrash();
    for (const auto& follower : followers_) {
      follower->Forget();
      if (context_.Percent(50)) follower->Restart();
    }
    if (!server_.Crash(context_.Percent(50)))
      return Fail("after a crash, something never ended, or nothing opened");
    for (Client& client : clients_) {
      if (client.waits_for) Lose(&client);
    }
    CheckStore();
  }

  void CheckStore() {
    if (!check_store_) return;
    if (auto problem = CheckState(server_.Content())) Fail("in the store: " + *problem);
  }

  // Until nothing is left to be done; clients send only what they must send again.
  void Rest() {
    for (int step = 0; Alive(); ++step) {
      if (step > kMostSteps) return Fail("it does not come to rest");
      std::vector<Choice> choices;
      AddMachinery(&choices);
      if (!choices.empty()) {
        choices[context_.Below(choices.size())].act();
        continue;
      }
      if (!server_.engine().pipeline().NextMaintenance()) {
        const auto idle = std::find_if(clients_.begin(), clients_.end(), [](const Client& client) {
          return client.again && !client.waits_for;
        });
        if (idle != clients_.end()) {
          SendNext(&*idle);
          continue;
        }
        if (AtRest()) return;
      }
      context_.clock().Advance(200'000);
    }
  }

  bool AtRest() {
    for (const Client& client : clients_) {
      if (client.waits_for) return false;
    }
    return !server_.TasksAreBusy() && server_.NextJob() > Now() + 5 * kSecond &&
           server_.engine().pipeline().Idle();
  }

  void End() {
    if (Alive()) CheckStore();
    server_.engine().ClearFault();
    for (Request& read : workload_.FinalReads()) {
      if (!Alive()) return;
      Send(&clients_[0], std::make_shared<Sent>(Sent{std::move(read)}));
      Rest();
    }
    if (!Alive()) return;
    if (auto problem = CheckHistory(WithoutExpiring())) return Fail(*problem);
    ReadToEnd();
    if (!Alive()) return;
    try {
      for (const auto& follower : followers_) follower->Finish(history_, items_);
    } catch (const WrongAnswer& wrong) {
      Fail("in what was recorded: " + wrong.text);
    }
  }

  // Items that expire are deleted by no one that the history knows of.
  History WithoutExpiring() const {
    History history = history_;
    for (Operation& operation : history) {
      std::erase_if(operation.accesses, [](const Access& access) {
        return access.key.starts_with(std::string(kExpiringTable) + "/");
      });
    }
    return history;
  }

  // -- who follows the changes

  void AddFollowers() {
    const auto call = [this](const std::string& name, const std::string& target,
                             const std::string& body, Follower::OnAnswer done) {
      Call(name, target, body, std::move(done));
    };
    followers_.push_back(std::make_unique<StreamFollower>("kcl", &context_, &ledger_, call));
    followers_.push_back(std::make_unique<KinesisFollower>(
        "kinesis", &context_, &ledger_, call, [this](const std::string& table) {
          const auto failed = server_.failed_destinations().find(table);
          return failed == server_.failed_destinations().end() ? 0 : failed->second;
        }));
  }

  void Call(const std::string& name, const std::string& target, const std::string& body,
            Follower::OnAnswer done) {
    context_.SetActor(name);
    context_.Note(name + " > " + target + " " + body);
    server_.Execute(
        target, body,
        [this, name, done = std::move(done),
         generation = generation_](const Answer& answer) mutable {
          if (generation != generation_) return;
          context_.Note(name + " < " + std::to_string(answer.http_status) + " " + answer.body);
          simdjson::dom::parser parser;
          JsonObject json;
          if (parser.parse(answer.body).get(json) != simdjson::SUCCESS)
            return Fail("an answer that is no JSON object");
          Guarded(name, [&] { done(answer.http_status, json); });
        });
  }

  template <class Do>
  void Guarded(const std::string& who, Do act) {
    try {
      act();
    } catch (const WrongAnswer& wrong) {
      Fail(wrong.text + ", as " + who + " sees it");
    }
  }

  void Follow(Follower* follower) {
    Guarded("a follower", [follower] { follower->Step(); });
  }

  // What is there is delivered, and read by all.
  void ReadToEnd() {
    if (followers_.empty()) return;
    for (int quiet = 0, steps = 0; quiet < 3 && Alive(); ++steps) {
      if (steps > 1000) return Fail("delivery does not come to an end");
      StepTask(Server::kDelivery);
      Rest();
      quiet = server_.DeliveryHasMore() ? 0 : quiet + 1;
    }
    for (std::string_view table : kTables) ReadItems(table);
    for (const auto& follower : followers_) {
      follower->ReadToEnd();
      for (int step = 0; !follower->AtEnd() && Alive(); ++step) {
        if (step > kMostSteps) return Fail("a follower does not come to an end");
        Follow(follower.get());
        Rest();
      }
    }
  }

  void ReadItems(std::string_view table) {
    Call("items", "Scan", R"({"ConsistentRead":true,"TableName":")" + std::string(table) + "\"}",
         [this, table](int status, JsonObject answer) {
           if (status != 200) return;  // there is no such table
           auto& items = items_[std::string(table)];
           for (JsonObject item : List(answer, "Items"))
             items[KeyOf(table, item).Name()] = ImageOf(item).text;
         });
    Rest();
  }

  // -- requests and answers

  void Send(Client* client, SentPtr sent) {
    context_.SetActor(client->name);
    if (sent->attempts++ == 0) Enter(sent.get());
    context_.Note(client->name + " > " + TextOf(*sent));
    client->waits_for = sent;
    client->serial = ++last_serial_;
    sent->faults = server_.engine().faults();
    sent->failing = server_.engine().StoreFailed();
    const bool has_token = !sent->request.token.empty();
    if (has_token) {
      ++tokens_under_way_;
      if (sent->attempts == 1) used_tokens_.push_back(sent->request.token);
    }
    server_.Execute(sent->request.target, sent->request.body,
                    [this, client, sent, has_token, serial = client->serial,
                     generation = generation_](Answer answer) {
                      if (generation != generation_) return;
                      if (has_token) --tokens_under_way_;
                      OnAnswer(client, sent, serial, answer);
                    });
  }

  void Enter(Sent* sent) {
    sent->first = history_.size();
    for (Operation& operation : sent->request.operations) {
      operation.begin = context_.Tick();
      history_.push_back(operation);
    }
  }

  static std::string TextOf(const Sent& sent) {
    const auto& operations = sent.request.operations;
    std::string text = operations.empty()
                           ? sent.request.target
                           : operations[0].name + " #" + std::to_string(operations[0].id);
    if (sent.attempts > 1) text += " again";
    return text + " " + sent.request.body;
  }

  void OnAnswer(Client* client, const SentPtr& sent, uint64_t serial, const Answer& answer) {
    context_.Note(client->name + " < " + std::to_string(answer.http_status) + " " +
                  sent->request.target + " " + answer.body);
    if (client->serial != serial || client->waits_for != sent) return;  // given up
    client->waits_for = nullptr;
    simdjson::dom::parser parser;
    JsonObject json;
    // Some operations of Kinesis answer nothing.
    if (parser.parse(answer.body.empty() ? "{}" : answer.body).get(json) != simdjson::SUCCESS)
      return Fail("an answer that is no JSON object");
    try {
      Settle(client, sent, answer.http_status, json);
    } catch (const WrongAnswer& wrong) {
      Fail(wrong.text + ", in the answer to " + TextOf(*sent));
    }
  }

  void Settle(Client* client, const SentPtr& sent, int status, JsonObject json) {
    const std::span<Operation> operations(history_.data() + sent->first,
                                          sent->request.operations.size());
    const bool first_time = !sent->settled && sent->attempts == 1;
    if (status >= 500) {
      if (!sent->failing && sent->faults == server_.engine().faults()) {
        return Fail("an answer " + std::to_string(status) + " without a reason, to " +
                    TextOf(*sent));
      }
      if (!sent->request.token.empty()) client->again = sent;
    } else if (status >= 400) {
      CheckRefusal(*sent, json);
      if (!first_time) return;  // an earlier attempt may have been applied
      for (Operation& operation : operations) {
        operation.outcome = Outcome::kRefused;
        operation.accesses.clear();
      }
      if (sent->request.on_refusal) sent->request.on_refusal(json, operations);
      Close(sent.get(), operations);
    } else if (!sent->settled) {
      for (Operation& operation : operations) operation.outcome = Outcome::kDone;
      if (sent->request.on_answer) sent->request.on_answer(json, operations);
      Close(sent.get(), operations);
      // As a client does that did not get the answer.
      if (!sent->request.token.empty() && context_.Percent(30)) client->again = sent;
    }
  }

  void Close(Sent* sent, std::span<Operation> operations) {
    sent->settled = true;
    for (Operation& operation : operations) {
      operation.end = context_.Tick();
      workload_.Remember(operation);
    }
  }

  void CheckRefusal(const Sent& sent, JsonObject json) {
    std::string_view type;
    if (json["__type"].get(type) != simdjson::SUCCESS) return Fail("an error without a type");
    type.remove_prefix(type.find('#') + 1);
    for (std::string_view expected :
         {"ConditionalCheckFailedException", "TransactionCanceledException",
          "TransactionConflictException", "TransactionInProgressException",
          "ResourceNotFoundException", "ResourceInUseException", "LimitExceededException",
          "ThrottlingException"}) {
      if (type == expected) return;
    }
    const bool definition = sent.request.target == "UpdateTable" || sent.request.may_be_invalid;
    if (type == "ValidationException" && definition) return;
    Fail("an unexpected " + std::string(type) + " for " + TextOf(sent));
  }

  RunReport Report() {
    RunReport report;
    report.violation = violation_;
    report.trace_hash = context_.trace().hash();
    report.trace.assign(context_.trace().lines().begin(), context_.trace().lines().end());
    report.operations = history_.size();
    for (const Operation& operation : history_) {
      report.unknown += operation.outcome == Outcome::kUnknown ? 1 : 0;
      report.refused += operation.outcome == Outcome::kRefused ? 1 : 0;
    }
    report.crashes = crashes_;
    return report;
  }

  const bool check_store_;
  Context context_;
  std::vector<Client> clients_;
  std::vector<std::string> used_tokens_;  // since the last time that all expired
  History history_;
  std::optional<std::string> violation_;
  int operations_left_ = 0;
  uint64_t last_serial_ = 0;
  uint64_t generation_ = 0;  // of the server
  uint64_t crashes_ = 0;
  int tokens_under_way_ = 0;
  StreamLedger ledger_;
  std::vector<std::unique_ptr<Follower>> followers_;
  Follower::Items items_;  // at the end
  Server server_;
  Workload workload_;
};

}  // namespace

RunReport RunSeed(uint64_t seed, RunOptions options) {
  return World(seed, std::move(options)).Run();
}

}  // namespace stator::sim
