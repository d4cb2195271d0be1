// UpdateKinesisStreamingDestination (facts 8.4).
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/kinesis_destination_answer.h"
#include "table/destination_changes.h"

namespace stator {

void UpdateKinesisStreamingDestination(const OperationContext& context, const Members& in,
                                       Respond done) {
  constexpr std::string_view kConfig = "UpdateKinesisStreamingConfiguration";
  const auto precision = PrecisionOf(in, kConfig);
  if (!precision) {
    return done(
        Invalid("Streaming destination cannot be updated with given parameters: "
                "UpdateKinesisStreamingConfiguration cannot be null or contain only null values"));
  }
  ChangeDestination(
      context, in,
      [arn = std::string(in.String("StreamArn").value_or("")), precision = *precision](
          const TableDefinition& table) { return UpdateDestination(table, arn, precision); },
      {"UPDATING", kConfig, precision}, std::move(done));
}

}  // namespace stator
