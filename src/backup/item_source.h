// Where the items come from that a table is filled with (backup/table_restorer.h).
#ifndef STATOR_BACKUP_ITEM_SOURCE_H_
#define STATOR_BACKUP_ITEM_SOURCE_H_

#include <string_view>

#include "base/result.h"

namespace stator {

// Not thread-safe.
class ItemSource {
 public:
  virtual ~ItemSource() = default;
  // The next item in the order of keys, which are storage keys without space, table and index, and
  // its bytes as stored, until the call after it; false at the end, or after an error.
  virtual bool Next(std::string_view* key, std::string_view* item) = 0;
  // Of Next.
  virtual const Result<void>& error() const = 0;
};

}  // namespace stator

#endif  // STATOR_BACKUP_ITEM_SOURCE_H_
