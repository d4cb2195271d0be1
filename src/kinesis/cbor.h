// CBOR bodies (application/x-amz-cbor-1.1, what the Java SDKs send to Kinesis) to JSON and back, so
// that everything else knows JSON alone.
//
// Blobs are byte strings in CBOR and base64 in JSON. A time is tag 1 with a number of milliseconds
// in this dialect of CBOR (not seconds, as the tag means elsewhere), and a number of seconds in
// JSON.
#ifndef STATOR_KINESIS_CBOR_H_
#define STATOR_KINESIS_CBOR_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stator::kinesis {

inline constexpr int kMaxCborDepth = 100;

// Numbers are those that fit 64 bits, or doubles; keys are texts; tags other than 1 are left out.
// Errors: kInvalidArgument, also for more than `max_json` bytes of JSON.
Result<std::string> CborToJson(std::string_view cbor, size_t max_json);

// Which strings are blobs and which numbers times is known by the names of their members: "Data",
// and "...Timestamp". Errors: kInvalidArgument.
Result<std::string> JsonToCbor(std::string_view json);

}  // namespace stator::kinesis

#endif  // STATOR_KINESIS_CBOR_H_
