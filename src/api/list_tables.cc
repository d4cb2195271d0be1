// ListTables (facts 5.6): names in byte order, all states.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "api/handlers.h"
#include "api/json_object.h"
#include "table/database.h"

namespace stator {
namespace {

constexpr int64_t kMaxNames = 100;

}  // namespace

void ListTables(const OperationContext& context, const Members& in, Respond done) {
  const Scope scope{context.caller.account_id, context.caller.region};
  std::vector<std::string> names = context.database->catalog().Names(scope);
  if (const auto start = in.String("ExclusiveStartTableName")) {
    names.erase(names.begin(), std::upper_bound(names.begin(), names.end(), *start));
  }
  const size_t limit = static_cast<size_t>(in.Int("Limit").value_or(kMaxNames));
  const bool more = names.size() > limit;
  if (more) names.resize(limit);
  std::string json;
  JsonObject answer(&json);
  AppendJsonArray(names, answer.Name("TableNames"), AppendJsonString);
  if (more) answer.String("LastEvaluatedTableName", names.back());
  answer.Close();
  done(std::move(json));
}

}  // namespace stator
