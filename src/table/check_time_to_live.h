// The part of a check that compares the entries of items that expire with one table's items.
#ifndef STATOR_TABLE_CHECK_TIME_TO_LIVE_H_
#define STATOR_TABLE_CHECK_TIME_TO_LIVE_H_

#include <string_view>

#include "table/check_catalog.h"
#include "table/check_fingerprint.h"
#include "table/check_report.h"
#include "table/store_walk.h"
#include "table/table_definition.h"

namespace stator {

// All references must outlive it. Does nothing for a table without a time to live.
class TimeToLiveCheck {
 public:
  TimeToLiveCheck(StoreWalk* walk, const CatalogContents& catalog, const TableDefinition& table,
                  CheckReport* report);

  // To be called with every item that can be read, then:
  void OnItem(std::string_view key, std::string_view value);
  // `items_read`: those were all.
  void Run(bool items_read);

 private:
  bool active() const { return table_.ttl && table_.ttl->IsMaintained(); }
  void OnEntry(std::string_view key, std::string_view value);
  void FindDifferences();

  StoreWalk* const walk_;
  const CatalogContents& catalog_;
  const TableDefinition& table_;
  CheckReport* const report_;
  Fingerprint expected_;
  Fingerprint stored_;
};

}  // namespace stator

#endif  // STATOR_TABLE_CHECK_TIME_TO_LIVE_H_
