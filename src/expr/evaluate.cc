// The value of a condition for an item (facts 3.5).
#include <algorithm>
#include <compare>

#include "expr/condition.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

// The length of a string as the service counts it: in UTF-16 code units.
int64_t Utf16Length(std::string_view utf8) {
  int64_t length = 0;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) ++length;  // the first byte of a character
    if (byte >= 0xF0) ++length;           // one beyond the basic plane: a surrogate pair
  }
  return length;
}

// nullopt where the type has no size: a test of it is false, whatever the operator.
std::optional<int64_t> SizeOf(const AttributeValue& value) {
  switch (value.type()) {
    case Type::kS:
      return Utf16Length(value.s());
    case Type::kB:
      return static_cast<int64_t>(value.b().size());
    case Type::kSS:
      return static_cast<int64_t>(value.ss().size());
    case Type::kNS:
      return static_cast<int64_t>(value.ns().size());
    case Type::kBS:
      return static_cast<int64_t>(value.bs().size());
    case Type::kL:
      return static_cast<int64_t>(value.l().size());
    case Type::kM:
      return static_cast<int64_t>(value.m().size());
    case Type::kN:
    case Type::kBool:
    case Type::kNull:
      break;
  }
  return std::nullopt;
}

// The value of an operand for one item: a pointer into the item or the condition, or a computed
// size.
class OperandValue {
 public:
  OperandValue(const Operand& operand, const Item* item) {
    switch (operand.kind) {
      case Operand::Kind::kValue:
        value_ = operand.value.get();
        break;
      case Operand::Kind::kPath:
        value_ = item == nullptr ? nullptr : FindValue(*item, operand.path);
        break;
      case Operand::Kind::kSize: {
        const OperandValue argument(operand.arguments[0], item);
        const auto size = argument ? SizeOf(*argument) : std::nullopt;
        has_no_size_ = !size;
        if (size) {
          computed_ = AttributeValue::N(*size);
          value_ = &computed_;
        }
        break;
      }
    }
  }
  OperandValue(const OperandValue&) = delete;
  OperandValue& operator=(const OperandValue&) = delete;

  explicit operator bool() const { return value_ != nullptr; }
  const AttributeValue& operator*() const { return *value_; }
  // A size() of what has none, which unlike a missing attribute is not even unequal to anything.
  bool has_no_size() const { return has_no_size_; }

 private:
  const AttributeValue* value_ = nullptr;
  AttributeValue computed_;
  bool has_no_size_ = false;
};

// nullopt if the two have no order.
std::optional<std::strong_ordering> Order(const AttributeValue& a, const AttributeValue& b) {
  if (a.type() != b.type()) return std::nullopt;
  switch (a.type()) {
    case Type::kS:
      return a.s().compare(b.s()) <=> 0;
    case Type::kN:
      return a.n() <=> b.n();
    case Type::kB:
      return a.b().compare(b.b()) <=> 0;
    default:
      return std::nullopt;
  }
}

bool BeginsWith(const AttributeValue& value, const AttributeValue& prefix) {
  if (value.type() != prefix.type()) return false;
  if (value.is(Type::kS)) return value.s().starts_with(prefix.s());
  if (value.is(Type::kB)) return value.b().starts_with(prefix.b());
  return false;
}

template <class T>
bool HasMember(const std::vector<T>& sorted_members, const T& wanted) {
  return std::binary_search(sorted_members.begin(), sorted_members.end(), wanted);
}

bool Contains(const AttributeValue& container, const AttributeValue& wanted) {
  switch (container.type()) {
    case Type::kS:
      return wanted.is(Type::kS) && container.s().find(wanted.s()) != std::string::npos;
    case Type::kB:
      return wanted.is(Type::kB) && container.b().find(wanted.b()) != std::string::npos;
    case Type::kSS:
      return wanted.is(Type::kS) && HasMember(container.ss(), wanted.s());
    case Type::kNS:
      return wanted.is(Type::kN) && HasMember(container.ns(), wanted.n());
    case Type::kBS:
      return wanted.is(Type::kB) && HasMember(container.bs(), wanted.b());
    case Type::kL:
      return std::find(container.l().begin(), container.l().end(), wanted) != container.l().end();
    default:
      return false;
  }
}

bool EvaluateIn(const Condition& test, const Item* item) {
  const OperandValue value(test.operands[0], item);
  if (!value) return false;
  for (size_t i = 1; i < test.operands.size(); ++i) {
    const OperandValue candidate(test.operands[i], item);
    if (candidate && *candidate == *value) return true;
  }
  return false;
}

bool EvaluateBetween(const Condition& test, const Item* item) {
  const OperandValue value(test.operands[0], item);
  const OperandValue lower(test.operands[1], item);
  const OperandValue upper(test.operands[2], item);
  if (!value || !lower || !upper) return false;
  const auto to_lower = Order(*value, *lower);
  const auto to_upper = Order(*value, *upper);
  return to_lower && to_upper && *to_lower >= 0 && *to_upper <= 0;
}

bool EvaluateTwoOperands(const Condition& test, const Item* item) {
  const OperandValue left(test.operands[0], item);
  const OperandValue right(test.operands[1], item);
  if (!left || !right) {
    return test.op == ConditionOp::kNotEqual && !left.has_no_size() && !right.has_no_size();
  }
  switch (test.op) {
    case ConditionOp::kEqual:
      return *left == *right;
    case ConditionOp::kNotEqual:
      return !(*left == *right);
    case ConditionOp::kAttributeType:
      return TypeName((*left).type()) == (*right).s();
    case ConditionOp::kBeginsWith:
      return BeginsWith(*left, *right);
    case ConditionOp::kContains:
      return Contains(*left, *right);
    case ConditionOp::kNotContains:
      return !Contains(*left, *right);
    default:
      break;
  }
  const auto order = Order(*left, *right);
  if (!order) return false;
  switch (test.op) {
    case ConditionOp::kLess:
      return *order < 0;
    case ConditionOp::kLessOrEqual:
      return *order <= 0;
    case ConditionOp::kGreater:
      return *order > 0;
    case ConditionOp::kGreaterOrEqual:
      return *order >= 0;
    default:
      return false;
  }
}

bool Exists(const Condition& test, const Item* item) {
  return static_cast<bool>(OperandValue(test.operands[0], item));
}

}  // namespace

bool Evaluate(const Condition& condition, const Item* item) {
  const auto holds = [item](const Condition& child) { return Evaluate(child, item); };
  switch (condition.op) {
    case ConditionOp::kAnd:
      return std::all_of(condition.conditions.begin(), condition.conditions.end(), holds);
    case ConditionOp::kOr:
      return std::any_of(condition.conditions.begin(), condition.conditions.end(), holds);
    case ConditionOp::kNot:
      return !holds(condition.conditions[0]);
    case ConditionOp::kAttributeExists:
      return Exists(condition, item);
    case ConditionOp::kAttributeNotExists:
      return !Exists(condition, item);
    case ConditionOp::kBetween:
      return EvaluateBetween(condition, item);
    case ConditionOp::kIn:
      return EvaluateIn(condition, item);
    default:
      return EvaluateTwoOperands(condition, item);
  }
}

}  // namespace stator
