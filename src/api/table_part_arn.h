// ARNs of what belongs to a table:
// arn:<partition>:dynamodb:<region>:<account>:table/<table>/<kind>/<id>
#ifndef STATOR_API_TABLE_PART_ARN_H_
#define STATOR_API_TABLE_PART_ARN_H_

#include <optional>
#include <string_view>

namespace stator {

// Views into the ARN. The region does not matter to those who ask.
struct TablePartArn {
  std::string_view account;
  std::string_view table;
  std::string_view id;
};

// nullopt: it is none of that kind ("backup", "import").
std::optional<TablePartArn> ParseTablePartArn(std::string_view arn, std::string_view kind);

}  // namespace stator

#endif  // STATOR_API_TABLE_PART_ARN_H_
