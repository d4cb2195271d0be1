// The part of a check that reads the logs of changes.
#ifndef STATOR_TABLE_CHECK_CHANGE_LOGS_H_
#define STATOR_TABLE_CHECK_CHANGE_LOGS_H_

#include <cstdint>

#include "table/check_catalog.h"
#include "table/check_report.h"
#include "table/store_walk.h"

namespace stator {

// Every record can be read and belongs to a shard of a table that is there, or was dropped and
// whose streams can still be read; the last record of an item whose image it holds shows the item
// as it is; the sizes of all logs, those of Kinesis streams included, are what a count comes to.
// Returns how many records there are.
uint64_t CheckChangeLogs(StoreWalk* walk, const CatalogContents& catalog, CheckReport* report);

}  // namespace stator

#endif  // STATOR_TABLE_CHECK_CHANGE_LOGS_H_
