// Puts the names and values of a request into paths and values of a syntax tree, remembering the
// first undefined ones. Shared by the binding of conditions, updates and projections.
#ifndef STATOR_EXPR_BINDER_H_
#define STATOR_EXPR_BINDER_H_

#include <optional>
#include <string>
#include <string_view>

#include "expr/ast.h"
#include "expr/placeholders.h"
#include "expr/syntax.h"

namespace stator {

class Binder {
 public:
  explicit Binder(Placeholders* placeholders) : placeholders_(placeholders) {}

  DocumentPath BindPath(const syntax::Path& path) {
    DocumentPath bound;
    bound.elements.reserve(path.elements.size());
    for (const syntax::PathElement& element : path.elements) {
      switch (element.kind) {
        case syntax::PathElement::Kind::kName:
          bound.elements.push_back(PathElement::Name(element.text));
          break;
        case syntax::PathElement::Kind::kPlaceholder:
          bound.elements.push_back(PathElement::Name(BindName(element.text)));
          break;
        case syntax::PathElement::Kind::kIndex:
          bound.elements.push_back(PathElement::Index(element.index));
          break;
      }
    }
    return bound;
  }

  // NULL as a stand-in if undefined.
  ValuePtr BindValue(const std::string& placeholder) {
    if (ValuePtr value = placeholders_->UseValue(placeholder)) return value;
    Remember(&undefined_value_,
             "An expression attribute value used in expression is not defined; attribute value: " +
                 placeholder);
    static const ValuePtr kStandIn = std::make_shared<const AttributeValue>();
    return kStandIn;
  }

  // The first of the text, and the first of each sort; without the "Invalid <Kind>: ".
  const std::optional<std::string>& undefined() const { return undefined_; }
  const std::optional<std::string>& undefined_name() const { return undefined_name_; }
  const std::optional<std::string>& undefined_value() const { return undefined_value_; }

 private:
  std::string BindName(const std::string& placeholder) {
    if (const std::string* name = placeholders_->UseName(placeholder)) return *name;
    Remember(&undefined_name_,
             "An expression attribute name used in the document path is not defined; attribute "
             "name: " +
                 placeholder);
    return placeholder;
  }

  void Remember(std::optional<std::string>* slot, std::string text) {
    if (!undefined_) undefined_ = text;
    if (!*slot) *slot = std::move(text);
  }

  Placeholders* placeholders_;
  std::optional<std::string> undefined_;
  std::optional<std::string> undefined_name_;
  std::optional<std::string> undefined_value_;
};

// Error texts that conditions and updates share.
inline std::string OperandCountText(std::string_view function, size_t count) {
  return "Incorrect number of operands for operator or function; operator or function: " +
         std::string(function) + ", number of operands: " + std::to_string(count);
}
inline std::string OperandTypeText(std::string_view function, std::string_view type) {
  return "Incorrect operand type for operator or function; operator or function: " +
         std::string(function) + ", operand type: " + std::string(type);
}
inline std::string RequiresPathText(std::string_view function) {
  return "Operator or function requires a document path; operator or function: " +
         std::string(function);
}

}  // namespace stator

#endif  // STATOR_EXPR_BINDER_H_
