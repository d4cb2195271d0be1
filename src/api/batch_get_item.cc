#include <algorithm>
#include <set>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "api/handlers.h"
#include "api/json_view.h"
#include "api/read_projection.h"
#include "api/request_hash.h"
#include "api/table_name.h"
#include "api/write_answer.h"
#include "base/json_string.h"
#include "model/attribute_value_json.h"
#include "model/item_codec.h"
#include "model/limits.h"
#include "table/layout.h"
#include "table/read_capacity.h"
#include "table/read_items.h"

namespace stator {
namespace {

// What is asked of one table.
struct TableWanted {
  std::string name;  // as the request gave it
  std::optional<Projection> projection;
  bool consistent = false;
  std::string other_members;  // all but Keys, as JSON members with leading commas, for UnprocessedKeys
  size_t first_read = 0;      // its reads: [first_read, end_read)
  size_t end_read = 0;
};

struct Wanted {
  std::vector<TableWanted> tables;
  ReturnConsumedCapacity capacity = ReturnConsumedCapacity::kNone;
};

std::string OtherMembers(const Members& in) {
  std::string json;
  for (std::string_view name :
       {"AttributesToGet", "ConsistentRead", "ProjectionExpression", "ExpressionAttributeNames"}) {
    if (const auto value = in.Raw(name)) json.append(",\"").append(name).append("\":") += simdjson::minify(*value);
  }
  return json;
}

ApiResult<void> DecodeTable(std::string_view name, const Members& in, const Caller& caller, Wanted* wanted,
                            ReadItemsRequest* request) {
  auto table_name = ResolveTableName(name, caller);
  if (!table_name) return Unexpected<ApiError>(std::move(table_name).error());
  TableWanted table{std::string(name)};
  auto projection = DecodeReadProjection(in, kGetMembers);
  if (!projection) return Unexpected<ApiError>(std::move(projection).error());
  table.projection = *std::move(projection);
  table.consistent = in.Bool("ConsistentRead").value_or(false);
  table.other_members = OtherMembers(in);
  table.first_read = request->reads.size();
  // Duplicates are found by their text: 1000 and 1e3 pass (facts 6.2).
  std::unordered_set<uint64_t> texts;
  const simdjson::dom::array keys = *in.List("Keys");
  for (const simdjson::dom::element element : keys) {
    auto key = AttributeMapFromJson(ObjectOf(element));
    if (!key) return Unexpected<ApiError>(ToApiError(std::move(key).error()));
    if (!texts.insert(CanonicalHash(element)).second) {
      return Invalid("Provided list of item keys contains duplicates");
    }
    request->reads.push_back({*table_name, *std::move(key)});
  }
  table.end_read = request->reads.size();
  wanted->tables.push_back(std::move(table));
  return {};
}

// The styles may not be mixed across tables either (facts 3.7).
ApiResult<void> CheckStyles(const Members::Entries& tables) {
  bool legacy = false, expressions = false;
  for (const auto& [name, element] : tables) {
    legacy = legacy || Members(element).Has("AttributesToGet");
    expressions = expressions || Members(element).Has("ProjectionExpression");
  }
  const ExpressionParameter old_style[] = {{"AttributesToGet", legacy}};
  const ExpressionParameter new_style[] = {{"ProjectionExpression", expressions}};
  return CheckNotMixed(old_style, new_style);
}

ApiResult<void> DecodeRequestItems(const Members& in, const Caller& caller, Wanted* wanted,
                                   ReadItemsRequest* request) {
  const Members::Entries tables = *in.Map("RequestItems");
  if (auto styles = CheckStyles(tables); !styles) return styles;
  for (const auto& [name, element] : tables) {
    if (auto decoded = DecodeTable(name, Members(element), caller, wanted, request); !decoded) return decoded;
  }
  if (request->reads.size() > kMaxBatchGetKeys) {
    return Invalid("Too many items requested for the BatchGetItem call");
  }
  return {};
}

// Writes the answer; what no longer fits into it becomes UnprocessedKeys.
class AnswerWriter {
 public:
  AnswerWriter(const Wanted& wanted, const ReadItemsResult& result, const ReadItemsRequest& request)
      : wanted_(wanted), result_(result), request_(request) {}

