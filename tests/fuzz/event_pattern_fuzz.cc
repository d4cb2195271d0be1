// Texts of event patterns, and their match with an event. A line feed parts the two; without one,
// the event is the pattern itself.
#include "events/event_pattern.h"

#include <simdjson.h>

#include <string>

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stator;  // NOLINT
  const std::string_view input = FuzzInput(data, size);
  const size_t end = input.find('\n');
  const std::string pattern_text(input.substr(0, end));
  const std::string event(end == std::string_view::npos ? input : input.substr(end + 1));
  auto pattern = EventPattern::Parse(pattern_text);
  if (!pattern) {
    FUZZ_CHECK(!pattern.error().message.empty() && "refusals have a text");
    return 0;
  }
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(event).get(document) != simdjson::SUCCESS) return 0;
  const bool matches = pattern->Matches(document);

  const std::string patterns[] = {pattern_text};
  auto filter = EventFilter::Parse(patterns);
  FUZZ_CHECK(filter && filter->Matches(document) == matches && "a filter of one is its pattern");
  auto either = EventPattern::Parse("{\"$or\":[" + pattern_text + "," + pattern_text + "]}");
  FUZZ_CHECK((!either || either->Matches(document) == matches) && "one or the same is the same");
  return 0;
}
