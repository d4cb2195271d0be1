// What an update makes of an item (facts 3.9).
//
// Two steps: all new values are computed from the old item; then the targets are changed. Indexes
// of lists mean positions in the old item, so elements beyond the end are appended, and elements
// taken out, only after everything else is in place.
#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "expr/update.h"
#include "model/item_size.h"
#include "model/limits.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;
using List = AttributeValue::List;

Unexpected<ApiError> WrongType(bool is_legacy) {
  return Invalid(is_legacy ? "Type mismatch for attribute to update"
                           : "An operand in the update expression has an incorrect data type");
}

ApiResult<AttributeValue> AddNumbers(const Decimal& a, const Decimal& b, bool subtract) {
  auto result = subtract ? a.Minus(b) : a.Plus(b);
  if (!result) {
    return Invalid(
        "Number overflow. Attempting to store a number with magnitude larger than supported range");
  }
  return AttributeValue::N(*result);
}

AttributeValue Concatenate(const List& a, const List& b) {
  List all;
  all.reserve(a.size() + b.size());
  all.insert(all.end(), a.begin(), a.end());
  all.insert(all.end(), b.begin(), b.end());
  return AttributeValue::L(std::move(all));
}

// -- values
// ----------------------------------------------------------------------------------------------

ApiResult<AttributeValue> Compute(const UpdateValue& value, const Item& old_item);

ApiResult<AttributeValue> ComputeBinary(const UpdateValue& value, const Item& old_item) {
  auto left = Compute(value.operands[0], old_item);
  if (!left) return left;
  auto right = Compute(value.operands[1], old_item);
  if (!right) return right;
  const Type expected = value.kind == UpdateValue::Kind::kListAppend ? Type::kL : Type::kN;
  if (!left->is(expected) || !right->is(expected)) return WrongType(false);
  if (expected == Type::kL) return Concatenate(left->l(), right->l());
  return AddNumbers(left->n(), right->n(), value.kind == UpdateValue::Kind::kMinus);
}

ApiResult<AttributeValue> Compute(const UpdateValue& value, const Item& old_item) {
  switch (value.kind) {
    case UpdateValue::Kind::kValue:
      return *value.value;
    case UpdateValue::Kind::kPath:
      if (const AttributeValue* found = FindValue(old_item, value.path)) return *found;
      return Invalid(
          "The provided expression refers to an attribute that does not exist in the item");
    case UpdateValue::Kind::kIfNotExists:
      if (const auto* found = FindValue(old_item, value.operands[0].path)) return *found;
      return Compute(value.operands[1], old_item);
    default:
      return ComputeBinary(value, old_item);
  }
}

