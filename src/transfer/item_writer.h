// Items as the lines of an export, in DynamoDB JSON or Ion text (facts 9.4): what item_reader.h
// reads. Pure.
#ifndef STATOR_TRANSFER_ITEM_WRITER_H_
#define STATOR_TRANSFER_ITEM_WRITER_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/attribute_value.h"
#include "table/export_record.h"

namespace stator {

// A value as Ion has it: numbers are decimals, sets annotated lists.
void AppendIon(const AttributeValue& value, std::string* out);
void AppendIon(const AttributeMap& map, std::string* out);

// {"Item":{...}} and a line feed.
void AppendItemLine(ExportFormat format, const Item& item, std::string* out);
// The same of an item as it is stored. Errors: kCorruption.
Result<void> AppendStoredItemLine(ExportFormat format, std::string_view item, std::string* out);

// What became of an item. Null: not shown, or there is none.
struct ChangeLine {
  uint64_t micros = 0;  // of the last write
  const AttributeMap* keys = nullptr;
  const Item* old_image = nullptr;
  const Item* new_image = nullptr;
};
// {"Metadata":{...},"Keys":{...},"OldImage":{...},"NewImage":{...}} and a line feed; Ion puts that
// into a Record.
void AppendChangeLine(ExportFormat format, const ChangeLine& change, std::string* out);

}  // namespace stator

#endif  // STATOR_TRANSFER_ITEM_WRITER_H_
