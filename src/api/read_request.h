// What a Query or a Scan asks for: decoding and all checks that do not need the table (facts 1.5,
// step 9).
#ifndef STATOR_API_READ_REQUEST_H_
#define STATOR_API_READ_REQUEST_H_

#include <cstdint>
#include <optional>
#include <string>

#include "api/consumed_capacity.h"
#include "api/expression_inputs.h"
#include "api/members.h"
#include "api/service.h"
#include "expr/condition.h"
#include "expr/key_condition.h"
#include "expr/projection.h"
#include "model/api_error.h"
#include "model/attribute_value.h"

namespace stator {

struct ReadRequest {
  std::string table_name;
  std::string table_name_given;  // the name or ARN
  std::optional<std::string> index_name;
  bool consistent = false;
  uint64_t limit = 0;  // 0 = none
  std::optional<AttributeMap> start_key;
  std::optional<Select> select;
  std::optional<Projection> projection;
  std::optional<Condition> filter;
  bool legacy_filter = false;  // QueryFilter or ScanFilter: some texts differ
  ReturnConsumedCapacity consumed_capacity = ReturnConsumedCapacity::kNone;

  // Query; absent for a Scan.
  std::optional<KeyCondition> key_condition;
  bool reverse = false;
  // Scan.
  uint32_t segment = 0;
  uint32_t total_segments = 1;
};

ApiResult<ReadRequest> DecodeQuery(const Members& in, const Caller& caller);
ApiResult<ReadRequest> DecodeScan(const Members& in, const Caller& caller);

}  // namespace stator

#endif  // STATOR_API_READ_REQUEST_H_
