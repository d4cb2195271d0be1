#include "api/read_page.h"

#include <memory>
#include <string>
#include <utility>

#include "api/consumed_capacity.h"
#include "api/read_plan.h"
#include "model/attribute_value_json.h"
#include "model/item_codec.h"
#include "table/catalog.h"
#include "table/database.h"
#include "table/index_maintenance.h"
#include "table/page.h"
#include "table/read_capacity.h"

namespace stator {
namespace {

ApiError TableNotFound() {
  return ApiFail(ErrorType::kResourceNotFound, "Requested resource not found").error();
}

// Builds the answer of one page while it is read.
class PageAnswer {
 public:
  PageAnswer(ReadRequest request, const ReadPlan& plan)
      : request_(std::move(request)),
        shown_(plan.shown),
        single_item_(plan.single_item),
        table_(plan.page.table),
        index_(plan.page.index) {
    json_ = '{';
    if (shown_ != ReadPlan::Shown::kNothing) json_ += "\"Items\":[";
  }

  Result<bool> Take(std::string_view encoded) {
    using Shown = ReadPlan::Shown;
    Item item;  // only for who needs it: items go from their stored form straight to JSON otherwise
    if (request_.filter || shown_ == Shown::kProjection || shown_ == Shown::kIndexAttributes) {
      Result<Item> decoded = DecodeItem(encoded);
      if (!decoded) return Unexpected<Status>(std::move(decoded).error());
      item = *std::move(decoded);
    }
    if (request_.filter && !Evaluate(*request_.filter, &item)) return false;
    if (shown_ == Shown::kNothing) return true;
    if (json_.back() != '[') json_ += ',';
    if (shown_ == Shown::kProjection) {
      AppendJson(Project(*request_.projection, item), &json_);
    } else if (shown_ == Shown::kIndexAttributes) {
      AppendJson(ProjectForIndex(*table_, *index_, item), &json_);
    } else if (auto appended = AppendItemJson(encoded, &json_); !appended) {
      return Unexpected<Status>(std::move(appended).error());
    }
    return true;
  }

  std::string Finish(const Page& page) {
    if (shown_ != ReadPlan::Shown::kNothing) json_ += "],";
    json_ += "\"Count\":" + std::to_string(page.taken) +
             ",\"ScannedCount\":" + std::to_string(page.examined);
    if (page.last_key && !single_item_) {
      json_ += ",\"LastEvaluatedKey\":";
      AppendJson(*page.last_key, &json_);
    }
    if (request_.consumed_capacity != ReturnConsumedCapacity::kNone) {
      json_ += ",\"ConsumedCapacity\":";
      AppendConsumedCapacity(ConsumedBy(page), request_.consumed_capacity, &json_);
    }
    json_ += '}';
    return std::move(json_);
  }

 private:
  // Facts 7.1: a filter or a projection makes a read no cheaper; items fetched for the entries of a
  // local index come on top.
  ConsumedCapacity ConsumedBy(const Page& page) const {
    const double units = ReadUnits(ReadBlocks(page.examined_bytes), request_.consistent);
    ConsumedCapacity consumed;
    consumed.table_name = request_.table_name_given;
    if (index_ == nullptr) {
      consumed.table = units;
    } else {
      (index_->global ? consumed.global_indexes : consumed.local_indexes)[index_->name] = units;
      consumed.table = ReadUnits(page.fetched_blocks, request_.consistent);
    }
    return consumed;
  }

  const ReadRequest request_;
  const ReadPlan::Shown shown_;
  const bool single_item_;
  const TablePtr table_;
  const IndexDefinition* const index_;
  std::string json_;
};

// A page that fails because its table is being dropped under it is no fault of the server's.
ApiError ErrorOf(const Status& status, const Catalog& catalog, uint64_t table_id) {
  const TablePtr table = catalog.FindById(table_id);
  if (table == nullptr || !table->ServesData()) return TableNotFound();
  return ToApiError(status);
}

}  // namespace

void AnswerRead(Database* database, const Scope& scope, ReadRequest request, Respond done) {
  const TablePtr table = database->catalog().Find(scope, request.table_name);
  if (table == nullptr || !table->ServesData()) return done(Unexpected<ApiError>(TableNotFound()));
  auto plan = PlanRead(table, request);
  if (!plan) return done(Unexpected<ApiError>(std::move(plan).error()));

  auto answer = std::make_shared<PageAnswer>(std::move(request), *plan);
  ReadPage(
      &database->engine(), std::move(plan->page),
      [answer](std::string_view encoded) { return answer->Take(encoded); },
      [database, answer, table_id = table->id, done = std::move(done)](Result<Page> page) mutable {
        if (page) return done(answer->Finish(*page));
        done(Unexpected<ApiError>(ErrorOf(page.error(), database->catalog(), table_id)));
      });
}

}  // namespace stator
