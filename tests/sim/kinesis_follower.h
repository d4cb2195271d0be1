// Reads the Kinesis stream to which the server itself brings changes, with its own named readers of
// the tables' logs.
#ifndef STATOR_SIM_KINESIS_FOLLOWER_H_
#define STATOR_SIM_KINESIS_FOLLOWER_H_

#include <array>
#include <map>
#include <string>

#include "follower.h"

namespace stator::sim {

class KinesisFollower final : public Follower {
 public:
  // How often the destination of a table has failed: changes were too old when it came to them.
  using Failures = UniqueFunction<int(const std::string& table)>;

  KinesisFollower(std::string name, Context* context, StreamLedger* ledger, Call call,
                  Failures failures)
      : Follower(std::move(name), context, ledger, std::move(call)),
        failures_(std::move(failures)) {}

  void Step() override;
  void ReadToEnd() override;
  bool AtEnd() const override;
  void Finish(const History& history, const Items& items) const override;

 private:
  struct Shard {
    std::string at;        // the last record that was read; empty: none
    std::string iterator;  // empty: one has to be asked for
    bool quiet = false;    // there was nothing more when it was last read
  };

  void GoBack() override { shards_ = noted_; }
  void AskIterator(size_t index);
  void OnRecords(size_t index, JsonObject answer);
  void Take(const StreamRecord& record);
  int BreaksOf(const std::string& table) const;

  mutable Failures failures_;
  std::array<Shard, kKinesisShards> shards_, noted_;
  std::array<std::map<std::string, std::string>, kKinesisShards> seen_;  // texts by place
  std::map<std::string, LineCheck> checks_;                              // by table
  CommitsSeen commits_;
};

}  // namespace stator::sim

#endif  // STATOR_SIM_KINESIS_FOLLOWER_H_
