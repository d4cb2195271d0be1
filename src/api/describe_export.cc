// DescribeExport (facts 9.4, 14.4, 14.5).
#include <string>
#include <utility>

#include "api/export_answer.h"
#include "api/handlers.h"
#include "api/table_part_arn.h"
#include "transfer/exports.h"

namespace stator {

void DescribeExport(const OperationContext& context, const Members& in, Respond done) {
  const std::string_view arn = in.String("ExportArn").value_or("");
  const auto parsed = ParseTablePartArn(arn, "export");
  if (!parsed) return done(Invalid("Invalid Export ARN"));
  if (parsed->account != context.caller.account_id) {
    return done(Invalid(
        "This action is only supported by accounts that match the resource owner’s account."));
  }
  const ExportPtr found = context.exports->Find({context.caller.account_id, context.caller.region},
                                                parsed->table, parsed->id);
  if (!found) {
    return done(ApiFail(ErrorType::kExportNotFound, "Export not found: " + std::string(arn)));
  }
  done(ExportAnswer(*found));
}

}  // namespace stator
