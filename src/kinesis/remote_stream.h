// A Kinesis service elsewhere, as the deliverer needs it.
#ifndef STATOR_KINESIS_REMOTE_STREAM_H_
#define STATOR_KINESIS_REMOTE_STREAM_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "kinesis/destination_record.h"

namespace stator::kinesis {

// Kinesis takes no record of more than 1 MiB, its partition key included.
inline bool IsTooLarge(const DestinationRecord& record) {
  return record.data.size() + record.partition_key.size() > size_t{1} << 20;
}

// Blocks. One thread at a time.
class RemoteStreams {
 public:
  virtual ~RemoteStreams() = default;
  // Errors: kNotFound, if the service says that there is no such stream; others may pass.
  virtual Result<void> Look(const std::string& stream_arn) = 0;
  // Which of the records were stored, parallel to them. At most 500, of at most 5 MiB, none
  // IsTooLarge(). Errors: as above.
  virtual Result<std::vector<bool>> Put(const std::string& stream_arn,
                                        std::span<const DestinationRecord* const> records) = 0;
};

}  // namespace stator::kinesis

#endif  // STATOR_KINESIS_REMOTE_STREAM_H_