  ApiResult<std::string> Write() {
    responses_ = R"({"Responses":{)";
    for (const TableWanted& table : wanted_.tables) {
      if (auto written = WriteTable(table); !written) return Unexpected<ApiError>(std::move(written).error());
    }
    responses_.append("},").append(R"("UnprocessedKeys":{)").append(unprocessed_).push_back('}');
    AppendConsumedCapacities(consumed_, wanted_.capacity, &responses_);
    responses_.push_back('}');
    return std::move(responses_);
  }

 private:
  ApiResult<void> WriteTable(const TableWanted& table) {
    if (&table != &wanted_.tables.front()) responses_.push_back(',');
    AppendJsonString(table.name, &responses_);
    responses_.append(":[");
    std::set<std::string> seen;  // storage keys: an item asked for in two spellings is returned once
    std::string unread;
    uint64_t blocks = 0;
    bool first = true;
    for (size_t i = table.first_read; i < table.end_read; ++i) {
      const std::optional<std::string_view>& item = result_.items[i];
      if (!seen.insert(ItemKey(*result_.tables[i], request_.reads[i].key)).second) continue;
      const size_t size = item ? EncodedItemSize(*item).value() : 0;
      if (item_bytes_ + size > kMaxBatchSize) {
        unread.append(unread.empty() ? "" : ",");
        AppendJson(request_.reads[i].key, &unread);
        continue;
      }
      item_bytes_ += size;
      blocks += ReadBlocks(size);
      if (!item) continue;
      if (!first) responses_.push_back(',');
      first = false;
      auto appended = AppendProjected(*item, table.projection, &responses_);
      if (!appended) return Unexpected<ApiError>(ToApiError(appended.error()));
    }
    responses_.push_back(']');
    AddConsumed({table.name, ReadUnits(blocks, table.consistent)}, &consumed_);
    if (!unread.empty()) {
      if (!unprocessed_.empty()) unprocessed_.push_back(',');
      AppendJsonString(table.name, &unprocessed_);
      unprocessed_.append(R"(:{"Keys":[)").append(unread).append("]").append(table.other_members).append("}");
    }
    return {};
  }

  const Wanted& wanted_;
  const ReadItemsResult& result_;
  const ReadItemsRequest& request_;
  std::string responses_;
  std::string unprocessed_;
  std::vector<ConsumedCapacity> consumed_;
  size_t item_bytes_ = 0;
};

ApiResult<std::string> AnswerTo(const Wanted& wanted, const ReadItemsResult& result,
                                const ReadItemsRequest& request) {
  for (const TableWanted& table : wanted.tables) {
    if (!table.projection || table.first_read == table.end_read) continue;
    const KeyCheck check = CheckProjection(*result.tables[table.first_read], *table.projection);
    if (!check) return Unexpected<ApiError>(ToApiError(check.error()));
  }
  return AnswerWriter(wanted, result, request).Write();
}

}  // namespace

void BatchGetItem(const OperationContext& context, const Members& in, Respond done) {
  Wanted wanted;
  wanted.capacity = DecodeReturnConsumedCapacity(in);
  ReadItemsRequest request{{context.caller.account_id, context.caller.region}};
  if (auto decoded = DecodeRequestItems(in, context.caller, &wanted, &request); !decoded) {
    return done(Unexpected<ApiError>(std::move(decoded).error()));
  }
  ReadItems(context.database, std::move(request),
            [wanted = std::move(wanted), done = std::move(done)](ApiResult<ReadItemsResult> result,
                                                                 const ReadItemsRequest& request) mutable {
              if (!result) return done(Unexpected<ApiError>(std::move(result).error()));
              done(AnswerTo(wanted, *result, request));
            });
}

}  // namespace stator
