// ListTagsOfResource (facts 9.8). A table's tags, at most 50, are one page.
#include <string>
#include <utility>

#include "api/handlers.h"
#include "api/json_object.h"
#include "api/table_name.h"
#include "table/database.h"

namespace stator {

void ListTagsOfResource(const OperationContext& context, const Members& in, Respond done) {
  const std::string arn(in.String("ResourceArn").value_or(""));
  auto name = ResolveResourceArn(arn, context.caller, "ListTagsOfResource");
  if (!name) return done(Unexpected<ApiError>(name.error()));
  const Scope scope{context.caller.account_id, context.caller.region};
  const TablePtr table = context.database->catalog().Find(scope, *name);
  if (table == nullptr) {
    return done(ApiFail(ErrorType::kResourceNotFound,
                        "Requested resource not found: ResourcArn: " + arn + " not found"));
  }
  std::string json;
  JsonObject answer(&json);
  AppendJsonArray(table->tags, answer.Name("Tags"), [](const auto& tag, std::string* out) {
    JsonObject element(out);
    element.String("Key", tag.first);
    element.String("Value", tag.second);
    element.Close();
  });
  answer.Close();
  done(std::move(json));
}

}  // namespace stator
