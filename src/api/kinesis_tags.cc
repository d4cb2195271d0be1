// AddTagsToStream, RemoveTagsFromStream, ListTagsForStream, and the same by ARN: TagResource,
// UntagResource, ListTagsForResource.
#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "api/json_view.h"
#include "api/kinesis_handlers.h"
#include "api/kinesis_request.h"

namespace stator::kinesis {
namespace {

constexpr size_t kMaxTags = 50;
using Tags = std::map<std::string, std::string>;

void ChangeTags(const OperationContext& context, ApiResult<std::string> name,
                Streams::ChangeStream change, Respond done) {
  if (!name) return done(Unexpected<ApiError>(std::move(name.error())));
  context.streams->Change(ScopeOf(context), *std::move(name), std::move(change),
                          [done = std::move(done)](ApiResult<StreamPtr> result) mutable {
                            if (!result)
                              return done(Unexpected<ApiError>(std::move(result.error())));
                            done(std::string());
                          });
}

void AddTags(const OperationContext& context, const Members& in, ApiResult<std::string> name,
             Respond done) {
  Tags added;
  const Members::Entries entries = in.Map("Tags").value_or(Members::Entries());
  for (const auto& [key, value] : entries) {
    added.insert_or_assign(std::string(key), std::string(TextOf(value)));
  }
  ChangeTags(
      context, std::move(name),
      [added = std::move(added)](const Stream& current) -> ApiResult<Stream> {
        Stream next = current;
        for (const auto& [key, value] : added) next.tags.insert_or_assign(key, value);
        if (next.tags.size() > kMaxTags) {
          return InvalidArgument("Failed to add tags to stream " + current.name +
                                 " under account " + current.scope.account_id +
                                 " because a given stream cannot have more than 50 tags associated "
                                 "with it.");
        }
        return next;
      },
      std::move(done));
}

void RemoveTags(const OperationContext& context, const Members& in, ApiResult<std::string> name,
                Respond done) {
  std::vector<std::string> removed;
  const auto keys = in.Strings("TagKeys");
  for (const std::string_view key : *keys) removed.emplace_back(key);
  ChangeTags(
      context, std::move(name),
      [removed = std::move(removed)](const Stream& current) -> ApiResult<Stream> {
        Stream next = current;
        for (const std::string& key : removed) next.tags.erase(key);
        return next;
      },
      std::move(done));
}

void AppendTag(const std::pair<const std::string, std::string>& tag, std::string* out) {
  JsonObject object(out);
  object.String("Key", tag.first);
  object.String("Value", tag.second);
  object.Close();
}

}  // namespace

void AddTagsToStream(const OperationContext& context, const Members& in, Respond done) {
  AddTags(context, in, StreamNameOf(context, in), std::move(done));
}

void TagResource(const OperationContext& context, const Members& in, Respond done) {
  AddTags(context, in, ResourceNameOf(context, in), std::move(done));
}

void RemoveTagsFromStream(const OperationContext& context, const Members& in, Respond done) {
  RemoveTags(context, in, StreamNameOf(context, in), std::move(done));
}

void UntagResource(const OperationContext& context, const Members& in, Respond done) {
  RemoveTags(context, in, ResourceNameOf(context, in), std::move(done));
}

void ListTagsForStream(const OperationContext& context, const Members& in, Respond done) {
  auto stream = FindStream(context, in);
  if (!stream) return done(Unexpected<ApiError>(std::move(stream.error())));
  Tags tags = (*stream)->tags;
  if (const auto after = in.String("ExclusiveStartTagKey")) {
    std::erase_if(tags, [&](const auto& tag) { return tag.first <= *after; });
  }
  const auto limit = static_cast<size_t>(in.Int("Limit").value_or(kMaxTags));
  const bool more = tags.size() > limit;
  while (tags.size() > limit) tags.erase(std::prev(tags.end()));
  std::string json;
  JsonObject answer(&json);
  AppendJsonArray(tags, answer.Name("Tags"), AppendTag);
  answer.Bool("HasMoreTags", more);
  answer.Close();
  done(std::move(json));
}

void ListTagsForResource(const OperationContext& context, const Members& in, Respond done) {
  auto name = ResourceNameOf(context, in);
  if (!name) return done(Unexpected<ApiError>(std::move(name.error())));
  const StreamPtr stream = context.streams->Find(ScopeOf(context), *name);
  if (stream == nullptr) return done(Streams::NotFound(ScopeOf(context), *name));
  std::string json;
  JsonObject answer(&json);
  AppendJsonArray(stream->tags, answer.Name("Tags"), AppendTag);
  answer.Close();
  done(std::move(json));
}

}  // namespace stator::kinesis
