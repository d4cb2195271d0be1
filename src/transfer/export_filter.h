// What of a table a filtered export shows (facts 15.3). Pure.
#ifndef STATOR_TRANSFER_EXPORT_FILTER_H_
#define STATOR_TRANSFER_EXPORT_FILTER_H_

#include <optional>
#include <string>
#include <string_view>

#include "expr/condition.h"
#include "expr/projection.h"
#include "model/api_error.h"
#include "table/export_record.h"
#include "table/layout.h"
#include "table/table_definition.h"

namespace stator {

class ExportFilter {
 public:
  // Wants everything.
  ExportFilter() = default;
  // What can be said without the table.
  static ApiResult<void> Check(const ExportFilterText& text);
  // Errors: those of a Query with these expressions, or of a Scan if there is no key condition.
  static ApiResult<ExportFilter> Parse(const ExportFilterText& text, const TableDefinition& table);

  // Whether it has to be asked at all.
  bool WantsAll() const { return !keys_ && !condition_ && !projection_; }
  // By the item's key, as change records have it (table/change_record.h).
  bool WantsKey(std::string_view item_key) const;
  // Whether there are none after this one, in the order of keys.
  bool IsBehind(std::string_view item_key) const;
  bool Wants(const Item& item) const { return !condition_ || Evaluate(*condition_, &item); }
  // What is shown of it.
  Item Shown(Item item) const { return projection_ ? Project(*projection_, item) : item; }

 private:
  std::string StorageKey(std::string_view item_key) const;

  std::string key_prefix_;        // of the storage keys of items
  std::optional<KeyRange> keys_;  // storage keys
  std::optional<Condition> condition_;
  std::optional<Projection> projection_;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_EXPORT_FILTER_H_
