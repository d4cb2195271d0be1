// Expressions: the text to a tree, the tree with the request's names and values, its value for an
// item.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <iostream>
#include <optional>
#include <string_view>
#include <utility>

#include "expr/condition.h"
#include "expr/condition_parser.h"
#include "expr/update.h"
#include "expr/update_parser.h"
#include "micro/sample_item.h"

namespace stator::bench {
namespace {

constexpr std::string_view kCondition =
    "attribute_exists(id) AND #t BETWEEN :low AND :high AND (contains(labels, :tag) OR "
    "entries[2].sku "
    "= :sku)";
constexpr std::string_view kUpdate =
    "SET amount = amount + :high, entries[1].price = if_not_exists(entries[1].price, :low) REMOVE "
    "remark "
    "ADD hits :low";

Placeholders NamesAndValues(bool condition) {
  AttributeMap values;
  values.Set(":low", AttributeValue::N(1));
  values.Set(":high", AttributeValue::N(5000));
  if (condition) {
    values.Set(":tag", AttributeValue::S("none"));
    values.Set(":sku", AttributeValue::S("sku-2"));
  }
  std::optional<Placeholders::Names> names;
  if (condition) names = Placeholders::Names{{"#t", "amount"}};
  return std::move(*Placeholders::Create(std::move(names), std::move(values)));
}

// The value of what must not fail.
template <typename T>
T Must(ApiResult<T> result) {
  if (!result) {
    std::cerr << result.error().message.value_or("refused") << std::endl;
    std::abort();
  }
  return std::move(*result);
}

void ConditionParse(benchmark::State& state) {
  for (auto _ : state) {
    auto tree = ParseConditionSyntax(kCondition, ExpressionKind::kCondition);
    benchmark::DoNotOptimize(tree);
  }
}

void ConditionBind(benchmark::State& state) {
  const auto tree = Must(ParseConditionSyntax(kCondition, ExpressionKind::kCondition));
  Placeholders placeholders = NamesAndValues(true);
  for (auto _ : state) {
    auto condition = BindCondition(*tree, ExpressionKind::kCondition, &placeholders);
    if (!condition) state.SkipWithError("the condition is refused");
    benchmark::DoNotOptimize(condition);
  }
}

void ConditionEvaluate(benchmark::State& state) {
  Placeholders placeholders = NamesAndValues(true);
  const auto condition =
      Must(ParseCondition(kCondition, ExpressionKind::kCondition, &placeholders));
  const Item item = MixedItem();
  for (auto _ : state) {
    if (!Evaluate(condition, &item)) state.SkipWithError("the condition is false");
  }
}

void UpdateParse(benchmark::State& state) {
  for (auto _ : state) {
    auto tree = ParseUpdateSyntax(kUpdate);
    benchmark::DoNotOptimize(tree);
  }
}

void UpdateBind(benchmark::State& state) {
  const auto tree = Must(ParseUpdateSyntax(kUpdate));
  Placeholders placeholders = NamesAndValues(false);
  for (auto _ : state) {
    auto update = BindUpdate(*tree, &placeholders);
    if (!update) state.SkipWithError("the update is refused");
    benchmark::DoNotOptimize(update);
  }
}

void UpdateApply(benchmark::State& state) {
  Placeholders placeholders = NamesAndValues(false);
  const auto update = Must(ParseUpdate(kUpdate, &placeholders));
  const Item item = MixedItem();
  Item key;
  key.Set("id", *item.Find("id"));
  for (auto _ : state) {
    auto updated = ApplyUpdate(update, &item, key);
    if (!updated) state.SkipWithError("the update fails");
    benchmark::DoNotOptimize(updated);
  }
}

BENCHMARK(ConditionParse);
BENCHMARK(ConditionBind);
BENCHMARK(ConditionEvaluate);
BENCHMARK(UpdateParse);
BENCHMARK(UpdateBind);
BENCHMARK(UpdateApply);

}  // namespace
}  // namespace stator::bench
