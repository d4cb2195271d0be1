// ListStreams (facts 8.2): in the order of their ARNs, those of dropped tables included.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/table_name.h"
#include "table/database.h"
#include "table/table_changes.h"

namespace stator {
namespace {

constexpr int64_t kMaxStreams = 100;

struct Listed {
  std::string arn;
  TablePtr table;
  const StreamDefinition* stream;
};

}  // namespace

void ListStreams(const OperationContext& context, const Members& in, Respond done) {
  const Scope scope{context.caller.account_id, context.caller.region};
  const Catalog& catalog = context.database->catalog();
  std::optional<std::string> name;
  if (const auto given = in.String("TableName")) {
    auto resolved = ResolveTableName(*given, context.caller);
    if (!resolved) return done(Unexpected<ApiError>(resolved.error()));
    name = *std::move(resolved);
  }
  std::vector<Listed> streams;
  const auto add = [&](const TablePtr& table) {
    if (table->scope != scope || (name && table->name != *name)) return;
    for (const StreamDefinition& stream : table->log.streams) {
      streams.push_back({table->StreamArn(stream), table, &stream});
    }
  };
  for (const TablePtr& table : catalog.All()) add(table);
  for (const TablePtr& table : catalog.Dropped()) add(table);
  if (name && streams.empty() && catalog.Find(scope, *name) == nullptr)
    return done(TableNotFound(*name));
  std::sort(streams.begin(), streams.end(),
            [](const auto& a, const auto& b) { return a.arn < b.arn; });
  if (const auto start = in.String("ExclusiveStartStreamArn")) {
    std::erase_if(streams, [&](const Listed& listed) { return listed.arn <= *start; });
  }
  const auto limit = static_cast<size_t>(in.Int("Limit").value_or(kMaxStreams));
  const bool more = streams.size() > limit;
  if (more) streams.resize(limit);

  std::string json;
  JsonObject answer(&json);
  AppendJsonArray(streams, answer.Name("Streams"), [](const Listed& listed, std::string* out) {
    JsonObject element(out);
    element.String("StreamArn", listed.arn);
    element.String("StreamLabel", listed.stream->label);
    element.String("TableName", listed.table->name);
    element.Close();
  });
  if (more) answer.String("LastEvaluatedStreamArn", streams.back().arn);
  answer.Close();
  done(std::move(json));
}

}  // namespace stator
