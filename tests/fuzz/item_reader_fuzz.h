// For the fuzz targets of the readers of items: a text that comes whole or cut in two holds the
// same items, and they are ones that can be stored.
#ifndef STATOR_TESTS_FUZZ_ITEM_READER_FUZZ_H_
#define STATOR_TESTS_FUZZ_ITEM_READER_FUZZ_H_

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz.h"
#include "model/attribute_value_json.h"
#include "model/item_codec.h"
#include "model/item_size.h"
#include "model/limits.h"
#include "transfer/item_reader.h"

namespace stator {

inline std::vector<std::string> ReadAll(ItemReader* reader, std::string_view text, size_t cut) {
  std::vector<std::string> found;
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
        FUZZ_CHECK(NestingLevels(value) <= kMaxNestingLevels);
      }
      std::string bytes;
      EncodeItem(item, &bytes);
      FUZZ_CHECK(*DecodeItem(bytes) == item);
      AppendJson(item, &found.emplace_back());
      const PutConditionText& condition = reader->condition();
      found.back() += condition.expression.value_or("");
      if (condition.values) AppendJson(*condition.values, &found.back());
      (void)ParsePutCondition(condition);
    }
  };
  reader->Feed(text.substr(0, cut));
  take();
  reader->Feed(text.substr(cut));
  reader->End();
  take();
  return found;
}

// `open`: makes a reader.
template <class Open>
void CheckItems(std::string_view input, Open open) {
  const auto whole = ReadAll(open().get(), input, input.size());
  FUZZ_CHECK(ReadAll(open().get(), input, input.size() / 2) == whole);
  FUZZ_CHECK(ReadAll(open().get(), input, std::min<size_t>(input.size(), 1)) == whole);
}

}  // namespace stator

#endif  // STATOR_TESTS_FUZZ_ITEM_READER_FUZZ_H_
