#include "api/table_part_arn.h"

#include <string>

namespace stator {

std::optional<TablePartArn> ParseTablePartArn(std::string_view arn, std::string_view kind) {
  std::string_view fields[5];
  for (std::string_view& field : fields) {
    const size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    field = arn.substr(0, colon);
    arn.remove_prefix(colon + 1);
  }
  constexpr std::string_view kTable = "table/";
  const std::string part = "/" + std::string(kind) + "/";
  const size_t at = arn.find(part);
  if (fields[0] != "arn" || fields[2] != "dynamodb" || !arn.starts_with(kTable) ||
      at == std::string_view::npos || at <= kTable.size()) {
    return std::nullopt;
  }
  TablePartArn parsed{fields[4], arn.substr(kTable.size(), at - kTable.size()),
                      arn.substr(at + part.size())};
  if (parsed.id.empty() || parsed.id.find('/') != std::string_view::npos) return std::nullopt;
  return parsed;
}

}  // namespace stator
