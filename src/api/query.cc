#include "api/handlers.h"
#include "api/read_page.h"
#include "api/read_request.h"

namespace stator {

void Query(const OperationContext& context, const Members& in, Respond done) {
  auto request = DecodeQuery(in, context.caller);
  if (!request) return done(Unexpected<ApiError>(std::move(request).error()));
  AnswerRead(context.database, {context.caller.account_id, context.caller.region},
             *std::move(request), std::move(done));
}

}  // namespace stator
