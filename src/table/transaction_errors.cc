#include "table/transaction_errors.h"

#include <utility>

namespace stator {

ApiError TransactionCanceled(std::vector<CancellationReason> reasons) {
  std::string message = "Transaction cancelled, please refer cancellation reasons for specific reasons [";
  for (size_t i = 0; i < reasons.size(); ++i) {
    if (i > 0) message += ", ";
    message += reasons[i].code;
  }
  message += "]";
  ApiError error{ErrorType::kTransactionCanceled, std::move(message)};
  error.cancellation_reasons = std::move(reasons);
  return error;
}

ApiError CanceledByValidation(size_t actions, size_t index, std::string message) {
  std::vector<CancellationReason> reasons(actions);
  reasons[index] = {"ValidationError", std::move(message), std::nullopt};
  return TransactionCanceled(std::move(reasons));
}

ApiError CanceledByConflict(size_t actions, const std::vector<size_t>& conflicts) {
  std::vector<CancellationReason> reasons(actions);
  for (size_t index : conflicts) {
    reasons[index] = {"TransactionConflict", "Transaction is ongoing for the item.", std::nullopt};
  }
  return TransactionCanceled(std::move(reasons));
}

}  // namespace stator
