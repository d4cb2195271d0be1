// DisableKinesisStreamingDestination (facts 8.4, 14.5).
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/kinesis_destination_answer.h"
#include "table/database.h"
#include "table/destination_changes.h"

namespace stator {

void DisableKinesisStreamingDestination(const OperationContext& context, const Members& in,
                                        Respond done) {
  ChangeDestination(
      context, in,
      [arn = std::string(in.String("StreamArn").value_or("")),
       &clock = context.database->clock()](const TableDefinition& table) {
        return DisableDestination(table, arn, clock.NowMicros());
      },
      {"DISABLING", "", std::nullopt}, std::move(done));
}

}  // namespace stator
