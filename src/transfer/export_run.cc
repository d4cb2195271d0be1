#include "transfer/export_run.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/base64.h"
#include "model/item_codec.h"
#include "objects/md5.h"
#include "storage/long_snapshot.h"
#include "table/blocking.h"
#include "table/change_record.h"
#include "transfer/item_writer.h"

namespace stator {
namespace {

constexpr int64_t kPollMicros = 20'000;  // of an image that is being made

}  // namespace

ExportRun::ExportRun(const ExportRecord& record, Parts parts, const ExportRunOptions& options,
                     bool again)
    : record_(record),
      parts_(std::move(parts)),
      options_(options),
      again_(again),
      files_(parts_.objects, record_, options.file_bytes, again) {}

Expected<ExportRecord, RunFault> ExportRun::Run() {
  RunDone done = Begin();
  if (done) done = AwaitMoment();
  if (done) done = record_.type == ExportType::kFull ? WriteItems() : WriteChanges();
  if (done) done = DoneOf(files_.Finish());
  if (done) done = DoneOf(parts_.scratch->RemoveFolder(record_.id));
  if (done) done = WriteManifests();
  if (!done) return Unexpected<RunFault>(std::move(done).error());
  return record_;
}

RunDone ExportRun::Begin() {
  if (record_.filter) {
    auto filter = ExportFilter::Parse(*record_.filter, record_.table);
    // It was checked when the export was asked for.
    if (!filter) return Faulty(Status{StatusCode::kCorruption, "the filter cannot be read"});
    filter_ = *std::move(filter);
  }
  if (auto put = Put("_started", ""); !put) return put;
  auto made = parts_.scratch->RemoveFolder(record_.id);
  if (made) made = parts_.scratch->MakeFolder(record_.id);
  return DoneOf(std::move(made));
}

TablePtr ExportRun::Table() const { return parts_.database->catalog().FindById(record_.table.id); }

// What counts to a moment has ended once a commit has that began after it: after its time, or after
// a commit that stands behind it, as the clock may have been set back.
RunDone ExportRun::AwaitMoment() {
  for (;;) {
    const int64_t left = static_cast<int64_t>(record_.last) - parts_.database->clock().NowMicros();
    if (left < 0) break;
    auto position = LongSnapshot(&parts_.database->engine()).Position();
    if (!position) return Faulty(std::move(position).error());
    if (*position >= record_.last) break;
    if (!parts_.sleep(std::min<int64_t>(left + 1, 1'000'000))) return Faulty(RunStopped{});
  }
  const TablePtr table = Table();
  if (table == nullptr) return Faulty(Status{StatusCode::kNotFound, "the table is gone"});
  return DoneOf(ChangeTableAndWait(parts_.database->catalog(), *table, [](TableDefinition*) {}));
}

// --- full

Expected<TableImage, RunFault> ExportRun::AwaitImage(const std::string& folder) {
  // What there is of the first base before it is noted may have to be made anew.
  for (TablePtr table = Table();
       table != nullptr && table->recovery && table->recovery->bases.empty(); table = Table()) {
    if (!parts_.sleep(kPollMicros)) return Faulty(RunStopped{});
  }
  auto image = ReadTableImage(*parts_.images, folder);
  if (!image) return Faulty(std::move(image).error());
  return *std::move(image);
}

Expected<std::unique_ptr<ItemSource>, RunFault> ExportRun::OpenItems() {
  TablePtr table = Table();
  const auto own = [&](const TableExport& one) { return one.id == record_.id; };
  const auto held = table == nullptr
                        ? std::vector<TableExport>::const_iterator()
                        : std::find_if(table->exports.begin(), table->exports.end(), own);
  if (table == nullptr || held == table->exports.end()) {
    return Faulty(Status{StatusCode::kNotFound, "the table does not know of the export"});
  }
  const std::string folder = held->image;
  auto image = AwaitImage(folder);
  if (!image) return Unexpected<RunFault>(std::move(image).error());
  table = Table();
  if (table == nullptr) return Faulty(Status{StatusCode::kNotFound, "the table is gone"});
  auto changes =
      std::make_unique<LogChanges>(&parts_.database->engine(), parts_.scratch, record_.id, *table,
                                   image->position, record_.last, options_.log);
  for (;;) {
    if (*parts_.cancel) return Faulty(RunStopped{});
    auto step = changes->Step();
    if (!step) return Faulty(std::move(step).error());
    if (*step) break;
  }
  return std::unique_ptr<ItemSource>(std::make_unique<ChangedItems>(
      std::make_unique<TableImageReader>(parts_.images, folder, *std::move(image)),
      std::move(changes)));
}

RunDone ExportRun::WriteItems() {
  auto items = OpenItems();
  if (!items) return Unexpected<RunFault>(std::move(items).error());
  std::string_view key, item;
  while ((*items)->Next(&key, &item)) {
    if (*parts_.cancel) return Faulty(RunStopped{});
    if (filter_.IsBehind(key)) return {};
    if (!filter_.WantsKey(key)) continue;
    if (auto added = AddItem(item); !added) return added;
  }
  return DoneOf((*items)->error());
}

RunDone ExportRun::AddItem(std::string_view item) {
  auto size = EncodedItemSize(item);
  if (!size) return Faulty(std::move(size).error());
  Read(static_cast<int64_t>(*size));
  line_.clear();
  if (filter_.WantsAll()) {
    auto appended = AppendStoredItemLine(record_.format, item, &line_);
    if (!appended) return Faulty(std::move(appended).error());
    return AddLine();
  }
  auto decoded = DecodeItem(item);
  if (!decoded) return Faulty(std::move(decoded).error());
  if (!filter_.Wants(*decoded)) return {};
  AppendItemLine(record_.format, filter_.Shown(*std::move(decoded)), &line_);
  return AddLine();
}

void ExportRun::Read(int64_t bytes) {
  record_.billed_bytes += bytes;
  if (record_.billed_bytes - told_bytes_ < options_.told_bytes) return;
  told_bytes_ = record_.billed_bytes;
  parts_.progress(record_);
}

RunDone ExportRun::AddLine() {
  ++record_.items;
  return DoneOf(files_.Add(line_));
}

// --- incremental

RunDone ExportRun::WriteChanges() {
  const TablePtr table = Table();
  if (table == nullptr) return Faulty(Status{StatusCode::kNotFound, "the table is gone"});
  NetChanges changes(&parts_.database->engine(), parts_.scratch, record_.id, *table, record_.after,
                     record_.last, record_.first_shard, options_.log);
  for (;;) {
    if (*parts_.cancel) return Faulty(RunStopped{});
    auto step = changes.Step();
    if (!step) return Faulty(std::move(step).error());
    if (*step) break;
  }
  NetChange change;
  while (changes.Next(&change)) {
    if (*parts_.cancel) return Faulty(RunStopped{});
    if (filter_.IsBehind(change.item_key)) return {};
    if (!filter_.WantsKey(change.item_key)) continue;
    if (auto added = AddChange(change); !added) return added;
  }
  return DoneOf(changes.error());
}

RunDone ExportRun::AddChange(const NetChange& change) {
  std::optional<Item> old_item, new_item;
  for (const auto& [image, item] :
       {std::pair(&change.old_image, &old_item), std::pair(&change.new_image, &new_item)}) {
    if (!*image) continue;
    auto size = EncodedItemSize(**image);
    auto decoded = DecodeItem(**image);
    if (!size || !decoded) return Faulty(Status(decoded ? size.error() : decoded.error()));
    Read(static_cast<int64_t>(*size));
    *item = *std::move(decoded);
  }
  if (!filter_.Wants(new_item ? *new_item : *old_item)) return {};
  const auto keys = KeysOf(record_.table, {.item_key = change.item_key});
  if (!keys) return Faulty(Status{StatusCode::kCorruption, "a change record has no key"});
  if (record_.view == ExportView::kNewImage) old_item.reset();
  for (std::optional<Item>* item : {&old_item, &new_item}) {
    if (*item) *item = filter_.Shown(std::move(**item));
  }
  line_.clear();
  AppendChangeLine(record_.format,
                   {.micros = change.micros,
                    .keys = &*keys,
                    .old_image = old_item ? &*old_item : nullptr,
                    .new_image = new_item ? &*new_item : nullptr},
                   &line_);
  return AddLine();
}

// --- manifests

RunDone ExportRun::Put(const std::string& name, std::string_view bytes) {
  const std::string key = record_.Folder() + name;
  if (again_) {
    auto removed = parts_.objects->RemoveUnfinished(record_.target.bucket, key);
    if (!removed) return Faulty(std::move(removed).error());
  }
  auto put = parts_.objects->Put(record_.target.bucket, key, bytes);
  if (!put) return Faulty(std::move(put).error());
  return {};
}

RunDone ExportRun::PutWithChecksum(const std::string& name, const std::string& bytes) {
  if (auto put = Put(name + ".json", bytes); !put) return put;
  return Put(name + ".checksum", Base64Encode(Md5Of(bytes)));
}

// The summary comes last: who finds it finds everything.
RunDone ExportRun::WriteManifests() {
  record_.ended_micros = parts_.database->clock().NowMicros();
  if (auto put = PutWithChecksum("manifest-files", FilesManifest(files_.files())); !put) return put;
  record_.status = ExportStatus::kCompleted;
  return PutWithChecksum("manifest-summary", SummaryManifest(record_));
}

}  // namespace stator