template <class T>
std::vector<T> Union(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> out;
  out.reserve(a.size() + b.size());
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

template <class T>
std::vector<T> Difference(const std::vector<T>& a, const std::vector<T>& b) {
  std::vector<T> out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

// REQUIRES: both of the same type.
ApiResult<AttributeValue> Add(const AttributeValue& old_value, const AttributeValue& added,
                              bool is_legacy) {
  switch (added.type()) {
    case Type::kN:
      return AddNumbers(old_value.n(), added.n(), false);
    case Type::kSS:
      return AttributeValue::SS(Union(old_value.ss(), added.ss()));
    case Type::kNS:
      return AttributeValue::NS(Union(old_value.ns(), added.ns()));
    case Type::kBS:
      return AttributeValue::BS(Union(old_value.bs(), added.bs()));
    case Type::kL:
      return Concatenate(old_value.l(), added.l());
    default:
      return WrongType(is_legacy);
  }
}

template <class T>
std::optional<AttributeValue> IfAny(std::vector<T> members,
                                    AttributeValue (*make)(std::vector<T>)) {
  if (members.empty()) return std::nullopt;
  return make(std::move(members));
}

// nullopt if nothing is left. REQUIRES: both are sets of the same type.
std::optional<AttributeValue> TakeAway(const AttributeValue& old_value,
                                       const AttributeValue& taken) {
  switch (taken.type()) {
    case Type::kSS:
      return IfAny(Difference(old_value.ss(), taken.ss()), &AttributeValue::SS);
    case Type::kNS:
      return IfAny(Difference(old_value.ns(), taken.ns()), &AttributeValue::NS);
    default:
      return IfAny(Difference(old_value.bs(), taken.bs()), &AttributeValue::BS);
  }
}

// What an action does to its target.
struct Change {
  enum class Kind { kNothing, kWrite, kErase };
  const DocumentPath* path;
  Kind kind;
  AttributeValue value;  // kWrite
};

ApiResult<Change> Write(const DocumentPath& path, ApiResult<AttributeValue> value) {
  if (!value) return Unexpected<ApiError>(std::move(value).error());
  const int parents = static_cast<int>(path.elements.size()) - 1;
  if (parents + NestingLevels(*value) > kMaxNestingLevels) {
    return Invalid(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
        "beyond supported limit");
  }
  return Change{&path, Change::Kind::kWrite, std::move(*value)};
}

ApiResult<Change> ChangeOf(const UpdateAction& action, const Item& old_item, bool is_legacy) {
  if (action.kind == UpdateAction::Kind::kRemove) {
    return Change{&action.path, Change::Kind::kErase, {}};
  }
  if (action.kind == UpdateAction::Kind::kSet) {
    return Write(action.path, Compute(action.value, old_item));
  }
  const AttributeValue& operand = *action.value.value;
  const AttributeValue* old_value = FindValue(old_item, action.path);
  const bool is_add = action.kind == UpdateAction::Kind::kAdd;
  if (old_value == nullptr) {
    if (is_add) return Write(action.path, operand);
    return Change{&action.path, Change::Kind::kNothing, {}};
  }
  if (old_value->type() != operand.type()) return WrongType(is_legacy);
  if (is_add) return Write(action.path, Add(*old_value, operand, is_legacy));
  auto rest = TakeAway(*old_value, operand);
  if (!rest) return Change{&action.path, Change::Kind::kErase, {}};
  return Change{&action.path, Change::Kind::kWrite, std::move(*rest)};
}

// -- targets
// ---------------------------------------------------------------------------------------------

// What holds the value at a path: a map or a list, as the last element of the path wants it.
struct Container {
  AttributeMap* map = nullptr;
  List* list = nullptr;
  explicit operator bool() const { return map != nullptr || list != nullptr; }
};

Container FindContainer(Item* item, const DocumentPath& path) {
  Container container{item, nullptr};
  for (size_t i = 0; i + 1 < path.elements.size(); ++i) {
    const PathElement& element = path.elements[i];
    AttributeValue* value = nullptr;
    if (!element.is_index && container.map != nullptr) {
      value = container.map->Find(element.name);
    } else if (element.is_index && container.list != nullptr &&
               element.index < container.list->size()) {
      value = &(*container.list)[element.index];
    }
    if (value == nullptr) return {};
    container = {value->is(Type::kM) ? &value->m() : nullptr,
                 value->is(Type::kL) ? &value->l() : nullptr};
  }
  if (path.elements.back().is_index) return {nullptr, container.list};
  return {container.map, nullptr};
}

// Of two elements of one list the later comes first, and so do elements inside of it.
bool IsLaterPosition(const DocumentPath* a, const DocumentPath* b) {
  const auto before = [](const PathElement& x, const PathElement& y) {
    if (x.is_index != y.is_index) return x.is_index;
    return x.is_index ? x.index < y.index : x.name < y.name;
  };
  return std::lexicographical_compare(b->elements.begin(), b->elements.end(), a->elements.begin(),
                                      a->elements.end(), before);
}

// Collects what has to wait until the positions of the old item are no longer needed.
class Targets {
 public:
  explicit Targets(Item* item) : item_(item) {}

  // False if the parent is missing or of the wrong kind.
  bool Apply(Change change) {
    const Container container = FindContainer(item_, *change.path);
    if (!container) return false;
    const PathElement& last = change.path->elements.back();
    const bool in_list = container.list != nullptr;
    const bool exists = in_list && last.index < container.list->size();
    if (change.kind == Change::Kind::kWrite) {
      if (!in_list) {
        container.map->Set(last.name, std::move(change.value));
      } else if (exists) {
        (*container.list)[last.index] = std::move(change.value);
      } else {
        appended_.push_back(std::move(change));
      }
    } else if (change.kind == Change::Kind::kErase) {
      if (!in_list) {
        container.map->Erase(last.name);
      } else if (exists) {
        removed_.push_back(change.path);
      }
    }
    return true;
  }

  void Finish() {
    std::stable_sort(appended_.begin(), appended_.end(), [](const Change& a, const Change& b) {
      return a.path->elements.back().index < b.path->elements.back().index;
    });
    for (Change& change : appended_) {
      FindContainer(item_, *change.path).list->push_back(std::move(change.value));
    }
    std::sort(removed_.begin(), removed_.end(), IsLaterPosition);
    for (const DocumentPath* path : removed_) {
      List* list = FindContainer(item_, *path).list;
      list->erase(list->begin() + path->elements.back().index);
    }
  }

 private:
  Item* item_;
  std::vector<Change> appended_;
  std::vector<const DocumentPath*> removed_;
};

bool OnlyTakesAway(const UpdateAction& action) {
  return action.kind == UpdateAction::Kind::kRemove || action.kind == UpdateAction::Kind::kDelete;
}

}  // namespace

ApiResult<std::optional<Item>> ApplyUpdate(const UpdateExpression& update, const Item* old_item,
                                           const Item& key) {
  if (old_item == nullptr && !update.actions.empty() &&
      std::all_of(update.actions.begin(), update.actions.end(), OnlyTakesAway)) {
    return std::optional<Item>();
  }
  const Item no_item;
  std::vector<Change> changes;
  changes.reserve(update.actions.size());
  for (const UpdateAction& action : update.actions) {
    // Where there is no item, there is nothing to take away and no path to be wrong.
    if (old_item == nullptr && OnlyTakesAway(action)) continue;
    auto change = ChangeOf(action, old_item != nullptr ? *old_item : no_item, update.is_legacy);
    if (!change) return Unexpected<ApiError>(std::move(change).error());
    changes.push_back(std::move(*change));
  }
  Item item = old_item != nullptr ? *old_item : key;
  Targets targets(&item);
  for (Change& change : changes) {
    if (!targets.Apply(std::move(change))) {
      return Invalid("The document path provided in the update expression is invalid for update");
    }
  }
  targets.Finish();
  return std::optional<Item>(std::move(item));
}

}  // namespace stator
