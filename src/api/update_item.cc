#include "api/handlers.h"
#include "api/item_request.h"
#include "api/single_write.h"

namespace stator {

void UpdateItem(const OperationContext& context, const Members& in, Respond done) {
  auto write = DecodeItemWrite({WriteKind::kUpdate, "Key", kUpdateMembers, WordingOfWrites(context.form)}, in,
                               context.caller);
  if (!write) return done(Unexpected<ApiError>(std::move(write).error()));
  RunSingleWrite(context, in, *std::move(write), std::move(done));
}

}  // namespace stator
