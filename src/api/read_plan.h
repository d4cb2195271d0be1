// How a Query or Scan is carried out on the table it names: all checks that need the table, in the
// service's order (facts 4.8), and what is left to do then. Pure.
#ifndef STATOR_API_READ_PLAN_H_
#define STATOR_API_READ_PLAN_H_

#include "api/read_request.h"
#include "model/api_error.h"
#include "table/page.h"
#include "table/table_definition.h"

namespace stator {

struct ReadPlan {
  PageRequest page;

  // What the answer shows of each item.
  enum class Shown {
    kNothing,  // Select COUNT
    kItem,     // as it is read
    // Of an item read from the table for the filter's sake, what the index holds of it.
    kIndexAttributes,
    kProjection,
  };
  Shown shown = Shown::kItem;

  // At most one item can be found: there is no need of a LastEvaluatedKey, and it would not be
  // accepted.
  bool single_item = false;
};

ApiResult<ReadPlan> PlanRead(TablePtr table, const ReadRequest& request);

}  // namespace stator

#endif  // STATOR_API_READ_PLAN_H_
