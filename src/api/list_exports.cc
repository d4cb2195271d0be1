// ListExports (facts 9.4, 13.0, 14.5).
#include <string>
#include <utility>
#include <vector>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/table_name.h"
#include "table/database.h"
#include "transfer/exports.h"

namespace stator {
namespace {

constexpr size_t kMaxExports = 25;

// Exports of tables that are gone are listed with all others alone.
bool IsOf(const ExportRecord& record, const TableDefinition* table) {
  return table != nullptr && record.table.uuid == table->uuid;
}

}  // namespace

void ListExports(const OperationContext& context, const Members& in, Respond done) {
  const Scope scope{context.caller.account_id, context.caller.region};
  TablePtr table;
  const auto arn = in.String("TableArn");
  if (arn) {
    auto name = ResolveTableName(*arn, context.caller);
    if (!name) return done(Unexpected<ApiError>(name.error()));
    table = context.database->catalog().Find(scope, *name);
  }
  // The id of the last export of a page is the token for the next one.
  const std::string_view start = in.String("NextToken").value_or("");
  std::vector<ExportPtr> exports = context.exports->List(scope);
  std::erase_if(exports, [&](const ExportPtr& one) {
    return (arn && !IsOf(*one, table.get())) || one->id <= start;
  });
  const auto size = static_cast<size_t>(in.Int("MaxResults").value_or(kMaxExports));
  const bool more = exports.size() > size;
  if (more) exports.resize(size);

  std::string json;
  JsonObject answer(&json);
  AppendJsonArray(exports, answer.Name("ExportSummaries"),
                  [](const ExportPtr& one, std::string* out) {
                    JsonObject summary(out);
                    summary.String("ExportArn", one->Arn());
                    summary.String("ExportStatus", NameOf(one->status));
                    if (one->type_was_given) summary.String("ExportType", NameOf(one->type));
                    summary.Close();
                  });
  if (more) answer.String("NextToken", exports.back()->id);
  answer.Close();
  done(std::move(json));
}

}  // namespace stator
