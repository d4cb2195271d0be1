#include "expr/projection.h"

#include <utility>

#include "expr/binder.h"
#include "expr/expression_kind.h"
#include "expr/token_stream.h"

namespace stator {
namespace {

constexpr ExpressionKind kKind = ExpressionKind::kProjection;

bool ParsePaths(TokenStream* tokens, syntax::Projection* projection) {
  do {
    if (!tokens->ParsePath({}, &projection->paths.emplace_back())) return false;
  } while (tokens->Accept(TokenKind::kComma));
  return tokens->AtEnd() || tokens->SyntaxError();
}

}  // namespace

Projection MakeProjection(std::vector<DocumentPath> paths) {
  Projection projection;
  for (const DocumentPath& path : paths) projection.tree.Add(path);
  projection.paths = std::move(paths);
  return projection;
}

ApiResult<std::shared_ptr<const syntax::Projection>> ParseProjectionSyntax(std::string_view text) {
  if (auto checked = CheckExpressionSize(kKind, text); !checked) {
    return Unexpected<ApiError>(std::move(checked).error());
  }
  TokenStream tokens(text);
  auto projection = std::make_shared<syntax::Projection>();
  ParsePaths(&tokens, projection.get());
  if (auto error = tokens.Error(StaticFaultOrder::kReservedWordFirst)) {
    return InvalidExpression(kKind, *error);
  }
  return std::shared_ptr<const syntax::Projection>(std::move(projection));
}

ApiResult<Projection> BindProjection(const syntax::Projection& parsed, Placeholders* placeholders) {
  Binder binder(placeholders);
  std::vector<DocumentPath> paths;
  paths.reserve(parsed.paths.size());
  for (const syntax::Path& path : parsed.paths) paths.push_back(binder.BindPath(path));
  if (binder.undefined()) return InvalidExpression(kKind, *binder.undefined());
  std::vector<const DocumentPath*> pointers;
  for (const DocumentPath& path : paths) pointers.push_back(&path);
  if (auto clash = FindPathClash(pointers)) return InvalidExpression(kKind, *clash);
  return MakeProjection(std::move(paths));
}

ApiResult<Projection> ParseProjection(std::string_view text, Placeholders* placeholders) {
  auto parsed = ParseProjectionSyntax(text);
  if (!parsed) return Unexpected<ApiError>(std::move(parsed).error());
  return BindProjection(**parsed, placeholders);
}

}  // namespace stator
