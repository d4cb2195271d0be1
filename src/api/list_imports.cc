// ListImports (facts 9.5, 13.0).
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/handlers.h"
#include "api/import_answer.h"
#include "api/table_name.h"
#include "transfer/imports.h"

namespace stator {
namespace {

constexpr size_t kMaxImports = 25;
// The model wants a token of groups of 16 hexadecimal digits, 112 at least.
constexpr size_t kTokenBytes = 64;

// The id of the last import of the page, followed by zero bytes, in hexadecimal digits.
std::string TokenOf(std::string id) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  id.resize(kTokenBytes);
  std::string token;
  for (const char c : id) {
    token.push_back(kDigits[static_cast<unsigned char>(c) >> 4]);
    token.push_back(kDigits[static_cast<unsigned char>(c) & 15]);
  }
  return token;
}

std::optional<std::string> IdOf(std::string_view token) {
  if (token.size() != 2 * kTokenBytes) return std::nullopt;
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string id;
  for (size_t i = 0; i < token.size(); i += 2) {
    id.push_back(static_cast<char>(digit(token[i]) << 4 | digit(token[i + 1])));
  }
  id.resize(id.find_last_not_of('\0') + 1);
  return id;
}

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
    auto id = IdOf(*token);
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
  if (more) answer.String("NextToken", TokenOf(imports.back()->id));
  answer.Close();
  done(std::move(json));
}

}  // namespace stator
