#include "model/item_codec.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <cassert>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/json_string.h"
#include "model/item_size.h"
#include "model/json_parts.h"

namespace stator {
namespace {

using Type = AttributeValue::Type;

// Of the first byte of a number.
constexpr uint8_t kNegative = 0x80;
constexpr uint8_t kHasExponent = 0x40;
constexpr uint8_t kCoefficientBytes = 0x1F;
constexpr uint8_t kMaxCoefficientBytes = 16;

// ---- Writing
// -----------------------------------------------------------------------------------------

uint64_t ZigZag(int v) {
  return v < 0 ? ~(static_cast<uint64_t>(v) << 1) : static_cast<uint64_t>(v) << 1;
}
int64_t UnZigZag(uint64_t v) { return static_cast<int64_t>(v >> 1) ^ -static_cast<int64_t>(v & 1); }

void EncodeNumber(const Decimal& number, std::string* out) {
  char coefficient[kMaxCoefficientBytes];
  size_t start = sizeof(coefficient);
  for (unsigned __int128 rest = number.coefficient(); rest != 0; rest >>= 8) {
    coefficient[--start] = static_cast<char>(rest);
  }
  const size_t length = sizeof(coefficient) - start;
  AppendU8(static_cast<uint8_t>(length | (number.negative() ? kNegative : 0) |
                                (number.exponent() != 0 ? kHasExponent : 0)),
           out);
  if (number.exponent() != 0) AppendVarint(ZigZag(number.exponent()), out);
  out->append(coefficient + start, length);
}

// Puts the length of what has been written since `start` in front of it.
void InsertLength(size_t start, std::string* out) {
  std::string length;
  AppendVarint(out->size() - start, &length);
  out->insert(start, length);
}

template <class Members, class EncodeMember>
void EncodeMembers(const Members& members, std::string* out, EncodeMember encode_member) {
  AppendVarint(members.size(), out);
  for (const auto& member : members) encode_member(member, out);
}

void EncodeValue(const AttributeValue& value, std::string* out);

void EncodeEntry(const AttributeMap::Entry& entry, std::string* out) {
  AppendLengthPrefixed(entry.first, out);
  EncodeValue(entry.second, out);
}

void EncodeValue(const AttributeValue& value, std::string* out) {
  AppendU8(static_cast<uint8_t>(value.type()), out);
  switch (value.type()) {
    case Type::kS:
      return AppendLengthPrefixed(value.s(), out);
    case Type::kN:
      return EncodeNumber(value.n(), out);
    case Type::kB:
      return AppendLengthPrefixed(value.b(), out);
    case Type::kBool:
      return AppendU8(value.boolean() ? 1 : 0, out);
    case Type::kNull:
      return;
    case Type::kSS:
      return EncodeMembers(value.ss(), out, AppendLengthPrefixed);
    case Type::kNS:
      return EncodeMembers(value.ns(), out, EncodeNumber);
    case Type::kBS:
      return EncodeMembers(value.bs(), out, AppendLengthPrefixed);
    case Type::kL: {
      const size_t start = out->size();
      EncodeMembers(value.l(), out, EncodeValue);
      return InsertLength(start, out);
    }
    case Type::kM: {
      const size_t start = out->size();
      EncodeMembers(value.m(), out, EncodeEntry);
      return InsertLength(start, out);
    }
  }
}

// ---- Reading: the grammar, shared by all readers. False: not the encoding of an item.
// -----------------

// Every value begins here, so that this bounds the recursion of all readers.
bool ReadType(ByteReader* in, int level, Type* out) {
  uint8_t type;
  if (level > kMaxStoredNestingLevels) return false;
  if (!in->ReadU8(&type) || type > static_cast<uint8_t>(Type::kM)) return false;
  *out = static_cast<Type>(type);
  return true;
}

bool ReadBool(ByteReader* in, bool* out) {
  uint8_t byte;
  if (!in->ReadU8(&byte) || byte > 1) return false;
  *out = byte == 1;
  return true;
}

bool ReadText(ByteReader* in, std::string_view* out) { return in->ReadLengthPrefixed(out); }

bool ReadNumber(ByteReader* in, Decimal* out) {
  uint8_t header;
  uint64_t zigzag = 0;
  std::string_view bytes;
  if (!in->ReadU8(&header)) return false;
  const uint8_t length = header & kCoefficientBytes;
  if ((header & ~(kNegative | kHasExponent)) != length || length > kMaxCoefficientBytes)
    return false;
  if ((header & kHasExponent) != 0 && (!in->ReadVarint(&zigzag) || zigzag == 0)) return false;
  if (!in->ReadBytes(length, &bytes) || (!bytes.empty() && bytes[0] == 0)) return false;
  unsigned __int128 coefficient = 0;
  for (const char byte : bytes) coefficient = coefficient << 8 | static_cast<uint8_t>(byte);

  constexpr uint64_t kZigZagLimit = 1024;  // above any exponent in range, below any overflow
  const bool negative = (header & kNegative) != 0;
  const int exponent = static_cast<int>(UnZigZag(std::min(zigzag, kZigZagLimit)));
  if (!Decimal::IsNormalised(negative, coefficient, exponent)) return false;
  *out = Decimal::FromParts(negative, coefficient, exponent);
  return true;
}

// `each` is called with every member; members must be in ascending order, and there must be one.
template <class Member, class Each>
bool ReadSet(ByteReader* in, bool (*read_member)(ByteReader*, Member*), Each each) {
  uint64_t count;
  if (!in->ReadVarint(&count) || count == 0) return false;
  Member previous{};
  for (uint64_t i = 0; i < count; ++i) {
    Member member;
    if (!read_member(in, &member) || (i > 0 && !(previous < member))) return false;
    each(member);
    previous = member;
  }
  return true;
}

// `each(name, in)` must read the value of that name.
template <class Each>
bool ReadEntries(ByteReader* in, Each each) {
  uint64_t count;
  if (!in->ReadVarint(&count)) return false;
  std::string_view previous;
  for (uint64_t i = 0; i < count; ++i) {
    std::string_view name;
    // Names are not empty, so that the first is above `previous` too.
    if (!ReadText(in, &name) || name <= previous || !each(name, in)) return false;
    previous = name;
  }
  return true;
}

template <class Each>
bool ReadElements(ByteReader* in, Each each) {
  uint64_t count;
  if (!in->ReadVarint(&count)) return false;
  for (uint64_t i = 0; i < count; ++i) {
    if (!each(in)) return false;
  }
  return true;
}

// The bytes of a list or map, which `read_body` must use up.
template <class ReadBody>
bool ReadContainer(ByteReader* in, ReadBody read_body) {
  std::string_view bytes;
  if (!ReadText(in, &bytes)) return false;
  ByteReader body(bytes);
  return read_body(&body) && body.empty();
}

// ---- Reading into a tree
// -----------------------------------------------------------------------------

bool DecodeValue(ByteReader* in, int level, AttributeValue* out);

bool DecodeEntries(ByteReader* in, int level, AttributeMap* out) {
  return ReadEntries(in, [&](std::string_view name, ByteReader* from) {
    AttributeValue& value = out->Append(std::string(name), AttributeValue());
    return DecodeValue(from, level, &value);
  });
}

bool DecodeStrings(ByteReader* in, std::vector<std::string>* out) {
  return ReadSet<std::string_view>(in, ReadText,
                                   [&](std::string_view member) { out->emplace_back(member); });
}

bool DecodeSet(ByteReader* in, Type type, AttributeValue* out) {
  if (type == Type::kNS) {
    std::vector<Decimal> members;
    if (!ReadSet<Decimal>(in, ReadNumber, [&](const Decimal& n) { members.push_back(n); }))
      return false;
    *out = AttributeValue::NS(std::move(members));
    return true;
  }
  std::vector<std::string> members;
  if (!DecodeStrings(in, &members)) return false;
  *out = type == Type::kSS ? AttributeValue::SS(std::move(members))
                           : AttributeValue::BS(std::move(members));
  return true;
}

bool DecodeList(ByteReader* in, int level, AttributeValue* out) {
  *out = AttributeValue::L({});
  return ReadContainer(in, [&](ByteReader* body) {
    return ReadElements(body, [&](ByteReader* from) {
      return DecodeValue(from, level + 1, &out->l().emplace_back());
    });
  });
}

bool DecodeMap(ByteReader* in, int level, AttributeValue* out) {
  *out = AttributeValue::M({});
  return ReadContainer(in,
                       [&](ByteReader* body) { return DecodeEntries(body, level + 1, &out->m()); });
}

bool DecodeValue(ByteReader* in, int level, AttributeValue* out) {
  Type type;
  if (!ReadType(in, level, &type)) return false;
  switch (type) {
    case Type::kS:
    case Type::kB: {
      std::string_view text;
      if (!ReadText(in, &text)) return false;
      *out = type == Type::kS ? AttributeValue::S(std::string(text))
                              : AttributeValue::B(std::string(text));
      return true;
    }
    case Type::kN: {
      Decimal number;
      if (!ReadNumber(in, &number)) return false;
      *out = AttributeValue::N(number);
      return true;
    }
    case Type::kBool: {
      bool value;
      if (!ReadBool(in, &value)) return false;
      *out = AttributeValue::Bool(value);
      return true;
    }
    case Type::kNull:
      *out = AttributeValue::NullValue();
      return true;
    case Type::kSS:
    case Type::kNS:
    case Type::kBS:
      return DecodeSet(in, type, out);
    case Type::kL:
      return DecodeList(in, level, out);
    case Type::kM:
      return DecodeMap(in, level, out);
  }
  return false;
}

// ---- Reading into JSON
// -------------------------------------------------------------------------------

bool WriteValue(ByteReader* in, int level, std::string* out);

bool WriteEntries(ByteReader* in, int level, std::string* out) {
  char separator = '{';
  const bool ok = ReadEntries(in, [&](std::string_view name, ByteReader* from) {
    out->push_back(separator);
    separator = ',';
    AppendJsonString(name, out);
    out->push_back(':');
    return WriteValue(from, level, out);
  });
  if (separator == '{') out->push_back('{');
  out->push_back('}');
  return ok;
}

template <class Member>
bool WriteSet(ByteReader* in, bool (*read_member)(ByteReader*, Member*), std::string* out,
              void (*append)(Member, std::string*)) {
  char separator = '[';
  const bool ok = ReadSet<Member>(in, read_member, [&](const Member& member) {
    out->push_back(separator);
    separator = ',';
    append(member, out);
  });
  out->push_back(']');
  return ok;
}

bool WriteList(ByteReader* in, int level, std::string* out) {
  char separator = '[';
  const bool ok = ReadContainer(in, [&](ByteReader* body) {
    return ReadElements(body, [&](ByteReader* from) {
      out->push_back(separator);
      separator = ',';
      return WriteValue(from, level + 1, out);
    });
  });
  if (separator == '[') out->push_back('[');
  out->push_back(']');
  return ok;
}

bool WriteScalar(ByteReader* in, Type type, std::string* out) {
  std::string_view text;
  if (type == Type::kN) {
    Decimal number;
    if (!ReadNumber(in, &number)) return false;
    AppendJsonNumber(number, out);
  } else if (type == Type::kBool) {
    bool value;
    if (!ReadBool(in, &value)) return false;
    out->append(value ? "true" : "false");
  } else if (type == Type::kNull) {
    out->append("true");
  } else if (!ReadText(in, &text)) {
    return false;
  } else if (type == Type::kS) {
    AppendJsonString(text, out);
  } else {
    AppendJsonBinary(text, out);
  }
  return true;
}

bool WritePayload(ByteReader* in, Type type, int level, std::string* out) {
  switch (type) {
    case Type::kS:
    case Type::kN:
    case Type::kB:
    case Type::kBool:
    case Type::kNull:
      return WriteScalar(in, type, out);
    case Type::kSS:
      return WriteSet<std::string_view>(in, ReadText, out, AppendJsonString);
    case Type::kNS:
      return WriteSet<Decimal>(in, ReadNumber, out, AppendJsonNumber);
    case Type::kBS:
      return WriteSet<std::string_view>(in, ReadText, out, AppendJsonBinary);
    case Type::kL:
      return WriteList(in, level, out);
    case Type::kM:
      return ReadContainer(in,
                           [&](ByteReader* body) { return WriteEntries(body, level + 1, out); });
  }
  return false;
}

bool WriteValue(ByteReader* in, int level, std::string* out) {
  Type type;
  if (!ReadType(in, level, &type)) return false;
  AppendTypeOpening(type, out);
  if (!WritePayload(in, type, level, out)) return false;
  out->push_back('}');
  return true;
}

// ---- Skipping
// ----------------------------------------------------------------------------------------

bool SkipSet(ByteReader* in, Type type) {
  if (type == Type::kNS) return ReadSet<Decimal>(in, ReadNumber, [](const Decimal&) {});
  return ReadSet<std::string_view>(in, ReadText, [](std::string_view) {});
}

// A value of level 1.
bool SkipValue(ByteReader* in) {
  Type type;
  Decimal number;
  bool boolean;
  std::string_view bytes;
  if (!ReadType(in, 1, &type)) return false;
  switch (type) {
    case Type::kN:
      return ReadNumber(in, &number);
    case Type::kBool:
      return ReadBool(in, &boolean);
    case Type::kNull:
      return true;
    case Type::kSS:
    case Type::kNS:
    case Type::kBS:
      return SkipSet(in, type);
    case Type::kS:
    case Type::kB:
    case Type::kL:
    case Type::kM:
      return ReadText(in, &bytes);
  }
  return false;
}

// ---- Whole items
// -------------------------------------------------------------------------------------

Unexpected<Status> Corrupt() { return Fail(StatusCode::kCorruption, "item: malformed encoding"); }

// Consumes the header and gives the size in it.
Result<size_t> ReadHeader(ByteReader* in) {
  uint8_t version;
  uint64_t size;
  if (!in->ReadU8(&version)) return Corrupt();
  if (version != kItemFormatVersion) {
    return Fail(StatusCode::kUnsupported, "item: format version " + std::to_string(version));
  }
  if (!in->ReadVarint(&size)) return Corrupt();
  return static_cast<size_t>(size);
}

}  // namespace

void EncodeItem(const Item& item, std::string* out) {
  const size_t size = SizeOf(item);
  out->reserve(out->size() + size + size / 8 + 32);
  AppendU8(kItemFormatVersion, out);
  AppendVarint(size, out);
  EncodeMembers(item, out, EncodeEntry);
}

size_t EncodePartOfItem(const Item& item, FunctionRef<bool(std::string_view name)> wanted,
                        std::string* out) {
  size_t size = 0;
  boost::container::small_vector<const AttributeMap::Entry*, 16> entries;
  for (const AttributeMap::Entry& entry : item) {
    if (!wanted(entry.first)) continue;
    entries.push_back(&entry);
    size += entry.first.size() + SizeOf(entry.second);
  }
  AppendU8(kItemFormatVersion, out);
  AppendVarint(size, out);
  EncodeMembers(entries, out,
                [](const AttributeMap::Entry* entry, std::string* to) { EncodeEntry(*entry, to); });
  return size;
}

Result<Item> DecodeItem(std::string_view encoded) {
  ByteReader in(encoded);
  const Result<size_t> size = ReadHeader(&in);
  if (!size) return Unexpected<Status>(size.error());
  Item item;
  if (!DecodeEntries(&in, 1, &item) || !in.empty()) return Corrupt();
  return item;
}

Result<void> AppendItemJson(std::string_view encoded, std::string* out) {
  ByteReader in(encoded);
  const Result<size_t> size = ReadHeader(&in);
  if (!size) return Unexpected<Status>(size.error());
  const size_t before = out->size();
  if (!WriteEntries(&in, 1, out) || !in.empty()) {
    out->resize(before);
    return Corrupt();
  }
  return {};
}

Result<size_t> EncodedItemSize(std::string_view encoded) {
  ByteReader in(encoded);
  return ReadHeader(&in);
}

Result<std::optional<AttributeValue>> FindInEncoded(std::string_view encoded,
                                                    std::string_view top_level_name) {
  ByteReader in(encoded);
  const Result<size_t> size = ReadHeader(&in);
  if (!size) return Unexpected<Status>(size.error());
  std::optional<AttributeValue> found;
  bool passed = false;
  const bool complete = ReadEntries(&in, [&](std::string_view name, ByteReader* from) {
    if (name < top_level_name) return SkipValue(from);
    // Names ascend: it is here or nowhere. False ends the walk.
    passed = true;
    if (name != top_level_name) return false;
    passed = DecodeValue(from, 1, &found.emplace());
    return false;
  });
  if (!passed && !complete) return Corrupt();
  return found;
}

}  // namespace stator
