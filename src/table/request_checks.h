// Checks that CreateTable and UpdateTable share (facts 5.1, 5.4, 14.2). Pure.
#ifndef STATOR_TABLE_REQUEST_CHECKS_H_
#define STATOR_TABLE_REQUEST_CHECKS_H_

#include <string_view>

#include "model/api_error.h"
#include "table/schema_check.h"
#include "table/table_definition.h"
#include "table/table_request.h"

namespace stator {

// Keys and projection of a new global index, in state CREATING; not its name and throughput.
ApiResult<IndexDefinition> ResolveNewGlobalIndex(const IndexRequest& request,
                                                 const AttributeDefinitions& attributes);

// Throughput members of a new global index of a table in mode `billing`. REQUIRES: with
// kProvisioned both units are given.
ApiResult<void> SetNewIndexThroughput(const IndexRequest& request, BillingMode billing,
                                      IndexDefinition* index);

// SSESpecification: what the service refuses, then what Stator does not support yet (Enabled true).
ApiResult<void> CheckSse(const SseRequest& sse);

ApiResult<TableClass> ParseTableClass(std::string_view text);

}  // namespace stator

#endif  // STATOR_TABLE_REQUEST_CHECKS_H_
