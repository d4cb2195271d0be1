// The items that the micro-benchmarks are about.
#ifndef STATOR_BENCH_MICRO_SAMPLE_ITEM_H_
#define STATOR_BENCH_MICRO_SAMPLE_ITEM_H_

#include <string>

#include "model/attribute_value.h"
#include "model/attribute_value_json.h"

namespace stator::bench {

// The load's own: a key and ten strings, so many bytes in all.
inline Item LoadItem(size_t bytes = 1024) {
  Item item;
  const size_t length = (bytes - 43) / 10;
  for (char i = '0'; i <= '9'; ++i) {
    item.Append(std::string("a") + i, AttributeValue::S(std::string(length, 'x')));
  }
  item.Append("p", AttributeValue::S("partition-00000042"));
  item.Append("r", AttributeValue::N(7));
  return item;
}

// One of every type, nested.
inline Item MixedItem() {
  using V = AttributeValue;
  Item item;
  item.Set("id", V::S("order-2026-000042"));
  item.Set("amount", V::N(*Decimal::Parse("1249.95")));
  item.Set("paid", V::Bool(true));
  item.Set("remark", V::NullValue());
  item.Set("signature", V::B(std::string(64, '\x7F')));
  item.Set("labels", V::SS({"blue", "fragile", "gift"}));
  item.Set("codes", V::NS({Decimal::FromInt(3), Decimal::FromInt(14), Decimal::FromInt(159)}));
  V::List lines;
  for (int i = 0; i < 5; ++i) {
    AttributeMap line;
    line.Set("sku", V::S("sku-" + std::to_string(i)));
    line.Set("count", V::N(i + 1));
    line.Set("price", V::N(*Decimal::Parse("49.99")));
    lines.push_back(V::M(std::move(line)));
  }
  item.Set("entries", V::L(std::move(lines)));
  return item;
}

inline std::string JsonOf(const Item& item) {
  std::string json;
  AppendJson(item, &json);
  return json;
}

}  // namespace stator::bench

#endif  // STATOR_BENCH_MICRO_SAMPLE_ITEM_H_
