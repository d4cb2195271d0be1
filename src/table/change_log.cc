#include "table/change_log.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

#include "base/date_text.h"
#include "base/hash.h"

namespace stator {
namespace {

constexpr size_t kPlaceDigits = 5;
constexpr size_t kSequenceDigits = 21;
constexpr uint8_t kLogVersion = 1;

bool IsRead(const ChangeLog& log) { return log.EnabledStream() != nullptr || !log.readers.empty(); }

// The id of the next shard that is opened. Whatever the clock does, it is in no stream that has
// ended.
uint64_t NextId(const ChangeLog& log, int64_t now) {
  auto id = static_cast<uint64_t>(std::max<int64_t>(now, 1));
  if (!log.shards.empty()) id = std::max(id, log.shards.back().id + 1);
  for (const StreamDefinition& stream : log.streams) {
    if (stream.end_shard != UINT64_MAX) id = std::max(id, stream.end_shard);
  }
  return id;
}

// Closes what is open. If `children` is not 0 each of them has so many, or, if nothing was open,
// one shard is opened. Returns the id from which on shards are new.
uint64_t Turn(size_t children, int64_t now, ChangeLog* log) {
  const uint64_t first = NextId(*log, now);
  uint64_t id = first;
  std::vector<LogShard> opened;
  for (LogShard& shard : log->shards) {
    if (!shard.open()) continue;
    // Nor is it closed before it was opened, by a change that was long on its way.
    shard.closed_micros = std::max(now, static_cast<int64_t>(shard.id));
    // Ranges are halved, so what is left over by the division is nothing.
    const uint64_t width = (shard.hash_end - shard.hash_begin) / std::max<size_t>(children, 1);
    uint64_t begin = shard.hash_begin;
    for (size_t child = 0; child < children; ++child) {
      const uint64_t end = child + 1 == children ? shard.hash_end : begin + width;
      opened.push_back({id++, shard.id, begin, end, 0});
      begin = end + 1;
    }
  }
  if (opened.empty() && children != 0) opened.push_back({.id = id});
  log->shards.insert(log->shards.end(), opened.begin(), opened.end());
  return first;
}

std::string LabelOf(int64_t micros) { return FormatIsoMillis(micros / 1000); }

}  // namespace

LogPosition LogPosition::Next() const {
  return place == UINT16_MAX ? LogPosition{micros + 1, 0}
                             : LogPosition{micros, static_cast<uint16_t>(place + 1)};
}

void AppendPosition(const LogPosition& position, std::string* out) {
  AppendU64(position.micros, out);
  AppendU16(position.place, out);
}

bool ReadPosition(ByteReader* in, LogPosition* out) {
  return in->ReadU64(&out->micros) && in->ReadU16(&out->place);
}

std::string SequenceNumberOf(const LogPosition& position) {
  std::string place = std::to_string(position.place);
  place.insert(0, kPlaceDigits - place.size(), '0');
  std::string text = std::to_string(position.micros) + place;
  if (text.size() < kSequenceDigits) text.insert(0, kSequenceDigits - text.size(), '0');
  return text;
}

std::optional<LogPosition> ParseSequenceNumber(std::string_view text) {
  if (text.size() < kSequenceDigits) return std::nullopt;
  LogPosition position;
  const auto read = [](std::string_view digits, auto* value) {
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), *value);
    return error == std::errc() && end == digits.data() + digits.size();
  };
  const size_t split = text.size() - kPlaceDigits;
  if (!read(text.substr(0, split), &position.micros) ||
      !read(text.substr(split), &position.place)) {
    return std::nullopt;
  }
  return position;
}

std::string LogShard::Name() const {
  std::array<char, 48> text;
  const auto micros = static_cast<unsigned>(id % 1000);
  const auto noise = static_cast<unsigned>(StableHash64(std::to_string(id)) & 0xfffff);
  const int length = std::snprintf(text.data(), text.size(), "shardId-%020llu-%03x%05x",
                                   static_cast<unsigned long long>(id / 1000), micros, noise);
  return {text.data(), static_cast<size_t>(length)};
}

std::string_view NameOf(StreamViewType view) {
  switch (view) {
    case StreamViewType::kKeysOnly:
      return "KEYS_ONLY";
    case StreamViewType::kNewImage:
      return "NEW_IMAGE";
    case StreamViewType::kOldImage:
      return "OLD_IMAGE";
    case StreamViewType::kNewAndOldImages:
      return "NEW_AND_OLD_IMAGES";
  }
  return "";
}

