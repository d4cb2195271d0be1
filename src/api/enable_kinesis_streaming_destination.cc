// EnableKinesisStreamingDestination (facts 8.4, 14.5): whether the stream is there shows later.
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/kinesis_destination_answer.h"
#include "table/database.h"
#include "table/destination_changes.h"

namespace stator {

void EnableKinesisStreamingDestination(const OperationContext& context, const Members& in,
                                       Respond done) {
  constexpr std::string_view kConfig = "EnableKinesisStreamingConfiguration";
  const auto precision = PrecisionOf(in, kConfig);
  ChangeDestination(
      context, in,
      [arn = std::string(in.String("StreamArn").value_or("")), precision,
       &clock = context.database->clock()](const TableDefinition& table) {
        return EnableDestination(table, arn, precision.value_or(TimePrecision::kMillisecond),
                                 clock.NowMicros());
      },
      {"ENABLING", kConfig, precision}, std::move(done));
}

}  // namespace stator
