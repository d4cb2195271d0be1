// CreateTable and UpdateTable as values: what the request says, types and model constraints already
// checked (lengths, name patterns, enums other than those kept as text here), nothing else.
#ifndef STATOR_TABLE_TABLE_REQUEST_H_
#define STATOR_TABLE_TABLE_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "table/table_definition.h"

namespace stator {

struct KeySchemaEntry {
  std::string attribute;
  bool is_hash = false;  // KeyType HASH, else RANGE
};

struct ProjectionRequest {
  std::optional<IndexProjection::Type> type;
  std::optional<std::vector<std::string>> non_key_attributes;
};

// ProvisionedThroughput, OnDemandThroughput or WarmThroughput.
struct ThroughputRequest {
  std::optional<int64_t> read;
  std::optional<int64_t> write;
  bool empty() const { return !read && !write; }
};

struct IndexRequest {
  std::string name;
  std::vector<KeySchemaEntry> keys;
  ProjectionRequest projection;
  std::optional<ThroughputRequest> provisioned;
  std::optional<ThroughputRequest> on_demand;
  std::optional<ThroughputRequest> warm;
};

struct StreamRequest {
  bool enabled = false;
  std::optional<StreamViewType> view;
};

struct SseRequest {
  bool enabled = false;
  std::optional<std::string> type;
  bool has_key_id = false;
};

using TagList = std::vector<std::pair<std::string, std::string>>;

struct CreateTableRequest {
  std::string name;
  std::vector<KeyAttribute> attributes;
  std::vector<KeySchemaEntry> keys;
  std::optional<std::vector<IndexRequest>> local_indexes;
  std::optional<std::vector<IndexRequest>> global_indexes;
  std::optional<BillingMode> billing;
  std::optional<ThroughputRequest> provisioned;
  std::optional<ThroughputRequest> on_demand;
  std::optional<ThroughputRequest> warm;
  std::optional<StreamRequest> stream;
  std::optional<SseRequest> sse;
  std::optional<std::string> table_class;
  bool deletion_protection = false;
  TagList tags;
};

struct IndexThroughputRequest {
  std::string name;
  std::optional<ThroughputRequest> provisioned;
  std::optional<ThroughputRequest> on_demand;
  std::optional<ThroughputRequest> warm;
};

// One element of GlobalSecondaryIndexUpdates; exactly one member is to be set.
struct IndexUpdateRequest {
  std::optional<IndexRequest> create;
  std::optional<IndexThroughputRequest> update;
  std::optional<std::string> remove;  // name
};

struct UpdateTableRequest {
  std::string name;
  std::optional<std::vector<KeyAttribute>> attributes;
  std::optional<BillingMode> billing;
  std::optional<ThroughputRequest> provisioned;
  std::optional<ThroughputRequest> on_demand;
  std::optional<ThroughputRequest> warm;
  std::optional<std::vector<IndexUpdateRequest>> index_updates;
  std::optional<StreamRequest> stream;
  std::optional<SseRequest> sse;
  std::optional<std::string> table_class;
  std::optional<bool> deletion_protection;
};

}  // namespace stator

#endif  // STATOR_TABLE_TABLE_REQUEST_H_
