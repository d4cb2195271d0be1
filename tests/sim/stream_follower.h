// Follows all DynamoDB streams as the Kinesis Client Library does: finds the shards, reads parents
// before children, and notes now and then how far it has come.
#ifndef STATOR_SIM_STREAM_FOLLOWER_H_
#define STATOR_SIM_STREAM_FOLLOWER_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "follower.h"

namespace stator::sim {

class StreamFollower final : public Follower {
 public:
  using Follower::Follower;
  void Step() override;
  void ReadToEnd() override;
  bool AtEnd() const override;
  void Finish(const History& history, const Items& items) const override;

 private:
  struct Shard {
    std::string parent;    // empty: none
    std::string start;     // its first possible sequence number
    std::string at;        // the last record that was read; empty: none
    std::string iterator;  // empty: one has to be asked for
    bool ended = false;    // there is nothing more to be read
    bool quiet = false;    // there was nothing more when it was last read
  };
  struct Stream {
    std::string table;
    std::map<std::string, Shard> shards;  // by id
    std::string described_up_to;          // a shard; empty: begin with the first
    bool described = false;               // wholly, since ReadToEnd()
    bool gone = false;
  };
  using Streams = std::map<std::string, Stream>;  // by ARN

  // Not of its own memory: what it was given so far, whatever it has forgotten since.
  struct Seen {
    std::set<std::string> places;  // of one shard
  };

  void GoBack() override { streams_ = noted_; }
  void Note();
  bool IsReady(const Stream& stream, const Shard& shard) const;

  void List();
  void OnList(JsonObject answer);
  void Describe(const std::string& arn);
  void OnDescription(const std::string& arn, JsonObject description);
  void Read(const std::string& arn, const std::string& shard_id);
  void AskIterator(const std::string& arn, const std::string& shard_id);
  void OnRecords(const std::string& arn, const std::string& shard_id, JsonObject answer);
  void OnError(const std::string& arn, const std::string& shard_id, int status, JsonObject error);
  // Records are gone that it has not read, and it was told.
  void Lost(const std::string& arn);
  void LoseStream(const std::string& arn, Stream* stream);

  Streams streams_, noted_;
  std::map<std::string, LineCheck> checks_;                   // by ARN
  std::map<std::string, std::string> status_;                 // as last described, by ARN
  std::map<std::pair<std::string, std::string>, Seen> seen_;  // by ARN and shard
  CommitsSeen commits_;
  bool to_the_end_ = false;
  bool listed_ = false;  // since ReadToEnd()
};

}  // namespace stator::sim

#endif  // STATOR_SIM_STREAM_FOLLOWER_H_