std::optional<StreamViewType> ParseStreamViewType(std::string_view text) {
  for (const StreamViewType view : {StreamViewType::kKeysOnly, StreamViewType::kNewImage,
                                    StreamViewType::kOldImage, StreamViewType::kNewAndOldImages}) {
    if (NameOf(view) == text) return view;
  }
  return std::nullopt;
}

bool ShowsNew(StreamViewType view) {
  return view == StreamViewType::kNewImage || view == StreamViewType::kNewAndOldImages;
}

bool ShowsOld(StreamViewType view) {
  return view == StreamViewType::kOldImage || view == StreamViewType::kNewAndOldImages;
}

size_t ChangeLog::open_shards() const {
  return static_cast<size_t>(std::count_if(shards.begin(), shards.end(),
                                           [](const LogShard& shard) { return shard.open(); }));
}

const LogShard* ChangeLog::OpenShard(uint64_t hash) const {
  for (auto shard = shards.rbegin(); shard != shards.rend(); ++shard) {
    if (shard->open() && shard->Holds(hash)) return &*shard;
  }
  return nullptr;
}

const LogShard* ChangeLog::FindShard(uint64_t id) const {
  const auto shard = std::find_if(shards.begin(), shards.end(),
                                  [id](const LogShard& other) { return other.id == id; });
  return shard == shards.end() ? nullptr : &*shard;
}

const StreamDefinition* ChangeLog::EnabledStream() const {
  return !streams.empty() && streams.back().enabled() ? &streams.back() : nullptr;
}

const StreamDefinition* ChangeLog::FindStream(std::string_view label) const {
  const auto stream =
      std::find_if(streams.begin(), streams.end(),
                   [&](const StreamDefinition& other) { return other.label == label; });
  return stream == streams.end() ? nullptr : &*stream;
}

const LogReaderEntry* ChangeLog::FindReader(std::string_view name) const {
  const auto reader = std::find_if(readers.begin(), readers.end(),
                                   [&](const LogReaderEntry& other) { return other.name == name; });
  return reader == readers.end() ? nullptr : &*reader;
}

bool ChangeLog::IsForOthers(const LogShard& shard) const {
  return std::any_of(streams.begin(), streams.end(),
                     [&](const StreamDefinition& stream) { return stream.Has(shard); }) ||
         std::any_of(readers.begin(), readers.end(), [&](const LogReaderEntry& reader) {
           return !reader.name.starts_with(kRecoveryReaders) && reader.first_shard <= shard.id;
         });
}

bool ChangeLog::KeepsNew() const {
  const StreamDefinition* stream = EnabledStream();
  return !readers.empty() || (stream != nullptr && ShowsNew(stream->view));
}

bool ChangeLog::KeepsOld() const {
  const StreamDefinition* stream = EnabledStream();
  return !readers.empty() || (stream != nullptr && ShowsOld(stream->view));
}

void EnableStream(StreamViewType view, int64_t now, int64_t earliest, ChangeLog* log) {
  int64_t created = std::max(now, earliest);
  while (log->FindStream(LabelOf(created)) != nullptr) created += 1000;
  StreamDefinition stream{.label = LabelOf(created), .view = view, .created_micros = created};
  stream.first_shard = Turn(1, now, log);
  log->streams.push_back(std::move(stream));
}

void DisableStream(int64_t now, ChangeLog* log) {
  StreamDefinition& stream = log->streams.back();
  stream.disabled_micros = now;
  stream.end_shard = Turn(IsRead(*log) ? 1 : 0, now, log);
}

void AddReader(std::string name, int64_t now, ChangeLog* log) {
  const uint64_t first = Turn(1, now, log);
  log->readers.push_back({std::move(name), first});
}

void RemoveReader(std::string_view name, int64_t now, ChangeLog* log) {
  std::erase_if(log->readers, [&](const LogReaderEntry& reader) { return reader.name == name; });
  if (!IsRead(*log)) Turn(0, now, log);
}

void RollShards(int64_t now, ChangeLog* log) { Turn(1, now, log); }

void SplitShards(size_t most, int64_t now, ChangeLog* log) {
  if (log->active() && log->open_shards() * 2 <= most) Turn(2, now, log);
}

void CloseLog(int64_t now, ChangeLog* log) {
  log->readers.clear();
  if (log->EnabledStream() != nullptr) {
    DisableStream(now, log);
  } else {
    Turn(0, now, log);
  }
}

