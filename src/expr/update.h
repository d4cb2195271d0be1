// Updates: from text to a checked UpdateExpression, and what it makes of an item (facts 3.9, 3.10).
#ifndef STATOR_EXPR_UPDATE_H_
#define STATOR_EXPR_UPDATE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "expr/ast.h"
#include "expr/placeholders.h"
#include "expr/syntax.h"
#include "model/api_error.h"

namespace stator {

// The right-hand side of an action.
struct UpdateValue {
  enum class Kind : uint8_t {
    kPath,
    kValue,
    kIfNotExists,  // two operands, the first a path
    kListAppend,   // two operands
    kPlus,         // two operands
    kMinus,        // two operands
  };
  Kind kind = Kind::kValue;
  DocumentPath path;  // kPath
  ValuePtr value;     // kValue, not null
  std::vector<UpdateValue> operands;
};

struct UpdateAction {
  enum class Kind : uint8_t { kSet, kRemove, kAdd, kDelete };
  Kind kind = Kind::kSet;
  DocumentPath path;
  // kSet: anything. kAdd: the number, set or (legacy) list to add. kDelete: the set to take away.
  // kRemove: not used.
  UpdateValue value;
};

struct UpdateExpression {
  std::vector<UpdateAction> actions;  // in the order of the text; no two paths clash
  // AttributeUpdates answer type clashes with another text.
  bool is_legacy = false;
};

// Parses, binds and checks in one go.
ApiResult<UpdateExpression> ParseUpdate(std::string_view text, Placeholders* placeholders);
// The second half, for texts whose tree was kept (expr/update_parser.h).
ApiResult<UpdateExpression> BindUpdate(const syntax::Update& parsed, Placeholders* placeholders);

// The item after the update; `old_item` nullptr: there is none yet, and the new one begins with
// `key`. nullopt: there was no item and none comes to be, because the actions only take away;
// nothing is to be written. An expression without actions creates an item that has only its key.
//
// Checks what the service checks against the item, the nesting of values included, but neither the
// size nor the keys of the result. Pure.
ApiResult<std::optional<Item>> ApplyUpdate(const UpdateExpression& update, const Item* old_item,
                                           const Item& key);

// The names of the attributes that the update writes or removes, without repetition, in the order
// of the text. They point into `update`.
std::vector<std::string_view> TouchedAttributes(const UpdateExpression& update);

// The Attributes of ReturnValues UPDATED_OLD and UPDATED_NEW: the touched paths only, in their
// nesting. Empty: the answer has no Attributes.
Item UpdatedOld(const UpdateExpression& update, const Item* old_item);
Item UpdatedNew(const UpdateExpression& update, const Item& new_item);

// What an update adds to the measure of its item's size (facts 2.5).
struct UpdateCost {
  int written_values = 0;  // SET, ADD and DELETE actions
  int removes = 0;
  int list_targets = 0;     // actions whose target is a list element
  int arithmetic_sets = 0;  // SET with + or -
  int Total() const {
    return 3 + 19 * written_values + 2 * removes + list_targets + 50 * arithmetic_sets;
  }
};
UpdateCost CostOf(const UpdateExpression& update);

// Every path in it, targets and operands, in the order of the text.
void VisitPaths(const UpdateExpression& update,
                const std::function<void(const DocumentPath&)>& visit);

}  // namespace stator

#endif  // STATOR_EXPR_UPDATE_H_
