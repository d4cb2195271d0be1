#include "api/change_tags.h"

#include <optional>
#include <utility>

#include "table/database.h"
#include "table/table_changes.h"

namespace stator {

void ChangeTags(const OperationContext& context, std::string name, std::string not_found,
                UniqueFunction<ApiResult<Tags>(const Tags& current)> change, Respond done) {
  context.database->catalog().Change(
      {context.caller.account_id, context.caller.region}, std::move(name),
      [not_found = std::move(not_found),
       change = std::move(change)](const TableDefinition* current) mutable -> DefinitionChange {
        if (current == nullptr || current->status == TableStatus::kDeleting) {
          return ApiFail(ErrorType::kResourceNotFound, not_found);
        }
        if (current->status == TableStatus::kCreating) {
          return StillInUse("Table is being created: " + current->name);
        }
        auto tags = change(current->tags);
        if (!tags) return Unexpected<ApiError>(tags.error());
        TableDefinition next = *current;
        next.tags = *std::move(tags);
        return std::optional<TableDefinition>(std::move(next));
      },
      [done = std::move(done)](ApiResult<TablePtr> changed) mutable {
        if (!changed) return done(Unexpected<ApiError>(changed.error()));
        done(std::string());
      });
}

}  // namespace stator
