#include "api/operations.h"

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

#include "api/handlers.h"
#include "api/json_view.h"
#include "api/kinesis_handlers.h"

namespace stator {
namespace {

constexpr std::string_view kDynamoDB = "DynamoDB_20120810";
constexpr std::string_view kStreams = "DynamoDBStreams_20120810";

struct HandlerEntry {
  std::string_view prefix;
  std::string_view name;
  Handler handler;
};

constexpr HandlerEntry kHandlers[] = {
    {kDynamoDB, "BatchGetItem", &BatchGetItem},
    {kDynamoDB, "BatchWriteItem", &BatchWriteItem},
    {kDynamoDB, "CancelBulkOperation", &CancelBulkOperation},
    {kDynamoDB, "CreateBackup", &CreateBackup},
    {kDynamoDB, "CreateTable", &CreateTable},
    {kDynamoDB, "DeleteBackup", &DeleteBackup},
    {kDynamoDB, "DeleteItem", &DeleteItem},
    {kDynamoDB, "DeleteTable", &DeleteTable},
    {kDynamoDB, "DescribeBackup", &DescribeBackup},
    {kDynamoDB, "DescribeBulkOperation", &DescribeBulkOperation},
    {kDynamoDB, "DescribeContinuousBackups", &DescribeContinuousBackups},
    {kDynamoDB, "DescribeEndpoints", &DescribeEndpoints},
    {kDynamoDB, "DescribeExport", &DescribeExport},
    {kDynamoDB, "DescribeImport", &DescribeImport},
    {kDynamoDB, "DescribeKinesisStreamingDestination", &DescribeKinesisStreamingDestination},
    {kDynamoDB, "DescribeLimits", &DescribeLimits},
    {kDynamoDB, "DescribeTable", &DescribeTable},
    {kDynamoDB, "DescribeTimeToLive", &DescribeTimeToLive},
    {kDynamoDB, "DisableKinesisStreamingDestination", &DisableKinesisStreamingDestination},
    {kDynamoDB, "EnableKinesisStreamingDestination", &EnableKinesisStreamingDestination},
    {kDynamoDB, "ExportTableToPointInTime", &ExportTableToPointInTime},
    {kDynamoDB, "GetItem", &GetItem},
    {kDynamoDB, "ImportTable", &ImportTable},
    {kDynamoDB, "ListBackups", &ListBackups},
    {kDynamoDB, "ListBulkOperations", &ListBulkOperations},
    {kDynamoDB, "ListExports", &ListExports},
    {kDynamoDB, "ListImports", &ListImports},
    {kDynamoDB, "ListTables", &ListTables},
    {kDynamoDB, "ListTagsOfResource", &ListTagsOfResource},
    {kDynamoDB, "PutItem", &PutItem},
    {kDynamoDB, "Query", &Query},
    {kDynamoDB, "RestoreTableFromBackup", &RestoreTableFromBackup},
    {kDynamoDB, "RestoreTableToPointInTime", &RestoreTableToPointInTime},
    {kDynamoDB, "Scan", &Scan},
    {kDynamoDB, "StartBulkPutItems", &StartBulkPutItems},
    {kDynamoDB, "TagResource", &TagResource},
    {kDynamoDB, "TransactGetItems", &TransactGetItems},
    {kDynamoDB, "TransactWriteItems", &TransactWriteItems},
    {kDynamoDB, "UntagResource", &UntagResource},
    {kDynamoDB, "UpdateContinuousBackups", &UpdateContinuousBackups},
    {kDynamoDB, "UpdateItem", &UpdateItem},
    {kDynamoDB, "UpdateKinesisStreamingDestination", &UpdateKinesisStreamingDestination},
    {kDynamoDB, "UpdateTable", &UpdateTable},
    {kDynamoDB, "UpdateTimeToLive", &UpdateTimeToLive},
    {kStreams, "DescribeStream", &DescribeStream},
    {kStreams, "GetRecords", &GetRecords},
    {kStreams, "GetShardIterator", &GetShardIterator},
    {kStreams, "ListStreams", &ListStreams},
    {kKinesis, "AddTagsToStream", &kinesis::AddTagsToStream},
    {kKinesis, "CreateStream", &kinesis::CreateStream},
    {kKinesis, "DecreaseStreamRetentionPeriod", &kinesis::DecreaseStreamRetentionPeriod},
    {kKinesis, "DeleteStream", &kinesis::DeleteStream},
    {kKinesis, "DescribeStream", &kinesis::DescribeStream},
    {kKinesis, "DescribeStreamSummary", &kinesis::DescribeStreamSummary},
    {kKinesis, "GetRecords", &kinesis::GetRecords},
    {kKinesis, "GetShardIterator", &kinesis::GetShardIterator},
    {kKinesis, "IncreaseStreamRetentionPeriod", &kinesis::IncreaseStreamRetentionPeriod},
    {kKinesis, "ListShards", &kinesis::ListShards},
    {kKinesis, "ListStreams", &kinesis::ListStreams},
    {kKinesis, "ListTagsForResource", &kinesis::ListTagsForResource},
    {kKinesis, "ListTagsForStream", &kinesis::ListTagsForStream},
    {kKinesis, "PutRecord", &kinesis::PutRecord},
    {kKinesis, "PutRecords", &kinesis::PutRecords},
    {kKinesis, "RemoveTagsFromStream", &kinesis::RemoveTagsFromStream},
    {kKinesis, "TagResource", &kinesis::TagResource},
    {kKinesis, "UntagResource", &kinesis::UntagResource},
};

constexpr std::string_view kCreateTableUnsupported[] = {
    "GlobalTableSettingsReplicationMode",
    "GlobalTableSourceArn",
    "ResourcePolicy",
    "VectorIndexes",
};
constexpr std::string_view kImportUnsupported[] = {"TableCreationParameters.VectorIndexes"};
constexpr std::string_view kRestoreUnsupported[] = {"VectorIndexOverride"};
constexpr std::string_view kUpdateTableUnsupported[] = {
    "DisassociationProtectionEnabled",
    "GlobalTableSettingsReplicationMode",
    "GlobalTableWitnessUpdates",
    "MultiRegionConsistency",
    "ReplicaUpdates",
    "VectorIndexUpdates",
};

constexpr std::string_view kCreateStreamUnsupported[] = {"MaxRecordSizeInKiB", "WarmThroughputMiBps"};
constexpr std::string_view kStreamUnsupported[] = {"StreamId"};

struct UnsupportedEntry {
  std::string_view prefix;
  std::string_view name;  // of an operation; empty: all others of the prefix that have them
  std::span<const std::string_view> members;
};

constexpr UnsupportedEntry kUnsupported[] = {
    {kDynamoDB, "RestoreTableFromBackup", kRestoreUnsupported},
    {kDynamoDB, "RestoreTableToPointInTime", kRestoreUnsupported},
    {kDynamoDB, "CreateTable", kCreateTableUnsupported},
    {kDynamoDB, "ImportTable", kImportUnsupported},
    {kDynamoDB, "UpdateTable", kUpdateTableUnsupported},
    {kKinesis, "CreateStream", kCreateStreamUnsupported},
    {kKinesis, "", kStreamUnsupported},
};

bool Has(const Shape& structure, std::string_view member) {
  return std::any_of(structure.members.begin(), structure.members.end(),
                     [member](const ShapeMember& has) { return has.name == member; });
}

bool IsAbout(const UnsupportedEntry& entry, const OperationShape& shape) {
  if (entry.prefix != shape.prefix) return false;
  if (!entry.name.empty()) return entry.name == shape.name;
  return std::all_of(entry.members.begin(), entry.members.end(),
                     [&shape](std::string_view member) { return Has(*shape.input, member); });
}

std::vector<OperationInfo> BuildOperations() {
  std::vector<OperationInfo> operations;
  for (const OperationShape& shape : OperationShapes()) {
    OperationInfo info{.prefix = shape.prefix, .name = shape.name, .input = shape.input};
    for (const HandlerEntry& entry : kHandlers) {
      if (entry.prefix == shape.prefix && entry.name == shape.name) info.handler = entry.handler;
    }
    if (shape.prefix == kDynamoDB) info.quirk = FindQuirk(shape.name);
    const auto is_about = [&shape](std::string_view word) {
      return shape.prefix == kDynamoDB && shape.name.find(word) != std::string_view::npos;
    };
    info.on_backups = is_about("Backup") || is_about("RestoreTableToPointInTime");
    info.on_imports = is_about("Import");
    info.on_exports = is_about("Export");
    info.on_bulk_puts = is_about("Bulk");
    for (const UnsupportedEntry& entry : kUnsupported) {
      if (!IsAbout(entry, shape)) continue;
      info.unsupported_members = entry.members;
      break;
    }
    operations.push_back(info);
  }
  return operations;
}

// Is there a value at the path "A.B.C", where a list stands for each of its elements?
bool HasPath(simdjson::dom::element value, std::string_view path) {
  if (value.is_array()) {
    const auto array = ArrayOf(value);
    return std::any_of(array.begin(), array.end(),
                       [path](simdjson::dom::element element) { return HasPath(element, path); });
  }
  if (path.empty()) return !value.is_null();
  if (!value.is_object()) return false;
  const size_t dot = path.find('.');
  const auto member = Members(value).Raw(path.substr(0, dot));
  return member && HasPath(*member, dot == std::string_view::npos ? "" : path.substr(dot + 1));
}

bool HasMemberPath(const Members& in, std::string_view path) {
  const size_t dot = path.find('.');
  const auto member = in.Raw(path.substr(0, dot));
  if (!member) return false;
  // An empty list of something unsupported is refused too: what it means would have to be known.
  return dot == std::string_view::npos || HasPath(*member, path.substr(dot + 1));
}

}  // namespace

std::span<const OperationInfo> Operations() {
  static const auto* const operations = new std::vector<OperationInfo>(BuildOperations());
  return *operations;
}

const OperationInfo* FindOperation(std::string_view target) {
  static const auto* const by_target = [] {
    auto* map = new std::unordered_map<std::string, const OperationInfo*>();
    for (const OperationInfo& info : Operations()) {
      map->emplace(std::string(info.prefix) + "." + std::string(info.name), &info);
    }
    return map;
  }();
  const auto it = by_target->find(std::string(target));
  return it == by_target->end() ? nullptr : it->second;
}

ApiResult<void> RefuseUnsupportedMembers(const OperationInfo& operation, const Members& in) {
  for (const std::string_view path : operation.unsupported_members) {
    if (HasMemberPath(in, path)) return Invalid(std::string(path) + " is not supported by Stator yet.");
  }
  return {};
}

}  // namespace stator
