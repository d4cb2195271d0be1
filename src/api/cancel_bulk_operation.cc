// CancelBulkOperation (facts 13.3).
#include <string>
#include <utility>

#include "api/bulk_answer.h"
#include "api/handlers.h"
#include "api/json_object.h"
#include "transfer/bulk_puts.h"

namespace stator {

void CancelBulkOperation(const OperationContext& context, const Members& in, Respond done) {
  const auto found = FindBulkOperation(context, in);
  if (!found) return done(Unexpected<ApiError>(found.error()));
  context.bulk_puts->Cancel(*found, [done = std::move(done)](ApiResult<BulkPtr> changed) mutable {
    if (!changed) return done(Unexpected<ApiError>(changed.error()));
    std::string json;
    JsonObject answer(&json);
    answer.String("BulkOperationArn", (*changed)->Arn());
    answer.String("BulkOperationStatus", NameOf((*changed)->status));
    answer.Close();
    done(std::move(json));
  });
}

}  // namespace stator
