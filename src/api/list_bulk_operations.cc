// ListBulkOperations (facts 13.3, 15.2): the latest first.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/page_token.h"
#include "transfer/bulk_puts.h"

namespace stator {
namespace {

constexpr size_t kPage = 10;

}  // namespace

void ListBulkOperations(const OperationContext& context, const Members& in, Respond done) {
  std::string end;  // empty: all
  if (const auto token = in.String("NextToken")) {
    auto id = IdOfPageToken(*token);
    if (!id) return done(Invalid("Invalid NextToken"));
    end = *std::move(id);
  }
  std::vector<BulkPtr> listed =
      context.bulk_puts->List({context.caller.account_id, context.caller.region});
  std::erase_if(listed, [&](const BulkPtr& one) { return !end.empty() && one->id >= end; });
  std::reverse(listed.begin(), listed.end());
  const auto size = static_cast<size_t>(in.Int("MaxResults").value_or(kPage));
  const bool more = listed.size() > size;
  if (more) listed.resize(size);

  std::string json;
  JsonObject answer(&json);
  AppendJsonArray(listed, answer.Name("BulkOperationsSummaryList"),
                  [](const BulkPtr& one, std::string* out) {
                    JsonObject summary(out);
                    summary.String("BulkOperationArn", one->Arn());
                    summary.String("BulkOperationStatus", NameOf(one->status));
                    summary.Time("StartTime", one->started_micros);
                    if (one->ended_micros != 0) summary.Time("EndTime", one->ended_micros);
                    summary.Close();
                  });
  if (more) answer.String("NextToken", PageTokenOf(listed.back()->id));
  answer.Close();
  done(std::move(json));
}

}  // namespace stator
