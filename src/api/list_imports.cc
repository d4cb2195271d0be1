// ListImports (facts 9.5, 13.0).
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/handlers.h"
#include "api/import_answer.h"
#include "api/page_token.h"
#include "api/table_name.h"
#include "transfer/imports.h"

namespace stator {
namespace {

constexpr size_t kMaxImports = 25;

}  // namespace

void ListImports(const OperationContext& context, const Members& in, Respond done) {
  std::optional<std::string> table;
  if (const auto arn = in.String("TableArn")) {
    auto resolved = ResolveTableName(*arn, context.caller);
    if (!resolved) return done(Unexpected<ApiError>(resolved.error()));
    table = *std::move(resolved);
  }
  std::string start;
  if (const auto token = in.String("NextToken")) {
    auto id = IdOfPageToken(*token);
    if (!id) return done(Invalid("Invalid NextToken"));
    start = *std::move(id);
  }
  std::vector<ImportPtr> imports =
      context.imports->List({context.caller.account_id, context.caller.region});
  std::erase_if(imports, [&](const ImportPtr& import) {
    return (table && import->table.name != *table) || import->id <= start;
  });
  const auto size = static_cast<size_t>(in.Int("PageSize").value_or(kMaxImports));
  const bool more = imports.size() > size;
  if (more) imports.resize(size);

  std::string json;
  JsonObject answer(&json);
  AppendJsonArray(imports, answer.Name("ImportSummaryList"),
                  [](const ImportPtr& import, std::string* out) {
                    JsonObject summary(out);
                    AddImportSummary(*import, &summary);
                    summary.Close();
                  });
  if (more) answer.String("NextToken", PageTokenOf(imports.back()->id));
  answer.Close();
  done(std::move(json));
}

}  // namespace stator