bool ExpireLog(int64_t horizon, uint64_t kept_from, ChangeLog* log,
               std::vector<uint64_t>* dropped) {
  const size_t streams = log->streams.size();
  std::erase_if(log->streams, [&](const StreamDefinition& stream) {
    return !stream.enabled() && stream.disabled_micros < horizon;
  });
  bool moved = false;
  std::erase_if(log->shards, [&](const LogShard& shard) {
    if (shard.open()) return false;
    const bool old = shard.closed_micros < horizon;
    if ((old || !log->IsForOthers(shard)) && shard.id < kept_from) {
      dropped->push_back(shard.id);
      return true;
    }
    if (!old) return false;
    // Shards are closed in the order of their ids.
    for (StreamDefinition& stream : log->streams) {
      if (!stream.Has(shard)) continue;
      stream.first_shard = shard.id + 1;
      moved = true;
    }
    return false;
  });
  return moved || streams != log->streams.size() || !dropped->empty();
}

std::string EncodeChangeLog(const ChangeLog& log) {
  std::string bytes;
  AppendU8(kLogVersion, &bytes);
  AppendVarint(log.shards.size(), &bytes);
  for (const LogShard& shard : log.shards) {
    AppendU64(shard.id, &bytes);
    AppendU64(shard.parent, &bytes);
    AppendU64(shard.hash_begin, &bytes);
    AppendU64(shard.hash_end, &bytes);
    AppendU64(static_cast<uint64_t>(shard.closed_micros), &bytes);
  }
  AppendVarint(log.streams.size(), &bytes);
  for (const StreamDefinition& stream : log.streams) {
    AppendLengthPrefixed(stream.label, &bytes);
    AppendU8(static_cast<uint8_t>(stream.view), &bytes);
    AppendU64(static_cast<uint64_t>(stream.created_micros), &bytes);
    AppendU64(static_cast<uint64_t>(stream.disabled_micros), &bytes);
    AppendU64(stream.first_shard, &bytes);
    AppendU64(stream.end_shard, &bytes);
  }
  AppendVarint(log.readers.size(), &bytes);
  for (const LogReaderEntry& reader : log.readers) {
    AppendLengthPrefixed(reader.name, &bytes);
    AppendU64(reader.first_shard, &bytes);
  }
  return bytes;
}

std::optional<ChangeLog> DecodeChangeLog(std::string_view bytes) {
  ByteReader in(bytes);
  ChangeLog log;
  uint8_t version = 0;
  if (!in.ReadU8(&version) || version != kLogVersion) return std::nullopt;
  const auto read_time = [&](int64_t* time) {
    uint64_t value = 0;
    if (!in.ReadU64(&value)) return false;
    *time = static_cast<int64_t>(value);
    return true;
  };
  uint64_t count = 0;
  if (!in.ReadVarint(&count)) return std::nullopt;
  for (; count > 0; --count) {
    LogShard& shard = log.shards.emplace_back();
    if (!in.ReadU64(&shard.id) || !in.ReadU64(&shard.parent) || !in.ReadU64(&shard.hash_begin) ||
        !in.ReadU64(&shard.hash_end) || !read_time(&shard.closed_micros)) {
      return std::nullopt;
    }
  }
  if (!in.ReadVarint(&count)) return std::nullopt;
  for (; count > 0; --count) {
    StreamDefinition& stream = log.streams.emplace_back();
    std::string_view label;
    uint8_t view = 0;
    if (!in.ReadLengthPrefixed(&label) || !in.ReadU8(&view) || !read_time(&stream.created_micros) ||
        !read_time(&stream.disabled_micros) || !in.ReadU64(&stream.first_shard) ||
        !in.ReadU64(&stream.end_shard)) {
      return std::nullopt;
    }
    stream.label = label;
    stream.view = static_cast<StreamViewType>(view);
    if (NameOf(stream.view).empty()) return std::nullopt;
  }
  if (!in.ReadVarint(&count)) return std::nullopt;
  for (; count > 0; --count) {
    LogReaderEntry& reader = log.readers.emplace_back();
    std::string_view name;
    if (!in.ReadLengthPrefixed(&name) || !in.ReadU64(&reader.first_shard)) return std::nullopt;
    reader.name = name;
  }
  if (!in.empty()) return std::nullopt;
  return log;
}

}  // namespace stator
