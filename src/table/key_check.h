// Checks of items and keys against the key schemas of a table and its indexes (facts 2.4). Pure.
//
// A KeyFault says besides its text whether a transaction reports it for the whole request (an empty value) or
// as the cancellation reason of one action (everything else), facts 6.3.
#ifndef STATOR_TABLE_KEY_CHECK_H_
#define STATOR_TABLE_KEY_CHECK_H_

#include <string>

#include "base/result.h"
#include "expr/document_path.h"
#include "model/api_error.h"
#include "model/attribute_value.h"
#include "table/table_definition.h"

namespace stator {

struct KeyFault {
  std::string message;  // of a ValidationException
  bool empty_value = false;
  std::string mistyped_index_key;  // the attribute, if that is the fault
};
using KeyCheck = Expected<void, KeyFault>;

ApiError ToApiError(const KeyFault& fault);

// A whole item, as put: key attributes present, of the right type, not empty, not too long.
KeyCheck CheckItemKey(const TableDefinition& table, const Item& item);
// A Key, as looked up: exactly the key attributes, of the right type, not empty, not too long.
KeyCheck CheckLookupKey(const TableDefinition& table, const AttributeMap& key);

// Who writes index keys: the texts differ.
enum class IndexKeyForm { kPut, kUpdate };
// The attributes of `item` that are keys of maintained indexes have the right type, are not empty and not too
// long. With `before`, only those whose value differs from the one there are looked at.
KeyCheck CheckIndexKeys(const TableDefinition& table, const Item& item, const Item* before, IndexKeyForm form);

// Key attributes are scalars: a path may name one, not go into it. Of tables and indexes alike.
KeyCheck CheckKeyPath(const TableDefinition& table, const DocumentPath& path);

}  // namespace stator

#endif  // STATOR_TABLE_KEY_CHECK_H_
