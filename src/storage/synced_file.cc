#include "storage/synced_file.h"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/bytes.h"
#include "base/crc32c.h"

namespace stator {
namespace {

constexpr uint32_t kMagic = 0x53594e43;  // "SYNC"
constexpr uint8_t kVersion = 1;
constexpr size_t kMaxLogs = 24;    // more than are ever needed at once; RocksDB keeps a handful
constexpr size_t kSlotSize = 512;  // a sector: written wholly or not at all
// Each in a page of its own. The first two are synced when they are written, in turns, so that one
// of them can always be read.
constexpr size_t kSlotDistance = 4096, kSlots = 4;
constexpr size_t kFileSize = kSlots * kSlotDistance;

Status ToStatus(const std::string& what, const rocksdb::IOStatus& status) {
  return {status.IsNoSpace() ? StatusCode::kNoSpace : StatusCode::kIoError,
          "cannot write " + what + ": " + status.ToString()};
}

// The newest version in the file, and whether there is a synced one.
bool Newest(const std::string& bytes, SyncedState* state, uint64_t* generation) {
  bool synced = false;
  *generation = 0;
  for (size_t slot = 0; slot < kSlots; ++slot) {
    SyncedState found;
    uint64_t version = 0;
    const std::string_view view = bytes;
    if (view.size() < slot * kSlotDistance + kSlotSize) break;
    if (!DecodeSynced(view.substr(slot * kSlotDistance, kSlotSize), &found, &version)) continue;
    if (slot < 2) synced = true;
    if (version <= *generation) continue;
    *generation = version;
    *state = std::move(found);
  }
  return synced;
}

bool ReadAll(const std::string& path, std::string* bytes) {
  std::ifstream in(path, std::ios::binary);
  bytes->assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  return in.is_open() && !in.bad();
}

}  // namespace

uint64_t SyncedState::BytesOf(uint64_t log) const {
  for (const SyncedLog& known : logs) {
    if (known.number == log) return known.bytes;
  }
  return 0;
}

void SyncedState::Add(SyncedLog log) {
  for (SyncedLog& known : logs) {
    if (known.number != log.number) continue;
    known.bytes = std::max(known.bytes, log.bytes);
    return;
  }
  const auto place = std::upper_bound(
      logs.begin(), logs.end(), log.number,
      [](uint64_t number, const SyncedLog& known) { return number < known.number; });
  logs.insert(place, log);
  if (logs.size() > kMaxLogs) logs.erase(logs.begin());
}

std::string EncodeSynced(const SyncedState& state, uint64_t generation) {
  std::string body;
  AppendU8(kVersion, &body);
  AppendU64(generation, &body);
  AppendU8(state.relaxed ? 1 : 0, &body);
  AppendU64(state.manifest_number, &body);
  AppendU64(state.manifest_bytes, &body);
  AppendU8(static_cast<uint8_t>(state.logs.size()), &body);
  for (const SyncedLog& log : state.logs) {
    AppendU64(log.number, &body);
    AppendU64(log.bytes, &body);
  }
  std::string slot;
  AppendU32(kMagic, &slot);
  AppendU32(Crc32c(body), &slot);
  AppendU16(static_cast<uint16_t>(body.size()), &slot);
  slot += body;
  slot.resize(kSlotSize);
  return slot;
}

bool DecodeSynced(std::string_view slot, SyncedState* state, uint64_t* generation) {
  ByteReader reader(slot);
  uint32_t magic, crc;
  uint16_t size;
  std::string_view body;
  if (!reader.ReadU32(&magic) || magic != kMagic || !reader.ReadU32(&crc) ||
      !reader.ReadU16(&size) || !reader.ReadBytes(size, &body) || Crc32c(body) != crc) {
    return false;
  }
  ByteReader fields(body);
  uint8_t version, relaxed, count;
  if (!fields.ReadU8(&version) || version != kVersion || !fields.ReadU64(generation) ||
      !fields.ReadU8(&relaxed) || !fields.ReadU64(&state->manifest_number) ||
      !fields.ReadU64(&state->manifest_bytes) || !fields.ReadU8(&count)) {
    return false;
  }
  state->relaxed = relaxed != 0;
  state->logs.resize(count);
  for (SyncedLog& log : state->logs) {
    if (!fields.ReadU64(&log.number) || !fields.ReadU64(&log.bytes)) return false;
  }
  return fields.empty();
}

Result<std::optional<SyncedState>> SyncedFile::Read(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return std::optional<SyncedState>();
  std::string bytes;
  if (!ReadAll(path, &bytes)) return Fail(StatusCode::kIoError, "cannot read " + path);
  SyncedState state;
  uint64_t generation;
  if (!Newest(bytes, &state, &generation)) {
    return Fail(StatusCode::kCorruption, path + " is damaged: no version in it can be read");
  }
  return std::optional<SyncedState>(std::move(state));
}

SyncedFile::SyncedFile() = default;
SyncedFile::~SyncedFile() = default;

Result<std::unique_ptr<SyncedFile>> SyncedFile::Open(const std::string& path,
                                                     rocksdb::FileSystem* files) {
  std::unique_ptr<SyncedFile> opened(new SyncedFile());
  opened->path_ = path;
  std::string bytes;  // of a file that was there before
  SyncedState state;
  // The file is renamed into its place, whole and synced: there is never half of one.
  if (!ReadAll(path, &bytes) || !Newest(bytes, &state, &opened->generation_)) {
    const std::string temporary = path + ".tmp";
    std::string whole = EncodeSynced(SyncedState{}, 1);
    whole.resize(kFileSize);
    rocksdb::IOStatus status =
        rocksdb::WriteStringToFile(files, rocksdb::Slice(whole), temporary, /*should_sync=*/true);
    if (status.ok()) status = files->RenameFile(temporary, path, {}, nullptr);
    std::unique_ptr<rocksdb::FSDirectory> parent;
    const std::string folder = std::filesystem::path(path).parent_path().string();
    if (status.ok()) status = files->NewDirectory(folder, {}, &parent, nullptr);
    if (status.ok()) status = parent->Fsync({}, nullptr);
    if (!status.ok()) return Unexpected<Status>(ToStatus(path, status));
    opened->generation_ = 1;
    bytes = std::move(whole);
  }
  const rocksdb::IOStatus status = files->NewRandomRWFile(path, {}, &opened->file_, nullptr);
  if (!status.ok()) return Unexpected<Status>(ToStatus(path, status));
  // Of either kind, the newest is kept until the other slot is written.
  uint64_t newest[2] = {0, 0};
  for (uint64_t slot = 0; bytes.size() >= kFileSize && slot < kSlots; ++slot) {
    uint64_t version = 0;
    const std::string_view view = bytes;
    if (!DecodeSynced(view.substr(slot * kSlotDistance, kSlotSize), &state, &version)) continue;
    const bool synced = slot < 2;
    if (version <= newest[synced]) continue;
    newest[synced] = version;
    opened->turns_[synced] = slot % 2 + 1;
  }
  return opened;
}

Result<void> SyncedFile::Write(const SyncedState& state, bool durably) {
  const std::string slot = EncodeSynced(state, ++generation_);
  const uint64_t turn = turns_[durably]++ % 2;
  const uint64_t offset = (durably ? turn : 2 + turn) * kSlotDistance;
  rocksdb::IOStatus status = file_->Write(offset, slot, {}, nullptr);
  if (status.ok() && durably) status = file_->Sync({}, nullptr);
  if (status.ok()) return {};
  return Unexpected<Status>(ToStatus(path_, status));
}

}  // namespace stator
