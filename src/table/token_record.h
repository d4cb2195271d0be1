// What is remembered of a transaction under its ClientRequestToken (facts 6.4), as stored.
#ifndef STATOR_TABLE_TOKEN_RECORD_H_
#define STATOR_TABLE_TOKEN_RECORD_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "table/write_items.h"

namespace stator {

struct TokenRecord {
  uint64_t request_hash = 0;
  int64_t expires_micros = 0;  // since the Unix epoch
  std::vector<ReplayUnits> units;
};

std::string EncodeTokenRecord(const TokenRecord& record);
Result<TokenRecord> DecodeTokenRecord(std::string_view bytes);

}  // namespace stator

#endif  // STATOR_TABLE_TOKEN_RECORD_H_
