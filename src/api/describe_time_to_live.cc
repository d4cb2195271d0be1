// DescribeTimeToLive (facts 9.1).
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/table_name.h"
#include "table/database.h"
#include "table/table_changes.h"

namespace stator {

void DescribeTimeToLive(const OperationContext& context, const Members& in, Respond done) {
  auto name = ResolveTableName(in.String("TableName").value_or(""), context.caller);
  if (!name) return done(Unexpected<ApiError>(name.error()));
  const Scope scope{context.caller.account_id, context.caller.region};
  const TablePtr table = context.database->catalog().Find(scope, *name);
  if (table == nullptr) return done(TableNotFound(*name));
  if (table->status == TableStatus::kCreating || table->status == TableStatus::kDeleting) {
    const std::string state(NameOf(table->status));
    return done(Invalid("Cannot describe time to live while table is in " + state +
                        " state: Current table state is " + state));
  }
  std::string json;
  JsonObject answer(&json);
  JsonObject description(answer.Name("TimeToLiveDescription"));
  description.String("TimeToLiveStatus", table->ttl ? NameOf(table->ttl->status) : "DISABLED");
  if (table->ttl) description.String("AttributeName", table->ttl->attribute);
  description.Close();
  answer.Close();
  done(std::move(json));
}

}  // namespace stator
