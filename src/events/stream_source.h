// The streams of this server's tables, for the runner of mappings.
#ifndef STATOR_EVENTS_STREAM_SOURCE_H_
#define STATOR_EVENTS_STREAM_SOURCE_H_

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "events/shard_source.h"
#include "table/database.h"

namespace stator {

class StreamSource final : public ShardSource {
 public:
  // `database` must outlive the source.
  explicit StreamSource(Database* database) : database_(database) {}
  ~StreamSource() override { SetBell(nullptr); }

  Result<std::vector<StreamShard>> Shards(const std::string& stream_arn) override;
  void Latest(const std::string& stream_arn,
              UniqueFunction<void(Result<std::string>)> done) override;
  Result<ShardPage> Read(const std::string& stream_arn, const std::string& shard_id,
                         const std::string& after, size_t limit, size_t max_bytes) override;
  void SetBell(std::function<void()> ring) override;

 private:
  void Listen(uint64_t seen, const std::function<void()>& ring);

  Database* const database_;
  std::mutex mutex_;
  bool listening_ = false;  // guarded by mutex_
  std::thread listener_;
};

}  // namespace stator

#endif  // STATOR_EVENTS_STREAM_SOURCE_H_
