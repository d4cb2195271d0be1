// DescribeImport (facts 9.5, 14.4).
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/import_answer.h"
#include "api/table_part_arn.h"
#include "transfer/imports.h"

namespace stator {

void DescribeImport(const OperationContext& context, const Members& in, Respond done) {
  const std::string_view arn = in.String("ImportArn").value_or("");
  const auto parsed = ParseTablePartArn(arn, "import");
  if (!parsed) return done(Invalid("Invalid Import ARN"));
  if (parsed->account != context.caller.account_id) {
    return done(Invalid(
        "This action is only supported by accounts that match the resource owner’s account."));
  }
  const ImportPtr import = context.imports->Find({context.caller.account_id, context.caller.region},
                                                 parsed->table, parsed->id);
  if (!import) {
    return done(ApiFail(ErrorType::kImportNotFound, "Import not found: " + std::string(arn)));
  }
  done(ImportAnswer(*import));
}

}  // namespace stator
