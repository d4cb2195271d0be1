// TransactionCanceledException: its message lists the codes, its payload the reasons (facts 6.3).
#ifndef STATOR_TABLE_TRANSACTION_ERRORS_H_
#define STATOR_TABLE_TRANSACTION_ERRORS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "model/api_error.h"

namespace stator {

// REQUIRES: one reason for each action, in order.
ApiError TransactionCanceled(std::vector<CancellationReason> reasons);

// All None but `index`, which is a ValidationError with this text.
ApiError CanceledByValidation(size_t actions, size_t index, std::string message);

// TransactionConflict for the actions named, None for the others.
ApiError CanceledByConflict(size_t actions, const std::vector<size_t>& conflicts);

}  // namespace stator

#endif  // STATOR_TABLE_TRANSACTION_ERRORS_H_
