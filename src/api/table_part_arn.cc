#include "api/table_part_arn.h"

#include <string>

#include "base/arn.h"

namespace stator {

std::optional<TablePartArn> ParseTablePartArn(std::string_view text, std::string_view kind) {
  const auto arn = ParseArn(text);
  if (!arn || arn->service != "dynamodb") return std::nullopt;
  constexpr std::string_view kTable = "table/";
  const std::string part = "/" + std::string(kind) + "/";
  const size_t at = arn->resource.find(part);
  if (!arn->resource.starts_with(kTable) || at == std::string_view::npos || at <= kTable.size()) {
    return std::nullopt;
  }
  TablePartArn parsed{arn->account, arn->resource.substr(kTable.size(), at - kTable.size()),
                      arn->resource.substr(at + part.size())};
  if (parsed.id.empty() || parsed.id.find('/') != std::string_view::npos) return std::nullopt;
  return parsed;
}

}  // namespace stator
