// DescribeTimeToLive: no table has a time to live yet.
#include <string>

#include "api/handlers.h"
#include "api/table_name.h"
#include "table/database.h"
#include "table/table_changes.h"

namespace stator {

void DescribeTimeToLive(const OperationContext& context, const Members& in, Respond done) {
  auto name = ResolveTableName(in.String("TableName").value_or(""), context.caller);
  if (!name) return done(Unexpected<ApiError>(name.error()));
  const Scope scope{context.caller.account_id, context.caller.region};
  if (context.database->catalog().Find(scope, *name) == nullptr) return done(TableNotFound(*name));
  done(std::string(R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})"));
}

}  // namespace stator
