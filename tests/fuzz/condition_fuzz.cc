// Texts of conditions: parsing must not crash, and a condition and its negation must differ on
// every item.
#include "expr/condition.h"
#include "expression_fixture.h"
#include "fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stator;  // NOLINT
  const std::string_view text = FuzzInput(data, size);
  Placeholders placeholders = fuzz::MakePlaceholders();
  auto condition = ParseCondition(text, ExpressionKind::kFilter, &placeholders);
  if (!condition) {
    FUZZ_CHECK((fuzz::IsRefusal(condition)) && "refusals have a text");
    return 0;
  }
  Condition negated;
  negated.op = ConditionOp::kNot;
  negated.conditions.push_back(*condition);
  const Item item = fuzz::EveryType();
  for (const Item* subject : {static_cast<const Item*>(nullptr), &item}) {
    FUZZ_CHECK((Evaluate(*condition, subject) != Evaluate(negated, subject)) && "NOT negates");
  }
  const Item empty;
  FUZZ_CHECK((Evaluate(*condition, nullptr) == Evaluate(*condition, &empty)) &&
             "no item is an empty item");
  VisitPaths(*condition, [](const DocumentPath& path) {
    FUZZ_CHECK((!path.elements.empty() && !path.elements[0].is_index) && "paths begin with a name");
  });
  return 0;
}
