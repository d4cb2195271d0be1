#include <utility>

#include "workload.h"

namespace stator::sim {
namespace {

std::string LatestStreamArn(JsonObject answer) {
  std::string_view arn;
  const auto table = Member(answer, "TableDescription");
  if (!table || (*table)["LatestStreamArn"].get(arn) != simdjson::SUCCESS)
    throw WrongAnswer{"no stream where one was enabled"};
  return std::string(arn);
}

}  // namespace

std::vector<Request> Workload::Beginning() {
  const Settings& settings = context_->settings();
  std::vector<Request> requests;
  for (std::string_view table : kTables) {
    if (!KeysOf(table, settings).empty()) requests.push_back(CreateTable(table));
  }
  if (settings.expiring_table) {
    requests.push_back(
        {.target = "UpdateTimeToLive", .body = TimeToLiveBody(kExpiringTable, true)});
  }
  if (settings.streams) {
    requests.push_back({.target = "Kinesis_20131202.CreateStream",
                        .body = R"({"StreamName":")" + std::string(kKinesisStream) +
                                R"(","ShardCount":)" + std::to_string(kKinesisShards) + "}"});
  }
  if (settings.kinesis) requests.push_back(ChangeKinesis(kFirstTable, true));
  return requests;
}

Request Workload::CreateTable(std::string_view table) {
  Request request{.target = "CreateTable", .body = CreateTableBody(table, context_->settings())};
  if (!context_->settings().streams) return request;
  request.on_answer = [this, table](JsonObject answer, auto) {
    ledger_->Begin(
        {.table = std::string(table), .stream_arn = LatestStreamArn(answer), .from_start = true});
  };
  return request;
}

Request Workload::NextStreamDefinition() {
  const Settings& settings = context_->settings();
  const std::string_view table = kTables[context_->Below(settings.expiring_table ? 3 : 2)];
  const bool enable = context_->Percent(60);
  if (Coin()) return ChangeKinesis(table, enable);
  const bool steady = table == kFirstTable && settings.steady_stream;
  return ChangeStream(steady ? kSecondTable : table, enable);
}

Request Workload::ChangeStream(std::string_view table, bool enable) {
  static constexpr std::string_view kViews[] = {"NEW_AND_OLD_IMAGES", "NEW_AND_OLD_IMAGES",
                                                "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE"};
  Request request{.target = "UpdateTable"};
  request.body = StreamBody(table, enable ? kViews[context_->Below(std::size(kViews))] : "");
  request.may_be_invalid = true;  // it is so already
  if (enable) {
    request.on_answer = [this, table](JsonObject answer, auto) {
      ledger_->Begin({.table = std::string(table), .stream_arn = LatestStreamArn(answer)});
    };
  } else {
    ledger_->End(table, {LineKind::kStream}, &request);
  }
  return request;
}

Request Workload::ChangeKinesis(std::string_view table, bool enable) {
  Request request{.target = enable ? "EnableKinesisStreamingDestination"
                                   : "DisableKinesisStreamingDestination"};
  request.body = KinesisDestinationBody(table, enable);
  request.may_be_invalid = true;
  if (enable) {
    request.on_answer = [this, table](JsonObject, auto) {
      ledger_->Begin({.kind = LineKind::kKinesis, .table = std::string(table), .stream_arn = {}});
    };
  } else {
    ledger_->End(table, {LineKind::kKinesis}, &request);
  }
  return request;
}

}  // namespace stator::sim
