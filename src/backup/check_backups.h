// The part of a check of stored data that is about backups: their records, and the files that hold
// their items.
#ifndef STATOR_BACKUP_CHECK_BACKUPS_H_
#define STATOR_BACKUP_CHECK_BACKUPS_H_

#include <cstdint>

#include "storage/file_space.h"
#include "storage/kv_store.h"
#include "table/check_report.h"

namespace stator {

// Reads all files of all backups, and of the bases of point-in-time recovery; returns how many
// backups there are. Blocks. REQUIRES: nothing
// writes meanwhile.
uint64_t CheckBackups(KvStore* store, FileSpace* space, CheckReport* report);

}  // namespace stator

#endif  // STATOR_BACKUP_CHECK_BACKUPS_H_
