// Arbitrary bytes as a CBOR body: what can be read is JSON, and what that becomes as CBOR is read
// as the same JSON.
#include "kinesis/cbor.h"

#include <simdjson.h>

#include <string>

#include "fuzz.h"

namespace stator {
namespace {

constexpr size_t kMaxJson = 1 << 20;

}  // namespace
}  // namespace stator

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stator;
  const auto json = kinesis::CborToJson(FuzzInput(data, size), kMaxJson);
  if (!json) return 0;
  simdjson::dom::parser parser;
  FUZZ_CHECK(parser.parse(*json).error() == simdjson::SUCCESS);
  const auto cbor = kinesis::JsonToCbor(*json);
  FUZZ_CHECK(cbor.has_value());
  // A double without a fraction is an integer from here on.
  const auto again = kinesis::CborToJson(*cbor, 4 * kMaxJson);
  FUZZ_CHECK(again.has_value());
  const auto cbor_again = kinesis::JsonToCbor(*again);
  FUZZ_CHECK(cbor_again.has_value());
  const auto third = kinesis::CborToJson(*cbor_again, 4 * kMaxJson);
  FUZZ_CHECK(third && *third == *again);
  return 0;
}
