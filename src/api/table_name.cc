#include "api/table_name.h"

#include <optional>

#include "api/patterns.h"
#include "base/arn.h"

namespace stator {
namespace {

constexpr std::string_view kArnPrefix = "arn:";
constexpr std::string_view kTablePrefix = "table/";

// nullopt if the resource is not a table itself (a stream, an index, a backup ...).
std::optional<std::string_view> TableOf(const Arn& arn) {
  if (!arn.resource.starts_with(kTablePrefix)) return std::nullopt;
  const std::string_view name = arn.resource.substr(kTablePrefix.size());
  if (name.size() < 3 || name.size() > 255 || !patterns::Name(name)) return std::nullopt;
  return name;
}

std::string Quoted(std::string_view before, std::string_view text) {
  return std::string(before).append(text);
}

}  // namespace

ApiResult<std::string> ResolveTableName(std::string_view name_or_arn, const Caller& caller) {
  if (name_or_arn.find(':') == std::string_view::npos) return std::string(name_or_arn);
  if (!name_or_arn.starts_with(kArnPrefix)) {
    return InvalidParameter(Quoted("ARNs must start with 'arn:': ", name_or_arn));
  }
  const std::optional<Arn> arn = ParseArn(name_or_arn);
  if (!arn || arn->partition.empty() || arn->resource.empty()) {
    return InvalidParameter(Quoted("Invalid resource Arn: ", name_or_arn));
  }
  if (arn->service != "dynamodb") {
    return InvalidParameter(Quoted("Provided Arn is not a DynamoDB resource arn: ", name_or_arn));
  }
  const std::optional<std::string_view> name = TableOf(*arn);
  if (!name) return InvalidParameter(Quoted("Invalid resource Arn: ", name_or_arn));
  if (arn->region != caller.region) {
    return Invalid(
        Quoted("1 validation error detected: Invalid AWS region in '", name_or_arn).append("'"));
  }
  if (arn->account != caller.account_id) {
    return Invalid(
        "This action is only supported by accounts that match the resource owner’s account.");
  }
  return std::string(*name);
}

ApiResult<std::string> ResolveResourceArn(std::string_view text, const Caller& caller,
                                          std::string_view operation) {
  if (text.empty()) return Invalid("Invalid TableArn");
  const std::optional<Arn> arn = ParseArn(text);
  if (!arn || arn->service != "dynamodb" || !arn->resource.starts_with(kTablePrefix)) {
    return Invalid(Quoted("Invalid TableArn: Invalid ResourceArn provided as input ", text));
  }
  const std::optional<std::string_view> name = TableOf(*arn);
  if (!name) {
    return InvalidParameter(Quoted(
        "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: ",
        text));
  }
  if (arn->account != caller.account_id || arn->region != caller.region) {
    std::string message =
        "User: arn:aws:iam::" + caller.account_id + ":root is not authorized to perform: dynamodb:";
    message.append(operation).append(" on resource: ").append(text);
    return ApiFail(ErrorType::kAccessDenied, std::move(message));
  }
  return std::string(*name);
}

}  // namespace stator
