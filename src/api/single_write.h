// What PutItem, UpdateItem and DeleteItem share after decoding: one write, and its answer.
#ifndef STATOR_API_SINGLE_WRITE_H_
#define STATOR_API_SINGLE_WRITE_H_

#include "api/expression_inputs.h"
#include "api/members.h"
#include "api/operations.h"
#include "table/item_write.h"

namespace stator {

// The Attributes of the answer are what ReturnValues asks for. Decodes the other Return... members of `in`.
void RunSingleWrite(const OperationContext& context, const Members& in, ItemWrite write, Respond done);

}  // namespace stator

#endif  // STATOR_API_SINGLE_WRITE_H_
