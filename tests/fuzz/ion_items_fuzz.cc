// Arbitrary text as Ion, whole and cut in two: the same items are found.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzz.h"
#include "model/attribute_value_json.h"
#include "model/item_codec.h"
#include "model/item_size.h"
#include "model/limits.h"
#include "transfer/item_reader.h"

namespace {

using stator::Item;
using stator::ItemReader;

std::unique_ptr<ItemReader> NewReader() { return stator::NewIonItems(); }

std::vector<std::string> ReadAll(std::string_view text, size_t cut) {
  std::vector<std::string> found;
  const auto reader = NewReader();
  const auto take = [&] {
    for (;;) {
      Item item;
      std::string why;
      const auto next = reader->Next(&item, &why);
      if (next == ItemReader::Found::kMore) return;
      if (next == ItemReader::Found::kBad) {
        FUZZ_CHECK(!why.empty());
        found.push_back("bad");
        continue;
      }
      for (const auto& [name, value] : item) {
        FUZZ_CHECK(stator::NestingLevels(value) <= stator::kMaxNestingLevels);
      }
      std::string bytes;
      stator::EncodeItem(item, &bytes);
      FUZZ_CHECK(*stator::DecodeItem(bytes) == item);
      stator::AppendJson(item, &found.emplace_back());
    }
  };
  reader->Feed(text.substr(0, cut));
  take();
  reader->Feed(text.substr(cut));
  reader->End();
  take();
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input = FuzzInput(data, size);
  const auto whole = ReadAll(input, size);
  FUZZ_CHECK(ReadAll(input, size / 2) == whole);
  FUZZ_CHECK(ReadAll(input, std::min<size_t>(size, 1)) == whole);
  return 0;
}
