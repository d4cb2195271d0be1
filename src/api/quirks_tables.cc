// The operations on tables and their tags (facts 1.9, 5.1 C, 9.8).
#include "api/quirks.h"

namespace stator {
namespace {

ApiResult<void> TableNameQuirk(ValidationForm, const Members& in, std::vector<Violation>*) {
  if (in.Has("TableName")) return {};
  return Invalid("The parameter 'TableName' is required but was not present in the request");
}

ApiResult<void> TableClassQuirk(ValidationForm form, const Members& in, std::vector<Violation>* violations) {
  if (auto result = TableNameQuirk(form, in, violations); !result) return result;
  const auto table_class = in.String("TableClass");
  if (!violations->empty() || !table_class || *table_class == "STANDARD" ||
      *table_class == "STANDARD_INFREQUENT_ACCESS") {
    return {};
  }
  return Invalid(
      "Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, "
      "STANDARD_INFREQUENT_ACCESS].");
}

ApiResult<void> ResourceArnQuirk(ValidationForm, const Members& in, std::vector<Violation>*) {
  if (in.Has("ResourceArn")) return {};
  return Invalid("Invalid TableArn");
}

}  // namespace

Quirk FindTableQuirk(std::string_view operation) {
  if (operation == "CreateTable" || operation == "UpdateTable") return &TableClassQuirk;
  for (const std::string_view name : {"DeleteTable", "DescribeTable", "DescribeTimeToLive", "UpdateTimeToLive"}) {
    if (operation == name) return &TableNameQuirk;
  }
  for (const std::string_view name : {"ListTagsOfResource", "TagResource", "UntagResource"}) {
    if (operation == name) return &ResourceArnQuirk;
  }
  return nullptr;
}

}  // namespace stator
