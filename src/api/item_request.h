// From the members of a write to an ItemWrite: the checks that need no table, in the service's order
// (facts 1.5, 3.6), for single operations and the actions of transactions alike.
#ifndef STATOR_API_ITEM_REQUEST_H_
#define STATOR_API_ITEM_REQUEST_H_

#include "api/expression_inputs.h"
#include "api/members.h"
#include "api/operations.h"
#include "api/wording.h"
#include "model/api_error.h"
#include "table/item_write.h"

namespace stator {

struct WriteMembers {
  WriteKind kind;
  std::string_view item_member;          // "Item" or "Key"
  const ExpressionMembers& expressions;  // which parameters the operation has
  Wording wording = Wording::kBare;
};

// `in` are the members of PutItem, UpdateItem or DeleteItem, or of one action of a transaction.
ApiResult<ItemWrite> DecodeItemWrite(const WriteMembers& members, const Members& in, const Caller& caller);

// What an item may weigh when it is put: "Item size has exceeded the maximum allowed size".
ApiResult<void> CheckItemSize(const Item& item);

}  // namespace stator

#endif  // STATOR_API_ITEM_REQUEST_H_
