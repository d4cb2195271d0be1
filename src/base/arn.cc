#include "base/arn.h"

#include <array>

namespace stator {

std::optional<Arn> ParseArn(std::string_view text) {
  std::array<std::string_view, 5> fields;
  for (std::string_view& field : fields) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    field = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (fields[0] != "arn") return std::nullopt;
  return Arn{fields[1], fields[2], fields[3], fields[4], text};
}

}  // namespace stator
