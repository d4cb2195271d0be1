// The report of what an import has left out: one JSON object to a line, as the service logs it.
#ifndef STATOR_TRANSFER_ITEM_REPORT_H_
#define STATOR_TRANSFER_ITEM_REPORT_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "storage/file_space.h"
#include "table/import_record.h"

namespace stator {

// Not thread-safe; functions block. Errors are those of files.
class ItemReport {
 public:
  // The files are error-0.jsonl, error-1.jsonl and so on of `folder`, made with the first line.
  // `space` outlives the report.
  ItemReport(FileSpace* space, std::string folder, const ImportRecord& import)
      : space_(space),
        folder_(std::move(folder)),
        arn_(import.Arn()),
        bucket_(import.source.bucket) {}

  // `item` counts the records of the object, from 0.
  Result<void> Add(std::string_view object, int64_t item, std::string_view why);
  // Durable then.
  Result<void> Finish();

 private:
  Result<void> WriteFile();

  FileSpace* const space_;
  const std::string folder_;
  const std::string arn_;
  const std::string bucket_;
  std::string lines_;  // of the file that is next
  int files_ = 0;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_ITEM_REPORT_H_
