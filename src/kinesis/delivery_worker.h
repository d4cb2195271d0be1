// Brings the changes of one table to one Kinesis stream: reads the table's log shard by shard,
// parents before children, and remembers how far it has come.
#ifndef STATOR_KINESIS_DELIVERY_WORKER_H_
#define STATOR_KINESIS_DELIVERY_WORKER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kinesis/destination_record.h"
#include "kinesis/remote_stream.h"
#include "kinesis/skipped_records.h"
#include "kinesis/streams.h"
#include "table/database.h"
#include "table/kinesis_destination.h"
#include "table/table_definition.h"

namespace stator::kinesis {

struct DeliveryOptions {
  // For streams that are not of this server; empty: there are none.
  std::function<std::unique_ptr<RemoteStreams>(const std::string& region)> connect;
  ReportEvent report;  // told of what is tried again; may be empty
};

// A destination is found again by its table and the name of its reader.
struct DeliveryTarget {
  Scope scope;
  std::string table_name;
  uint64_t table_id = 0;
  std::string reader;
  auto operator<=>(const DeliveryTarget& other) const {
    if (const auto order = table_id <=> other.table_id; order != 0) return order;
    return reader <=> other.reader;
  }
  bool operator==(const DeliveryTarget& other) const { return (*this <=> other) == 0; }
};

// Not thread-safe, but for Stop.
class DeliveryWorker {
 public:
  // All of these must outlive the worker.
  DeliveryWorker(Database* database, Streams* streams, const DeliveryOptions* options,
                 SkippedRecords* skipped, DeliveryTarget target)
      : database_(database),
        streams_(streams),
        options_(options),
        skipped_(skipped),
        target_(std::move(target)) {}

  enum class Outcome {
    kMore,   // there may be more right now
    kIdle,   // until the log's bell is rung
    kRetry,  // after a while
    kEnded,  // for good: the destination is live no more
  };
  // Delivers what there is, up to one batch. Blocks.
  Outcome Step();

  // Makes a step under way end soon.
  void Stop() { stopping_ = true; }

 private:
  // Read, but not known to be stored.
  struct Batch {
    std::vector<DestinationRecord> records;
    std::vector<bool> stored;  // parallel
    size_t bytes = 0;
    std::map<uint64_t, LogPosition> next;  // by shard, if all of it is stored
    bool empty() const { return records.empty() && next.empty(); }
  };
  // Whether a shard can be read now, and from where.
  struct Start {
    bool ready = false;
    bool lost = false;  // its parent went before it was read to its end
    LogPosition from;
  };

  Outcome Enable(const TableDefinition& table, const KinesisDestination& destination);
  Outcome Fail(const TableDefinition& table, std::string why);
  Outcome ChangeTable(const TableDefinition& table,
                      std::function<TableDefinition(const TableDefinition&)> change);
  Outcome TryAgain(const std::string& why);
  Outcome End();

  Result<void> LoadPositions();
  Start StartOf(const TableDefinition& table, uint64_t first_shard, const LogShard& shard) const;
  // False: records are gone that were not delivered.
  Result<bool> Collect(const TableDefinition& table, const KinesisDestination& destination,
                       uint64_t first_shard);
  Result<bool> CollectShard(const TableDefinition& table, const KinesisDestination& destination,
                            const LogShard& shard, LogPosition from);

  Outcome Deliver(const TableDefinition& table, const KinesisDestination& destination);
  Outcome DeliverHere(const TableDefinition& table, const Stream& stream);
  // DynamoDB leaves out the changes that Kinesis cannot take, and goes on (its developer guide, on
  // FailedToReplicateRecordCount).
  void SkipTooLarge(const TableDefinition& table, const KinesisDestination& destination);
  Outcome DeliverElsewhere(const TableDefinition& table, const KinesisDestination& destination);
  // nullptr: none is to be had.
  RemoteStreams* Remote(const std::string& stream_arn);
  StreamPtr FindHere(const TableDefinition& table, const std::string& stream_arn) const;

  std::vector<Mutation> PositionMutations(const TableDefinition& table) const;
  Outcome CommitPositions(const TableDefinition& table);
  Outcome AfterCommit(const TableDefinition& table, const Result<void>& committed);
  void Refresh();

  Database* const database_;
  Streams* const streams_;
  const DeliveryOptions* const options_;
  SkippedRecords* const skipped_;
  const DeliveryTarget target_;
  std::atomic<bool> stopping_{false};

  bool loaded_ = false;
  std::map<uint64_t, LogPosition> positions_;  // by shard: as stored
  Batch batch_;
  std::unique_ptr<RemoteStreams> remote_;
};

}  // namespace stator::kinesis

#endif  // STATOR_KINESIS_DELIVERY_WORKER_H_
