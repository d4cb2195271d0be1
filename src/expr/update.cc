#include "expr/update.h"

#include <algorithm>
#include <string>
#include <utility>

#include "expr/binder.h"
#include "expr/expression_kind.h"
#include "expr/update_parser.h"

namespace stator {
namespace {

using syntax::Node;
using syntax::NodeKind;
using Type = AttributeValue::Type;
using Fault = std::optional<std::string>;

UpdateValue::Kind ValueKindOf(const Node& node) {
  switch (node.kind) {
    case NodeKind::kPath:
      return UpdateValue::Kind::kPath;
    case NodeKind::kPlus:
      return UpdateValue::Kind::kPlus;
    case NodeKind::kMinus:
      return UpdateValue::Kind::kMinus;
    case NodeKind::kFunction:
      return node.text == "list_append" ? UpdateValue::Kind::kListAppend
                                        : UpdateValue::Kind::kIfNotExists;
    default:
      return UpdateValue::Kind::kValue;
  }
}

UpdateValue BindUpdateValue(const Node& node, Binder* binder) {
  UpdateValue bound;
  bound.kind = ValueKindOf(node);
  if (bound.kind == UpdateValue::Kind::kPath) bound.path = binder->BindPath(node.path);
  if (bound.kind == UpdateValue::Kind::kValue) bound.value = binder->BindValue(node.text);
  for (const Node& child : node.children) bound.operands.push_back(BindUpdateValue(child, binder));
  return bound;
}

UpdateAction BindClause(const syntax::UpdateClause& clause, Binder* binder) {
  using Section = syntax::UpdateClause::Section;
  UpdateAction action;
  action.path = binder->BindPath(clause.path);
  switch (clause.section) {
    case Section::kSet:
      action.kind = UpdateAction::Kind::kSet;
      break;
    case Section::kRemove:
      action.kind = UpdateAction::Kind::kRemove;
      return action;
    case Section::kAdd:
      action.kind = UpdateAction::Kind::kAdd;
      break;
    case Section::kDelete:
      action.kind = UpdateAction::Kind::kDelete;
      break;
  }
  action.value = BindUpdateValue(clause.value, binder);
  return action;
}

// -- static checks
// ---------------------------------------------------------------------------------------

// The words that errors of ADD and DELETE use for types.
std::string_view LongTypeName(Type type) {
  switch (type) {
    case Type::kS:
      return "STRING";
    case Type::kN:
      return "NUMBER";
    case Type::kB:
      return "BINARY";
    case Type::kBool:
      return "BOOLEAN";
    case Type::kNull:
      return "NULL";
    case Type::kL:
      return "LIST";
    case Type::kM:
      return "MAP";
    default:
      return TypeName(type);
  }
}

bool IsSet(Type type) { return type == Type::kSS || type == Type::kNS || type == Type::kBS; }

Fault CheckActionType(const UpdateAction& action) {
  const bool add = action.kind == UpdateAction::Kind::kAdd;
  if (!add && action.kind != UpdateAction::Kind::kDelete) return std::nullopt;
  const Type type = action.value.value->type();
  if (IsSet(type) || (add && type == Type::kN)) return std::nullopt;
  return "Incorrect operand type for operator or function; operator: " +
         std::string(add ? "ADD" : "DELETE") + ", operand type: " + std::string(LongTypeName(type));
}

std::string_view NameOf(UpdateValue::Kind kind) {
  switch (kind) {
    case UpdateValue::Kind::kIfNotExists:
      return "if_not_exists";
    case UpdateValue::Kind::kListAppend:
      return "list_append";
    case UpdateValue::Kind::kPlus:
      return "+";
    case UpdateValue::Kind::kMinus:
      return "-";
    default:
      return "";
  }
}

// The type known without an item, if any.
std::optional<Type> StaticType(const UpdateValue& value) {
  switch (value.kind) {
    case UpdateValue::Kind::kValue:
      return value.value->type();
    case UpdateValue::Kind::kListAppend:
      return Type::kL;
    case UpdateValue::Kind::kPlus:
    case UpdateValue::Kind::kMinus:
      return Type::kN;
    default:
      return std::nullopt;
  }
}

Fault CheckOperandTypes(const UpdateValue& value, Type expected) {
  for (const UpdateValue& operand : value.operands) {
    const auto type = StaticType(operand);
    if (type && *type != expected) return OperandTypeText(NameOf(value.kind), TypeName(*type));
  }
  return std::nullopt;
}

Fault CheckValue(const UpdateValue& value) {
  for (const UpdateValue& operand : value.operands) {
    if (auto fault = CheckValue(operand)) return fault;
  }
  const bool is_function =
      value.kind == UpdateValue::Kind::kIfNotExists || value.kind == UpdateValue::Kind::kListAppend;
  if (is_function && value.operands.size() != 2) {
    return OperandCountText(NameOf(value.kind), value.operands.size());
  }
  switch (value.kind) {
    case UpdateValue::Kind::kIfNotExists:
      if (value.operands[0].kind == UpdateValue::Kind::kPath) return std::nullopt;
      return RequiresPathText(NameOf(value.kind));
    case UpdateValue::Kind::kListAppend:
      return CheckOperandTypes(value, Type::kL);
    case UpdateValue::Kind::kPlus:
    case UpdateValue::Kind::kMinus:
      return CheckOperandTypes(value, Type::kN);
    default:
      return std::nullopt;
  }
}

// Each sort of error is looked for in the whole expression before the next (facts 3.9).
Fault CheckUpdate(const UpdateExpression& update) {
  std::vector<const DocumentPath*> targets;
  targets.reserve(update.actions.size());
  for (const UpdateAction& action : update.actions) targets.push_back(&action.path);
  if (auto clash = FindPathClash(targets)) return clash;
  for (const UpdateAction& action : update.actions) {
    if (auto fault = CheckActionType(action)) return fault;
  }
  for (const UpdateAction& action : update.actions) {
    if (auto fault = CheckValue(action.value)) return fault;
  }
  return std::nullopt;
}

bool HasArithmetic(const UpdateValue& value) {
  return value.kind == UpdateValue::Kind::kPlus || value.kind == UpdateValue::Kind::kMinus;
}

void VisitValuePaths(const UpdateValue& value,
                     const std::function<void(const DocumentPath&)>& visit) {
  if (value.kind == UpdateValue::Kind::kPath) visit(value.path);
  for (const UpdateValue& operand : value.operands) VisitValuePaths(operand, visit);
}

Item SelectTouched(const UpdateExpression& update, const Item& item) {
  PathTree tree;
  for (const UpdateAction& action : update.actions) tree.Add(action.path);
  return tree.Select(item);
}

}  // namespace

ApiResult<UpdateExpression> ParseUpdate(std::string_view text, Placeholders* placeholders) {
  auto parsed = ParseUpdateSyntax(text);
  if (!parsed) return Unexpected<ApiError>(std::move(parsed).error());
  return BindUpdate(**parsed, placeholders);
}

ApiResult<UpdateExpression> BindUpdate(const syntax::Update& parsed, Placeholders* placeholders) {
  constexpr ExpressionKind kKind = ExpressionKind::kUpdate;
  Binder binder(placeholders);
  UpdateExpression update;
  update.actions.reserve(parsed.clauses.size());
  for (const syntax::UpdateClause& clause : parsed.clauses) {
    update.actions.push_back(BindClause(clause, &binder));
  }
  if (binder.undefined_name()) return InvalidExpression(kKind, *binder.undefined_name());
  if (binder.undefined_value()) return InvalidExpression(kKind, *binder.undefined_value());
  if (auto fault = CheckUpdate(update)) return InvalidExpression(kKind, *fault);
  return update;
}

std::vector<std::string_view> TouchedAttributes(const UpdateExpression& update) {
  std::vector<std::string_view> names;
  for (const UpdateAction& action : update.actions) {
    const std::string_view name = action.path.attribute();
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

Item UpdatedOld(const UpdateExpression& update, const Item* old_item) {
  return old_item == nullptr ? Item() : SelectTouched(update, *old_item);
}

Item UpdatedNew(const UpdateExpression& update, const Item& new_item) {
  return SelectTouched(update, new_item);
}

UpdateCost CostOf(const UpdateExpression& update) {
  UpdateCost cost;
  for (const UpdateAction& action : update.actions) {
    ++(action.kind == UpdateAction::Kind::kRemove ? cost.removes : cost.written_values);
    if (action.path.elements.back().is_index) ++cost.list_targets;
    if (action.kind == UpdateAction::Kind::kSet && HasArithmetic(action.value)) {
      ++cost.arithmetic_sets;
    }
  }
  return cost;
}

void VisitPaths(const UpdateExpression& update,
                const std::function<void(const DocumentPath&)>& visit) {
  for (const UpdateAction& action : update.actions) {
    visit(action.path);
    VisitValuePaths(action.value, visit);
  }
}

}  // namespace stator
