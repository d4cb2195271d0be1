// Projections: ProjectionExpression and AttributesToGet (facts 3.11).
#ifndef STATOR_EXPR_PROJECTION_H_
#define STATOR_EXPR_PROJECTION_H_

#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "expr/document_path.h"
#include "expr/placeholders.h"
#include "expr/syntax.h"
#include "model/api_error.h"

namespace stator {

struct Projection {
  std::vector<DocumentPath> paths;  // in the order of the text
  PathTree tree;                    // the same ones
};

// REQUIRES: no path is a prefix of another, none uses a map as a list.
Projection MakeProjection(std::vector<DocumentPath> paths);

// A pure function of the text: size, syntax, reserved words.
ApiResult<std::shared_ptr<const syntax::Projection>> ParseProjectionSyntax(std::string_view text);
ApiResult<Projection> BindProjection(const syntax::Projection& parsed, Placeholders* placeholders);
// Both in one go.
ApiResult<Projection> ParseProjection(std::string_view text, Placeholders* placeholders);

// What the projection selects of the item, in its nesting. Keys get no special treatment.
inline Item Project(const Projection& projection, const Item& item) {
  return projection.tree.Select(item);
}

inline void VisitPaths(const Projection& projection,
                       const std::function<void(const DocumentPath&)>& visit) {
  for (const DocumentPath& path : projection.paths) visit(path);
}

}  // namespace stator

#endif  // STATOR_EXPR_PROJECTION_H_
