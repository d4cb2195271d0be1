// Key values to parts of storage keys and back.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "micro/sample_item.h"
#include "model/key_codec.h"
#include "table/layout.h"

namespace stator::bench {
namespace {

AttributeValue KeyValue(int64_t kind) {
  switch (kind) {
    case 0:
      return AttributeValue::S("partition-00000042");
    case 1:
      return AttributeValue::N(*Decimal::Parse("-1234567.891"));
    default:
      return AttributeValue::B(std::string(32, '\0'));
  }
}

constexpr const char* kKinds[] = {"S", "N", "B"};

void AppendKeyPart(benchmark::State& state) {
  const AttributeValue value = KeyValue(state.range(0));
  state.SetLabel(kKinds[state.range(0)]);
  std::string key;
  for (auto _ : state) {
    key.clear();
    stator::AppendKeyPart(value, &key);
    benchmark::DoNotOptimize(key.data());
  }
}

void ReadKeyPart(benchmark::State& state) {
  state.SetLabel(kKinds[state.range(0)]);
  std::string key;
  stator::AppendKeyPart(KeyValue(state.range(0)), &key);
  for (auto _ : state) {
    std::string_view in = key;
    auto value = stator::ReadKeyPart(&in);
    benchmark::DoNotOptimize(value);
  }
}

void ItemKey(benchmark::State& state) {
  TableDefinition table;
  table.id = 7;
  table.keys = {{{"p", AttributeValue::Type::kS}}, {{"r", AttributeValue::Type::kN}}};
  const Item item = LoadItem();
  for (auto _ : state) {
    auto key = stator::ItemKey(table, item);
    benchmark::DoNotOptimize(key);
  }
}

BENCHMARK(AppendKeyPart)->DenseRange(0, 2);
BENCHMARK(ReadKeyPart)->DenseRange(0, 2);
BENCHMARK(ItemKey);

}  // namespace
}  // namespace stator::bench
