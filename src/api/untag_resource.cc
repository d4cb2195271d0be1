// UntagResource (facts 9.8). A key that is not there is no error.
#include <string>
#include <utility>
#include <vector>

#include "api/change_tags.h"
#include "api/handlers.h"
#include "api/table_name.h"

namespace stator {

void UntagResource(const OperationContext& context, const Members& in, Respond done) {
  auto name =
      ResolveResourceArn(in.String("ResourceArn").value_or(""), context.caller, "UntagResource");
  if (!name) return done(Unexpected<ApiError>(name.error()));
  std::vector<std::string> keys;
  if (const auto list = in.Strings("TagKeys")) keys.assign(list->begin(), list->end());
  if (keys.empty()) return done(Invalid("Atleast one Tag Key needs to be provided as Input."));
  ChangeTags(
      context, *std::move(name), "Requested resource not found",
      [keys = std::move(keys)](const Tags& current) -> ApiResult<Tags> {
        Tags tags = current;
        for (const std::string& key : keys) tags.erase(key);
        return tags;
      },
      std::move(done));
}

}  // namespace stator
