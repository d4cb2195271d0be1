// ListBackups (facts 9.2).
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/backup_answer.h"
#include "api/handlers.h"
#include "api/table_name.h"

namespace stator {
namespace {

constexpr int64_t kMaxBackups = 100;
constexpr double kMicrosPerSecond = 1e6;

void AppendSummary(const BackupRecord& backup, std::string* json) {
  JsonObject summary(json);
  summary.String("TableName", backup.table.name);
  summary.String("TableId", backup.table.uuid);
  summary.String("TableArn", backup.table.Arn());
  AddBackupDetails(backup, BackupView::kAsItIs, &summary);
  summary.Close();
}

}  // namespace

void ListBackups(const OperationContext& context, const Members& in, Respond done) {
  std::optional<std::string> table;
  if (const auto given = in.String("TableName")) {
    auto resolved = ResolveTableName(*given, context.caller);
    if (!resolved) return done(Unexpected<ApiError>(resolved.error()));
    table = *std::move(resolved);
  }
  std::string start;
  if (const auto arn = in.String("ExclusiveStartBackupArn")) {
    start = BackupIdOf(*arn);
    if (start.empty()) return done(Invalid("Invalid Backup ARN"));
  }
  const auto type = in.String("BackupType").value_or("USER");
  const auto lower = in.Double("TimeRangeLowerBound"), upper = in.Double("TimeRangeUpperBound");
  std::vector<BackupPtr> backups =
      context.backups->List({context.caller.account_id, context.caller.region});
  std::erase_if(backups, [&](const BackupPtr& backup) {
    const double created = static_cast<double>(backup->created_micros) / kMicrosPerSecond;
    return (table && backup->table.name != *table) ||
           (type != "ALL" && type != NameOf(backup->type)) || (lower && created < *lower) ||
           (upper && created >= *upper) || backup->id <= start;
  });
  const auto limit = static_cast<size_t>(in.Int("Limit").value_or(kMaxBackups));
  const bool more = backups.size() > limit;
  if (more) backups.resize(limit);

  std::string json;
  JsonObject answer(&json);
  AppendJsonArray(backups, answer.Name("BackupSummaries"),
                  [](const BackupPtr& backup, std::string* out) { AppendSummary(*backup, out); });
  if (more) answer.String("LastEvaluatedBackupArn", backups.back()->Arn());
  answer.Close();
  done(std::move(json));
}

}  // namespace stator
