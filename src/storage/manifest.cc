#include "storage/manifest.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/bytes.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

// Of the fields of a record.
enum Tag : uint64_t {
  kComparator = 1,
  kLogNumber = 2,
  kNextFileNumber = 3,
  kLastSequence = 4,
  kCompactCursor = 5,
  kDeletedFile = 6,
  kPreviousLogNumber = 9,
  kMinLogNumberToKeep = 10,
  kNewFile = 103,
  kColumnFamily = 200,
  kMaxColumnFamily = 203,
  kInAtomicGroup = 300,
};
// Fields with this bit are texts that one may skip.
constexpr uint64_t kIgnorable = 1 << 13;
// Of the fields at the end of kNewFile.
constexpr uint64_t kNewFileEnd = 1, kNewFileMinLog = 3;

// Applies the records of a manifest, one after the other.
class Replay {
 public:
  explicit Replay(Manifest* manifest) : manifest_(manifest) {}

  // False if it is not what we know.
  bool Record(std::string_view record) {
    ByteReader reader(record);
    while (!reader.empty()) {
      uint64_t tag;
      if (!reader.ReadVarint(&tag) || !Field(tag, &reader)) return false;
    }
    return true;
  }

 private:
  bool Field(uint64_t tag, ByteReader* reader) {
    uint64_t level, number;
    std::string_view text;
    switch (tag) {
      case kLogNumber:
      case kMinLogNumberToKeep:
        if (!reader->ReadVarint(&number)) return false;
        manifest_->first_log = std::max(manifest_->first_log, number);
        return true;
      case kNextFileNumber:
      case kLastSequence:
      case kPreviousLogNumber:
      case kMaxColumnFamily:
        return reader->ReadVarint(&number);
      case kComparator:
        return reader->ReadLengthPrefixed(&text);
      case kCompactCursor:
        return reader->ReadVarint(&level) && reader->ReadLengthPrefixed(&text);
      case kDeletedFile:
        if (!reader->ReadVarint(&level) || !reader->ReadVarint(&number)) return false;
        manifest_->tables.erase(number);
        return true;
      case kNewFile:
        return NewFile(reader);
      case kInAtomicGroup:
        return reader->ReadVarint(&number);
      case kColumnFamily:  // the default one is not written, and there is no other
        return false;
      default:
        return (tag & kIgnorable) != 0 && reader->ReadLengthPrefixed(&text);
    }
  }

  bool NewFile(ByteReader* reader) {
    uint64_t level, number, size, sequence;
    std::string_view key;
    if (!reader->ReadVarint(&level) || !reader->ReadVarint(&number) || !reader->ReadVarint(&size) ||
        !reader->ReadLengthPrefixed(&key) || !reader->ReadLengthPrefixed(&key) ||
        !reader->ReadVarint(&sequence) || !reader->ReadVarint(&sequence)) {
      return false;
    }
    for (;;) {
      uint64_t tag;
      std::string_view value;
      if (!reader->ReadVarint(&tag)) return false;
      if (tag == kNewFileEnd) break;
      if (!reader->ReadLengthPrefixed(&value)) return false;
      if (tag != kNewFileMinLog) continue;
      if (value.size() != sizeof(uint64_t)) return false;
      manifest_->first_log = std::max(manifest_->first_log, LittleEndian<uint64_t>(value));
    }
    manifest_->tables[number] = size;
    return true;
  }

  Manifest* const manifest_;
};

std::string NumberedPath(const std::string& db_path, uint64_t number, const char* extension) {
  char name[32];
  std::snprintf(name, sizeof name, "/%06llu%s", static_cast<unsigned long long>(number), extension);
  return db_path + name;
}

}  // namespace

std::string LogPath(const std::string& db_path, uint64_t number) {
  return NumberedPath(db_path, number, ".log");
}
std::string TablePath(const std::string& db_path, uint64_t number) {
  return NumberedPath(db_path, number, ".sst");
}

bool ParseFileName(const std::string& name, const std::string& extension, uint64_t* number) {
  if (!name.ends_with(extension)) return false;
  const char* const end = name.data() + name.size() - extension.size();
  const auto [rest, error] = std::from_chars(name.data(), end, *number);
  return error == std::errc() && rest == end;
}

bool IsNumbered(const std::string& name, const std::string& extension) {
  uint64_t number = 0;
  return ParseFileName(name, extension, &number);
}

Result<Manifest> ReadManifest(const std::string& db_path) {
  constexpr std::string_view kPrefix = "MANIFEST-";
  const std::string current = db_path + "/CURRENT";
  std::ifstream in(current, std::ios::binary);
  if (!in.is_open()) return Fail(StatusCode::kCorruption, current + " is missing or unreadable");
  std::string name((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  Manifest manifest;
  if (!name.ends_with('\n') || !name.starts_with(kPrefix)) {
    return Fail(StatusCode::kCorruption, current + " does not name a manifest");
  }
  name.pop_back();
  if (!ParseFileName(name.substr(kPrefix.size()), "", &manifest.number)) {
    return Fail(StatusCode::kCorruption, current + " does not name a manifest");
  }
  manifest.path = db_path + "/" + name;
  if (std::error_code error; !fs::exists(manifest.path, error)) {
    return Fail(StatusCode::kCorruption, manifest.path + ", named by CURRENT, is missing");
  }
  Replay replay(&manifest);
  uint64_t records = 0;
  std::string unknown;
  auto scan = ScanLog(manifest.path, LogKind::kManifest, [&](std::string_view record) {
    ++records;
    if (unknown.empty() && !replay.Record(record)) {
      unknown = manifest.path + ": record " + std::to_string(records) + " is of no known form";
    }
  });
  if (!scan) return Unexpected<Status>(std::move(scan.error()));
  if (!unknown.empty()) return Fail(StatusCode::kUnsupported, std::move(unknown));
  manifest.scan = std::move(*scan);
  return manifest;
}

Result<std::vector<uint64_t>> NeededWriteLogs(const std::string& db_path, const Manifest& manifest) {
  std::vector<uint64_t> numbers;
  std::error_code error;
  for (fs::directory_iterator entry(db_path, error), end; !error && entry != end;
       entry.increment(error)) {
    uint64_t number = 0;
    if (ParseFileName(entry->path().filename().string(), ".log", &number) &&
        number >= manifest.first_log) {
      numbers.push_back(number);
    }
  }
  if (error) return Fail(StatusCode::kIoError, "cannot read " + db_path + ": " + error.message());
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

}  // namespace stator
