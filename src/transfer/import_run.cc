#include "transfer/import_run.h"

#include <optional>
#include <utility>

#include "base/stream_decompress.h"
#include "model/item_codec.h"
#include "model/item_size.h"
#include "model/limits.h"
#include "table/key_check.h"
#include "table/layout.h"

namespace stator {
namespace {

constexpr size_t kMaxObjects = 50'000;

std::string ItemsFolder(const std::string& id) { return id + "-items"; }
std::string FillFolder(const std::string& id) { return id + "-fill"; }

class SortedItems final : public ItemSource {
 public:
  explicit SortedItems(EntrySorter* sorter) : sorter_(sorter) {}
  bool Next(std::string_view* key, std::string_view* item) override {
    if (!sorter_->Next(&key_, &item_)) return false;
    *key = key_;
    *item = item_;
    return true;
  }
  const Result<void>& error() const override { return sorter_->error(); }

 private:
  EntrySorter* const sorter_;
  std::string key_;
  std::string item_;
};

}  // namespace

StreamCoding CodingOf(ImportCompression compression) {
  switch (compression) {
    case ImportCompression::kGzip:
      return StreamCoding::kGzip;
    case ImportCompression::kZstd:
      return StreamCoding::kZstd;
    case ImportCompression::kNone:
      break;
  }
  return StreamCoding::kNone;
}

std::vector<std::string> ImportRun::ScratchFolders(const std::string& import_id) {
  return {ItemsFolder(import_id), FillFolder(import_id), FillFolder(import_id) + "-sizes"};
}

ImportRun::ImportRun(const ImportRecord& import, TablePtr table, Parts parts,
                     const ImportRunOptions& options)
    : import_(import),
      table_(std::move(table)),
      parts_(std::move(parts)),
      options_(options),
      key_offset_(AllEntries(*table_, nullptr).begin.size()),
      sorter_(parts_.space, ItemsFolder(import.id), options.sort_bytes,
              EntrySorter::Equal::kLastCounts),
      report_(parts_.space, import.id, import) {}

Expected<ImportCounts, RunFault> ImportRun::Run() {
  Done done = Begin();
  if (done) done = ReadObjects();
  if (done) done = DoneOf(report_.Finish());
  if (done) done = FillTable();
  if (done) done = End();
  if (!done) return Unexpected<RunFault>(std::move(done).error());
  return counts_;
}

ImportRun::Done ImportRun::Begin() {
  Result<void> done = parts_.space->RemoveFolder(import_.id);
  if (done) done = End() ? Result<void>() : Fail(StatusCode::kIoError, "an earlier import's files");
  if (done) done = parts_.space->MakeFolder(ItemsFolder(import_.id));
  return DoneOf(std::move(done));
}

ImportRun::Done ImportRun::End() {
  for (const std::string& folder : ScratchFolders(import_.id)) {
    if (auto removed = parts_.space->RemoveFolder(folder); !removed)
      return DoneOf(std::move(removed));
  }
  return {};
}

ImportRun::Done ImportRun::ReadObjects() {
  std::vector<ObjectInfo> objects;
  auto listed = parts_.objects->List(import_.source.bucket, import_.source.prefix,
                                     [&](const ObjectInfo& object) {
                                       // Consoles make empty objects for folders.
                                       if (object.size > 0) objects.push_back(object);
                                       return objects.size() <= kMaxObjects;
                                     });
  if (!listed) return Faulty(std::move(listed).error());
  if (objects.size() > kMaxObjects) {
    return Faulty(ObjectFault{"TooManyObjects",
                              "More than 50000 objects have keys that begin with the prefix"});
  }
  for (const ObjectInfo& object : objects) {
    if (auto read = ReadObject(object); !read) return read;
  }
  for (;;) {
    if (*parts_.cancel) return Faulty(RunStopped{});
    auto finished = sorter_.Finish();
    if (!finished) return Faulty(std::move(finished).error());
    if (*finished) return {};
  }
}

std::unique_ptr<ItemReader> ImportRun::NewReader() const {
  switch (import_.source.format) {
    case ImportFormat::kIon:
      return NewIonItems();
    case ImportFormat::kCsv:
      return NewCsvItems({.delimiter = import_.source.delimiter.value_or(",")[0],
                          .header = import_.source.header,
                          .keys = table_->attributes});
    case ImportFormat::kDynamoDbJson:
      break;
  }
  return NewJsonItems();
}

ImportRun::Done ImportRun::ReadObject(const ObjectInfo& object) {
  object_ = object.key;
  object_items_ = 0;
  const auto reader = NewReader();
  const auto coding = StreamDecompressor::Create(CodingOf(import_.source.compression));
  Result<void> plain;  // whether the object is what it should be
  for (uint64_t offset = 0; offset < object.size && plain && failed_;) {
    if (*parts_.cancel) return Faulty(RunStopped{});
    auto bytes =
        parts_.objects->Read(import_.source.bucket, object.key, offset, options_.read_bytes);
    if (!bytes) return Faulty(std::move(bytes).error());
    if (bytes->empty()) break;
    offset += bytes->size();
    plain =
        coding->Feed(*bytes, [&](std::string_view text) { return TakeText(reader.get(), text); });
    parts_.progress(counts_);
  }
  if (plain) plain = coding->End();
  if (plain && failed_) {
    reader->End();
    TakeItems(reader.get());
  } else if (failed_) {
    // The rest of it is lost.
    failed_ = Reject(plain.error().message);
  }
  return DoneOf(failed_);
}

bool ImportRun::TakeText(ItemReader* reader, std::string_view text) {
  counts_.processed_bytes += static_cast<int64_t>(text.size());
  reader->Feed(text);
  return TakeItems(reader);
}

bool ImportRun::TakeItems(ItemReader* reader) {
  for (;;) {
    Item item;
    std::string why;
    switch (reader->Next(&item, &why)) {
      case ItemReader::Found::kMore:
        return true;
      case ItemReader::Found::kItem:
        failed_ = TakeItem(item);
        break;
      case ItemReader::Found::kBad:
        failed_ = Reject(why);
        break;
    }
    if (!failed_) return false;
  }
}

std::optional<std::string> ImportRun::WhatIsWrongWith(const Item& item) const {
  if (SizeOf(item) > kMaxItemSize) return "Item size has exceeded the maximum allowed size";
  if (auto checked = CheckItemKey(*table_, item); !checked) return checked.error().message;
  if (auto checked = CheckIndexKeys(*table_, item, nullptr, IndexKeyForm::kPut); !checked) {
    return checked.error().message;
  }
  return std::nullopt;
}

Result<void> ImportRun::TakeItem(const Item& item) {
  if (const auto wrong = WhatIsWrongWith(item)) return Reject(*wrong);
  ++counts_.processed_items;
  ++counts_.imported_items;
  ++object_items_;
  std::string bytes;
  EncodeItem(item, &bytes);
  return sorter_.Add(ItemKey(*table_, item).substr(key_offset_), std::move(bytes));
}

Result<void> ImportRun::Reject(const std::string& why) {
  ++counts_.processed_items;
  ++counts_.errors;
  return report_.Add(object_, object_items_++, why);
}

ImportRun::Done ImportRun::FillTable() {
  TableRestorer restorer(
      parts_.engine, parts_.space, table_,
      [this]() -> Result<std::unique_ptr<ItemSource>> {
        return std::unique_ptr<ItemSource>(std::make_unique<SortedItems>(&sorter_));
      },
      FillFolder(import_.id), options_.restorer);
  for (;;) {
    if (*parts_.cancel) return Faulty(RunStopped{});
    auto step = restorer.Step();
    if (!step) return Faulty(std::move(step).error());
    if (*step) return {};
  }
}

}  // namespace stator
