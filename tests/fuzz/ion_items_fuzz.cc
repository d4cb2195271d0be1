// Arbitrary text as Ion, whole and cut in two: the same items are found.
#include "fuzz.h"
#include "item_reader_fuzz.h"
#include "model/attribute_value.h"
#include "transfer/item_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  stator::CheckItems(FuzzInput(data, size), [] { return stator::NewIonItems(); });
  stator::CheckItems(FuzzInput(data, size), [] { return stator::NewIonPuts(); });
  return 0;
}
