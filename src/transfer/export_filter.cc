#include "transfer/export_filter.h"

#include <string>
#include <utility>

#include "expr/key_condition.h"
#include "expr/placeholders.h"
#include "table/key_check.h"
#include "table/key_range.h"

namespace stator {
namespace {

template <class T>
Unexpected<ApiError> FailAs(ApiResult<T> failed) {
  return Unexpected<ApiError>(std::move(failed).error());
}

// No path leads into a key attribute (facts 2.4).
template <class Expression>
ApiResult<void> CheckNoneIntoKey(const TableDefinition& table, const Expression& expression) {
  KeyCheck result;
  VisitPaths(expression, [&](const DocumentPath& path) {
    if (result) result = CheckKeyPath(table, path);
  });
  if (!result) return Invalid(std::move(result).error().message);
  return {};
}

// As that of a Query.
ApiResult<void> CheckWithoutKeys(const TableDefinition& table, const Condition& condition) {
  ApiResult<void> result;
  VisitPaths(condition, [&](const DocumentPath& path) {
    if (!result || !table.keys.Contains(path.attribute())) return;
    result = Invalid(
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: " +
        path.attribute());
  });
  return result;
}

struct Expressions {
  std::optional<KeyCondition> key_condition;
  std::optional<Condition> condition;
  std::optional<Projection> projection;
};

ApiResult<Expressions> ParseExpressions(const ExportFilterText& text) {
  auto placeholders = Placeholders::Create(text.names, text.values);
  if (!placeholders) return FailAs(std::move(placeholders));
  Expressions result;
  if (text.key_condition) {
    auto parsed = ParseKeyCondition(*text.key_condition, &*placeholders);
    if (!parsed) return FailAs(std::move(parsed));
    result.key_condition = *std::move(parsed);
  }
  if (text.filter) {
    auto parsed = ParseCondition(*text.filter, ExpressionKind::kFilter, &*placeholders);
    if (!parsed) return FailAs(std::move(parsed));
    result.condition = *std::move(parsed);
  }
  if (text.projection) {
    auto parsed = ParseProjection(*text.projection, &*placeholders);
    if (!parsed) return FailAs(std::move(parsed));
    result.projection = *std::move(parsed);
  }
  if (auto used = placeholders->CheckAllUsed(); !used) return FailAs(std::move(used));
  return result;
}

}  // namespace

ApiResult<void> ExportFilter::Check(const ExportFilterText& text) {
  auto parsed = ParseExpressions(text);
  if (!parsed) return FailAs(std::move(parsed));
  return {};
}

ApiResult<ExportFilter> ExportFilter::Parse(const ExportFilterText& text,
                                            const TableDefinition& table) {
  auto parsed = ParseExpressions(text);
  if (!parsed) return FailAs(std::move(parsed));
  ExportFilter result;
  if (parsed->key_condition) {
    auto matched = MatchCondition(table, nullptr, *parsed->key_condition);
    if (!matched) return FailAs(std::move(matched));
    result.key_prefix_ = AllEntries(table, nullptr).begin;
    result.keys_ = MatchingEntries(table, nullptr, *matched);
  }
  if (parsed->projection) {
    if (auto ok = CheckNoneIntoKey(table, *parsed->projection); !ok) return FailAs(std::move(ok));
  }
  if (parsed->condition) {
    if (parsed->key_condition) {
      auto ok = CheckWithoutKeys(table, *parsed->condition);
      if (!ok) return FailAs(std::move(ok));
    }
    if (auto ok = CheckNoneIntoKey(table, *parsed->condition); !ok) return FailAs(std::move(ok));
  }
  result.condition_ = std::move(parsed->condition);
  result.projection_ = std::move(parsed->projection);
  return result;
}

std::string ExportFilter::StorageKey(std::string_view item_key) const {
  return std::string(key_prefix_).append(item_key);
}

bool ExportFilter::WantsKey(std::string_view item_key) const {
  if (!keys_) return true;
  const std::string key = StorageKey(item_key);
  return keys_->begin <= key && key < keys_->end;
}

bool ExportFilter::IsBehind(std::string_view item_key) const {
  return keys_ && StorageKey(item_key) >= keys_->end;
}

}  // namespace stator
