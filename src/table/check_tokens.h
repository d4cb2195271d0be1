// The part of a check that reads the ClientRequestTokens.
#ifndef STATOR_TABLE_CHECK_TOKENS_H_
#define STATOR_TABLE_CHECK_TOKENS_H_

#include <cstdint>

#include "table/check_report.h"
#include "table/store_walk.h"

namespace stator {

// Every token has its entry in the list by expiry; every entry of that list that is not due yet has
// its token. Returns how many tokens there are.
uint64_t CheckTokens(StoreWalk* walk, int64_t now_micros, CheckReport* report);

}  // namespace stator

#endif  // STATOR_TABLE_CHECK_TOKENS_H_
