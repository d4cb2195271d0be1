// Query and Scan after their requests are decoded: find the table, plan, read one page, answer.
#ifndef STATOR_API_READ_PAGE_H_
#define STATOR_API_READ_PAGE_H_

#include "api/operations.h"
#include "api/read_request.h"
#include "table/table_definition.h"

namespace stator {

void AnswerRead(Database* database, const Scope& scope, ReadRequest request, Respond done);

}  // namespace stator

#endif  // STATOR_API_READ_PAGE_H_
