// Those who follow changes: clients with a position of their own, that are ended at any moment and
// start again from where they last noted it.
#ifndef STATOR_SIM_FOLLOWER_H_
#define STATOR_SIM_FOLLOWER_H_

#include <map>
#include <string>
#include <utility>

#include "answers.h"
#include "base/unique_function.h"
#include "context.h"
#include "stream_check.h"
#include "stream_ledger.h"

namespace stator::sim {

class Follower {
 public:
  using OnAnswer = UniqueFunction<void(int status, JsonObject answer)>;
  // Sends a request for the follower of that name.
  using Call = UniqueFunction<void(const std::string& name, const std::string& target,
                                   const std::string& body, OnAnswer done)>;

  // Both must outlive it.
  Follower(std::string name, Context* context, StreamLedger* ledger, Call call)
      : context_(context), ledger_(ledger), name_(std::move(name)), call_(std::move(call)) {}
  virtual ~Follower() = default;

  bool waits() const { return waits_; }
  // Sends what comes next, if anything does. REQUIRES: !waits(). Throws WrongAnswer, as do answers.
  virtual void Step() = 0;
  // It is ended, and started again.
  void Restart() {
    Forget();
    GoBack();
  }
  // No answer comes any more to what it has asked.
  void Forget() {
    waits_ = false;
    ++serial_;
  }
  // From now on it only reads what is there, until AtEnd().
  virtual void ReadToEnd() = 0;
  virtual bool AtEnd() const = 0;
  // REQUIRES: AtEnd().
  using Items = std::map<std::string, std::map<std::string, std::string>>;  // by table and key
  virtual void Finish(const History& history, const Items& items) const = 0;

 protected:
  // All that was not noted is forgotten.
  virtual void GoBack() = 0;

  void Ask(const std::string& target, const std::string& body, OnAnswer done) {
    waits_ = true;
    call_(
        name_, target, body,
        [this, serial = ++serial_, done = std::move(done)](int status, JsonObject answer) mutable {
          if (serial != serial_) return;
          waits_ = false;
          done(status, answer);
        });
  }

  Context* const context_;
  StreamLedger* const ledger_;

 private:
  const std::string name_;
  Call call_;
  bool waits_ = false;
  uint64_t serial_ = 0;  // of what it waits for
};

}  // namespace stator::sim

#endif  // STATOR_SIM_FOLLOWER_H_
