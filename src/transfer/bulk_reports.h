// What a bulk operation says of the lines that it did not put (facts 15.2): objects of JSON lines,
// gzipped, and manifests, in the bucket that the request names.
//
// What is in no object yet is in the operation's record, so that what was noted with it is there
// after a stop. The names of objects follow from the operation's ARN: what is written anew after a
// stop is written over what there was.
#ifndef STATOR_TRANSFER_BULK_REPORTS_H_
#define STATOR_TRANSFER_BULK_REPORTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "model/attribute_value.h"
#include "objects/object_store.h"
#include "table/bulk_record.h"

namespace stator {

// A line of the input, counted from 0.
struct LinePlace {
  std::string_view object;
  int64_t line = 0;
};

// Not thread-safe; those that return results block.
class BulkReports {
 public:
  // Both outlive it. What is reported is added to the record. `again`: an earlier try may have left
  // something.
  BulkReports(ObjectStore* objects, BulkRecord* record, bool again)
      : objects_(objects), record_(*record), again_(again) {}

  // Shows that the bucket can be written.
  ObjectResult<void> Begin();

  // Nothing happens if such reports are not wanted. `item` is null if none could be read.
  void AddError(const LinePlace& place, std::string_view why, const Item* item);
  // `existing` is null if there is none.
  void AddConditionFailure(const LinePlace& place, const Item& item, const Item* existing);

  // Of what is in no object yet.
  size_t TextBytes() const;
  // Makes objects of that.
  ObjectResult<void> Flush();
  // Flushes, and writes the manifests, the summary last. REQUIRES: the status, the counts and the
  // end are in the record.
  ObjectResult<void> Finish();

 private:
  ObjectResult<void> Flush(std::string_view type, BulkReport* report);
  ObjectResult<std::string> Put(const std::string& name, std::string_view bytes);
  ObjectResult<void> PutWithChecksum(const std::string& name, const std::string& bytes);
  std::string FilesManifest() const;
  std::string SummaryManifest() const;

  ObjectStore* const objects_;
  BulkRecord& record_;
  const bool again_;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_BULK_REPORTS_H_
