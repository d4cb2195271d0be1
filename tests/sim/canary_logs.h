// Canaries (canaries.h) of the logs of changes.
#ifndef STATOR_SIM_CANARY_LOGS_H_
#define STATOR_SIM_CANARY_LOGS_H_

#include "world.h"

namespace stator::sim {

// A commit forgets one of its records, now and then.
Sabotage ForgottenRecords();
// A log shows what a crash may still take back.
Sabotage EarlyRecords();
// A commit may record a change in a shard that was closed before it.
Sabotage RecordsAfterTheEnd();
// A named reader's position is not stored with what it has read.
Sabotage ForgottenPositions();
// Deletes by the service are recorded as those of users.
Sabotage AnonymousDeletes();

}  // namespace stator::sim

#endif  // STATOR_SIM_CANARY_LOGS_H_
