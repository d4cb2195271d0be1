#include "backup/table_image.h"

#include <utility>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "model/item_codec.h"
#include "model/stored_fields.h"
#include "table/layout.h"

namespace stator {
namespace {

constexpr uint8_t kManifestVersion = 1;
constexpr size_t kChecksumBytes = 4;

std::string ManifestOf(const std::string& folder) { return folder + "/MANIFEST"; }

AttributeValue FileValue(const SortedFileInfo& file) {
  AttributeMap map;
  map.Set("name", AttributeValue::S(file.name));
  map.Set("bytes", AttributeValue::N(static_cast<int64_t>(file.bytes)));
  map.Set("entries", AttributeValue::N(static_cast<int64_t>(file.entries)));
  map.Set("crc32c", AttributeValue::N(static_cast<int64_t>(file.crc32c)));
  return AttributeValue::M(std::move(map));
}

std::optional<SortedFileInfo> ReadFileValue(const AttributeValue& value) {
  if (!value.is(AttributeValue::Type::kM)) return std::nullopt;
  const auto name = StoredText(value.m().Find("name"));
  const auto bytes = StoredInt(value.m().Find("bytes")),
             entries = StoredInt(value.m().Find("entries")),
             crc = StoredInt(value.m().Find("crc32c"));
  if (!name || !bytes || !entries || !crc) return std::nullopt;
  return SortedFileInfo{.name = *name,
                        .bytes = static_cast<uint64_t>(*bytes),
                        .entries = static_cast<uint64_t>(*entries),
                        .crc32c = static_cast<uint32_t>(*crc)};
}

Unexpected<Status> BadManifest() {
  return Fail(StatusCode::kCorruption, "the manifest of a table image cannot be read");
}

}  // namespace

std::string EncodeTableImage(const TableImage& image) {
  AttributeMap map;
  map.Set("table", AttributeValue::B(EncodeTableDefinition(image.table)));
  map.Set("position", AttributeValue::N(static_cast<int64_t>(image.position)));
  map.Set("items", AttributeValue::N(image.items));
  map.Set("bytes", AttributeValue::N(image.bytes));
  AttributeValue::List files;
  for (const SortedFileInfo& file : image.files) files.push_back(FileValue(file));
  map.Set("files", AttributeValue::L(std::move(files)));
  std::string bytes;
  AppendU8(kManifestVersion, &bytes);
  EncodeItem(map, &bytes);
  AppendU32(Crc32c(bytes), &bytes);
  return bytes;
}

Result<TableImage> DecodeTableImage(std::string_view bytes) {
  if (bytes.size() <= 1 + kChecksumBytes) return BadManifest();
  if (bytes.front() != kManifestVersion) {
    return Fail(StatusCode::kUnsupported, "a table image in a newer format");
  }
  uint32_t crc = 0;
  if (!ByteReader(bytes.substr(bytes.size() - kChecksumBytes)).ReadU32(&crc)) return BadManifest();
  bytes.remove_suffix(kChecksumBytes);
  if (Crc32c(bytes) != crc) return BadManifest();
  auto map = DecodeItem(bytes.substr(1));
  if (!map) return Unexpected<Status>(map.error());
  const AttributeValue* table = map->Find("table");
  const AttributeValue* files = map->Find("files");
  const auto position = StoredInt(map->Find("position")), items = StoredInt(map->Find("items")),
             size = StoredInt(map->Find("bytes"));
  if (table == nullptr || !table->is(AttributeValue::Type::kB) || files == nullptr ||
      !files->is(AttributeValue::Type::kL) || !position || !items || !size) {
    return BadManifest();
  }
  auto definition = DecodeTableDefinition(table->b());
  if (!definition) return Unexpected<Status>(std::move(definition).error());
  TableImage image{.table = *std::move(definition),
                   .position = static_cast<uint64_t>(*position),
                   .items = *items,
                   .bytes = *size};
  for (const AttributeValue& value : files->l()) {
    auto file = ReadFileValue(value);
    if (!file) return BadManifest();
    image.files.push_back(*std::move(file));
  }
  return image;
}

Result<TableImage> ReadTableImage(const FileSpace& space, const std::string& folder) {
  auto bytes = space.ReadWhole(ManifestOf(folder));
  if (!bytes) return Unexpected<Status>(std::move(bytes).error());
  auto image = DecodeTableImage(*bytes);
  if (!image) return Fail(image.error().code, space.PathOf(folder) + ": " + image.error().message);
  return image;
}

Result<void> VerifyTableImage(FileSpace* space, const std::string& folder) {
  auto image = ReadTableImage(*space, folder);
  if (!image) return Unexpected<Status>(std::move(image).error());
  uint64_t entries = 0;
  for (const SortedFileInfo& file : image->files) {
    if (auto verified = VerifySortedFile(space, folder, file); !verified) return verified;
    entries += file.entries;
  }
  if (entries == static_cast<uint64_t>(image->items)) return {};
  return Fail(StatusCode::kCorruption, space->PathOf(folder) + ": the manifest counts " +
                                           std::to_string(image->items) + " items, the files " +
                                           std::to_string(entries));
}

TableImageWriter::TableImageWriter(LongSnapshot snapshot, const TableDefinition& table,
                                   FileSpace* space, std::string folder,
                                   const TableImageOptions& options)
    : snapshot_(std::move(snapshot)),
      scope_(table.scope),
      table_name_(table.name),
      table_id_(table.id),
      space_(space),
      folder_(std::move(folder)),
      options_(options) {}

Result<void> TableImageWriter::Begin() {
  auto stored = snapshot_.Get(CatalogKey(scope_, table_name_));
  if (!stored) return Unexpected<Status>(std::move(stored).error());
  if (!*stored) return Fail(StatusCode::kNotFound, "table " + table_name_ + " is not there");
  auto table = DecodeTableDefinition(**stored);
  if (!table) return Unexpected<Status>(std::move(table).error());
  if (table->id != table_id_) {
    return Fail(StatusCode::kNotFound, "table " + table_name_ + " is another one by now");
  }
  auto position = snapshot_.Position();
  if (!position) return Unexpected<Status>(std::move(position).error());
  image_.table = *std::move(table);
  image_.position = *position;
  auto made = space_->RemoveFolder(folder_);
  if (made) made = space_->MakeFolder(folder_);
  if (!made) return made;
  KeyRange items = AllEntries(image_.table, nullptr);
  prefix_bytes_ = items.begin.size();
  position_ = std::move(items.begin);
  end_ = std::move(items.end);
  return {};
}

Result<bool> TableImageWriter::Step() {
  if (!position_) {
    if (auto begun = Begin(); !begun) return Unexpected<Status>(std::move(begun).error());
  }
  size_t bytes = 0;
  Result<void> added;
  auto next = snapshot_.Page(*position_, end_, [&](std::string_view key, std::string_view item) {
    bytes += key.size() + item.size();
    added = Add(key.substr(prefix_bytes_), item);
    return added && bytes < options_.step_bytes;
  });
  if (!next) return Unexpected<Status>(std::move(next).error());
  if (!added) return Unexpected<Status>(std::move(added).error());
  if (*next) {
    position_ = **std::move(next);
    return false;
  }
  auto done = EndFile();
  if (done) done = space_->WriteWhole(ManifestOf(folder_), EncodeTableImage(image_));
  if (!done) return Unexpected<Status>(std::move(done).error());
  return true;
}

Result<void> TableImageWriter::Add(std::string_view key, std::string_view item) {
  auto size = EncodedItemSize(item);
  if (!size) return Unexpected<Status>(std::move(size).error());
  if (file_ && bytes_in_file_ >= options_.file_bytes) {
    if (auto ended = EndFile(); !ended) return ended;
  }
  if (!file_) {
    auto file = SortedFileWriter::Create(
        space_, folder_, std::to_string(image_.files.size()) + ".sst", SortedFileUse::kKept);
    if (!file) return Unexpected<Status>(std::move(file).error());
    file_ = *std::move(file);
    bytes_in_file_ = 0;
  }
  bytes_in_file_ += key.size() + item.size();
  ++image_.items;
  image_.bytes += static_cast<int64_t>(*size);
  return file_->Add(key, item);
}

Result<void> TableImageWriter::EndFile() {
  if (!file_) return {};
  auto info = file_->Finish();
  file_.reset();
  if (!info) return Unexpected<Status>(std::move(info).error());
  image_.files.push_back(*std::move(info));
  return {};
}

TableImageReader::TableImageReader(FileSpace* space, std::string folder, TableImage image)
    : space_(space), folder_(std::move(folder)), image_(std::move(image)) {}

bool TableImageReader::Next(std::string_view* key, std::string_view* item) {
  if (!error_) return false;
  if (file_) file_->Next();
  while (!file_ || !file_->Valid()) {
    if (!NextFile()) return false;
  }
  ++items_;
  *key = file_->key();
  *item = file_->value();
  return true;
}

// False: there is none, or an error.
bool TableImageReader::NextFile() {
  if (file_) error_ = file_->Ended();
  if (!error_) return false;
  if (next_file_ == image_.files.size()) {
    if (items_ != image_.items) {
      error_ =
          Fail(StatusCode::kCorruption, space_->PathOf(folder_) + " has " + std::to_string(items_) +
                                            " items, not " + std::to_string(image_.items));
    }
    return false;
  }
  auto file = SortedFileReader::Open(space_, folder_, image_.files[next_file_++]);
  if (!file) {
    error_ = Unexpected<Status>(std::move(file).error());
    return false;
  }
  file_ = *std::move(file);
  return true;
}

Result<std::unique_ptr<ItemSource>> OpenTableImage(FileSpace* space, const std::string& folder) {
  auto image = ReadTableImage(*space, folder);
  if (!image) return Unexpected<Status>(std::move(image).error());
  return std::unique_ptr<ItemSource>(
      std::make_unique<TableImageReader>(space, folder, *std::move(image)));
}

}  // namespace stator
