// DescribeBulkOperation (facts 13.3).
#include "api/bulk_answer.h"
#include "api/handlers.h"

namespace stator {

void DescribeBulkOperation(const OperationContext& context, const Members& in, Respond done) {
  const auto found = FindBulkOperation(context, in);
  if (!found) return done(Unexpected<ApiError>(found.error()));
  done(BulkAnswer(**found));
}

}  // namespace stator
