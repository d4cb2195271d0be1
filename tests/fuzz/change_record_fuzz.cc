// Arbitrary bytes as a change record: what is accepted means the same when it is written again.
#include "table/change_record.h"

#include <string>

#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stator;
  const Result<ChangeRecord> record = DecodeChangeRecord(FuzzInput(data, size));
  if (!record) return 0;
  const std::string again = EncodeChangeRecord(*record);
  const Result<ChangeRecord> decoded = DecodeChangeRecord(again);
  FUZZ_CHECK(decoded.has_value());
  FUZZ_CHECK(decoded->actor == record->actor);
  FUZZ_CHECK(decoded->had_old == record->had_old && decoded->has_new == record->has_new);
  FUZZ_CHECK(decoded->item_key == record->item_key);
  FUZZ_CHECK(decoded->old_image == record->old_image);
  FUZZ_CHECK(decoded->new_image == record->new_image);
  return 0;
}
