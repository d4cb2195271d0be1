#include "table/kinesis_destination.h"

#include "model/stored_fields.h"

namespace stator {

std::string_view NameOf(DestinationStatus status) {
  switch (status) {
    case DestinationStatus::kEnabling:
      return "ENABLING";
    case DestinationStatus::kActive:
      return "ACTIVE";
    case DestinationStatus::kDisabled:
      return "DISABLED";
    case DestinationStatus::kEnableFailed:
      return "ENABLE_FAILED";
  }
  return "";
}

std::string_view NameOf(TimePrecision precision) {
  return precision == TimePrecision::kMicrosecond ? "MICROSECOND" : "MILLISECOND";
}

AttributeValue DestinationsValue(const std::vector<KinesisDestination>& destinations) {
  AttributeValue::List list;
  for (const KinesisDestination& destination : destinations) {
    AttributeMap map;
    map.Set("stream", AttributeValue::S(destination.stream_arn));
    map.Set("reader", AttributeValue::S(destination.reader));
    map.Set("status", AttributeValue::N(static_cast<int64_t>(destination.status)));
    map.Set("precision", AttributeValue::N(static_cast<int64_t>(destination.precision)));
    map.Set("description", AttributeValue::S(destination.description));
    map.Set("changed", AttributeValue::N(destination.changed_micros));
    list.push_back(AttributeValue::M(std::move(map)));
  }
  return AttributeValue::L(std::move(list));
}

std::optional<std::vector<KinesisDestination>> ReadDestinations(const AttributeValue& value) {
  if (!value.is(AttributeValue::Type::kL)) return std::nullopt;
  std::vector<KinesisDestination> destinations;
  for (const AttributeValue& element : value.l()) {
    if (!element.is(AttributeValue::Type::kM)) return std::nullopt;
    const AttributeMap& map = element.m();
    const auto stream = StoredText(map.Find("stream")), reader = StoredText(map.Find("reader")),
               description = StoredText(map.Find("description"));
    const auto status = StoredInt(map.Find("status")), precision = StoredInt(map.Find("precision")),
               changed = StoredInt(map.Find("changed"));
    if (!stream || !reader || !description || !status || !precision || !changed)
      return std::nullopt;
    destinations.push_back({.stream_arn = *stream,
                            .reader = *reader,
                            .status = static_cast<DestinationStatus>(*status),
                            .precision = static_cast<TimePrecision>(*precision),
                            .description = *description,
                            .changed_micros = *changed});
    if (NameOf(destinations.back().status).empty()) return std::nullopt;
  }
  return destinations;
}

}  // namespace stator
