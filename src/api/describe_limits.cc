// DescribeLimits (facts 5.6): the quotas of a fresh account.
#include "api/handlers.h"

namespace stator {

void DescribeLimits(const OperationContext&, const Members&, Respond done) {
  done(std::string(R"({"AccountMaxReadCapacityUnits":80000,"AccountMaxWriteCapacityUnits":80000,)"
                   R"("TableMaxReadCapacityUnits":40000,"TableMaxWriteCapacityUnits":40000})"));
}

}  // namespace stator
