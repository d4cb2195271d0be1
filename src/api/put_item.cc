#include "api/handlers.h"
#include "api/item_request.h"
#include "api/single_write.h"

namespace stator {

void PutItem(const OperationContext& context, const Members& in, Respond done) {
  auto write = DecodeItemWrite({WriteKind::kPut, "Item", kPutMembers, WordingOfWrites(context.form)}, in,
                               context.caller);
  if (!write) return done(Unexpected<ApiError>(std::move(write).error()));
  const ReturnValues values = DecodeReturnValues(in);
  if (values != ReturnValues::kNone && values != ReturnValues::kAllOld) {
    return done(Invalid("ReturnValues can only be ALL_OLD or NONE"));
  }
  RunSingleWrite(context, in, *std::move(write), std::move(done));
}

}  // namespace stator
