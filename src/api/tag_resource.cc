// TagResource (facts 9.8).
#include <string>
#include <utility>

#include "api/change_tags.h"
#include "api/handlers.h"
#include "api/table_name.h"
#include "api/table_requests.h"

namespace stator {

void TagResource(const OperationContext& context, const Members& in, Respond done) {
  const std::string arn(in.String("ResourceArn").value_or(""));
  auto name = ResolveResourceArn(arn, context.caller, "TagResource");
  if (!name) return done(Unexpected<ApiError>(name.error()));
  const auto list = in.List("Tags");
  TagList tags;
  if (list) tags = DecodeTags(*list);
  if (tags.empty()) return done(Invalid("Atleast one Tag needs to be provided as Input."));
  ChangeTags(
      context, *std::move(name), "Requested resource not found: ResourcArn: " + arn + " not found",
      [tags = std::move(tags)](const Tags& current) { return AddTags(current, tags); },
      std::move(done));
}

}  // namespace stator
