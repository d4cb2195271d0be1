// Items in and out: JSON to values, values to the stored form, the stored form to JSON.
#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <string>

#include "micro/sample_item.h"
#include "model/item_codec.h"
#include "model/item_size.h"

namespace stator::bench {
namespace {

Item Sample(const benchmark::State& state) {
  return state.range(0) == 0 ? MixedItem() : LoadItem(static_cast<size_t>(state.range(0)));
}

void SetBytes(benchmark::State& state, size_t bytes) {
  state.SetBytesProcessed(static_cast<int64_t>(bytes) * static_cast<int64_t>(state.iterations()));
}

void ItemFromJson(benchmark::State& state) {
  const std::string json = JsonOf(Sample(state));
  simdjson::dom::parser parser;
  for (auto _ : state) {
    const simdjson::dom::element parsed = parser.parse(json);
    auto item = AttributeMapFromJson(parsed.get_object());
    benchmark::DoNotOptimize(item);
  }
  SetBytes(state, json.size());
}

void ItemToJson(benchmark::State& state) {
  const Item item = Sample(state);
  std::string json;
  for (auto _ : state) {
    json.clear();
    AppendJson(item, &json);
    benchmark::DoNotOptimize(json.data());
  }
  SetBytes(state, json.size());
}

void EncodeItem(benchmark::State& state) {
  const Item item = Sample(state);
  std::string encoded;
  for (auto _ : state) {
    encoded.clear();
    stator::EncodeItem(item, &encoded);
    benchmark::DoNotOptimize(encoded.data());
  }
  SetBytes(state, encoded.size());
}

void DecodeItem(benchmark::State& state) {
  std::string encoded;
  stator::EncodeItem(Sample(state), &encoded);
  for (auto _ : state) {
    auto item = stator::DecodeItem(encoded);
    benchmark::DoNotOptimize(item);
  }
  SetBytes(state, encoded.size());
}

void StoredItemToJson(benchmark::State& state) {
  std::string encoded, json;
  stator::EncodeItem(Sample(state), &encoded);
  for (auto _ : state) {
    json.clear();
    benchmark::DoNotOptimize(AppendItemJson(encoded, &json));
  }
  SetBytes(state, json.size());
}

void FindAttribute(benchmark::State& state) {
  std::string encoded;
  stator::EncodeItem(LoadItem(), &encoded);
  for (auto _ : state) {
    auto value = FindInEncoded(encoded, "a7");
    benchmark::DoNotOptimize(value);
  }
}

void SizeOfItem(benchmark::State& state) {
  const Item item = Sample(state);
  for (auto _ : state) benchmark::DoNotOptimize(SizeOf(item));
}

// 0: one of every type.
void Sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(1024)->Arg(400 << 10)->Arg(0);
}

BENCHMARK(ItemFromJson)->Apply(Sizes);
BENCHMARK(ItemToJson)->Apply(Sizes);
BENCHMARK(EncodeItem)->Apply(Sizes);
BENCHMARK(DecodeItem)->Apply(Sizes);
BENCHMARK(StoredItemToJson)->Apply(Sizes);
BENCHMARK(FindAttribute);
BENCHMARK(SizeOfItem)->Apply(Sizes);

}  // namespace
}  // namespace stator::bench
