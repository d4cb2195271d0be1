// DescribeTable (facts 5.3).
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/table_description.h"
#include "api/table_name.h"
#include "table/database.h"
#include "table/table_changes.h"

namespace stator {

void DescribeTable(const OperationContext& context, const Members& in, Respond done) {
  Database* const database = context.database;
  auto name = ResolveTableName(in.String("TableName").value_or(""), context.caller);
  if (!name) return done(Unexpected<ApiError>(name.error()));
  const TablePtr table =
      database->catalog().Find({context.caller.account_id, context.caller.region}, *name);
  if (table == nullptr) return done(TableNotFound(*name));
  ReadTableSizes(database->engine(), *table,
                 [database, table, done = std::move(done)](Result<TableSizes> sizes) mutable {
                   if (!sizes) return done(Unexpected<ApiError>(ToApiError(sizes.error())));
                   std::string json;
                   JsonObject answer(&json);
                   AppendTableDescription(*table, *sizes, DescriptionView::kDescribed,
                                          database->clock().NowMicros(), answer.Name("Table"));
                   answer.Close();
                   done(std::move(json));
                 });
}

}  // namespace stator
