// The service's limits that concern data and expressions (facts 12). Bytes unless the name says
// otherwise.
#ifndef STATOR_MODEL_LIMITS_H_
#define STATOR_MODEL_LIMITS_H_

#include <cstddef>

namespace stator {

// Items (numbers: model/decimal.h).
inline constexpr size_t kMaxItemSize =
    409'600;  // names and values, as model/item_size.h measures them
inline constexpr size_t kMaxPartitionKeySize = 2048;
inline constexpr size_t kMaxSortKeySize = 1024;
inline constexpr size_t kMaxAttributeNameSize = 65'535;
inline constexpr size_t kMaxKeyAttributeNameSize = 255;  // also projected attributes and TTL's
inline constexpr int kMaxNestingLevels = 32;             // a top-level attribute value is level 1

// Expressions.
inline constexpr size_t kMaxExpressionSize = 4096;
inline constexpr int kMaxExpressionOperators = 300;
inline constexpr int kMaxInOperands = 100;
inline constexpr int kMaxPathDepth = 32;
inline constexpr size_t kMaxPlaceholderSize = 255;
inline constexpr size_t kMaxSubstitutionSize =
    2 * 1024 * 1024;  // all names and values of one request

// Legacy parameters.
inline constexpr size_t kMaxAttributesToGet = 255;

// Requests and pages.
inline constexpr size_t kMaxPageSize = 1024 * 1024;
inline constexpr size_t kMaxBatchGetKeys = 100;
inline constexpr size_t kMaxBatchWriteRequests = 25;
inline constexpr size_t kMaxBatchSize = 16 * 1024 * 1024;
inline constexpr size_t kMaxTransactActions = 100;
inline constexpr size_t kMaxTransactSize = 4 * 1024 * 1024;
inline constexpr size_t kMaxClientRequestTokenChars = 36;
inline constexpr int kMaxScanSegments = 1'000'000;

}  // namespace stator

#endif  // STATOR_MODEL_LIMITS_H_
