#include "kinesis/cbor.h"

#include <simdjson.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "base/base64.h"
#include "base/bytes.h"
#include "base/json_string.h"

namespace stator::kinesis {
namespace {

enum Major : uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

constexpr uint8_t kIndefinite = 31;
constexpr uint8_t kBreak = 0xFF;
constexpr uint64_t kTimeTag = 1;
constexpr int64_t kMaxMillis = int64_t{1} << 52;  // beyond that a double has no milliseconds

Unexpected<Status> Bad(const char* what) {
  return Fail(StatusCode::kInvalidArgument, std::string("CBOR: ") + what);
}

// Readers of JSON take digits alone for an integer, and refuse one that does not fit into 64 bits.
void AppendDouble(double value, std::string* out) {
  char buffer[32];
  char* const last = buffer + sizeof(buffer);
  const auto written = std::abs(value) < 1e15
                           ? std::to_chars(buffer, last, value)
                           : std::to_chars(buffer, last, value, std::chars_format::scientific);
  out->append(buffer, written.ptr);
}

double DoubleOfHalf(uint16_t half) {
  const int exponent = (half >> 10) & 0x1F;
  const double mantissa = half & 0x3FF;
  const double value = exponent == 0    ? std::ldexp(mantissa, -24)
                       : exponent == 31 ? std::numeric_limits<double>::infinity()
                                        : std::ldexp(mantissa + 1024, exponent - 25);
  return half & 0x8000 ? -value : value;
}

class ToJson {
 public:
  ToJson(std::string_view cbor, size_t max_json) : in_(cbor), max_json_(max_json) {}

  Result<std::string> Run() {
    if (auto value = Value(0); !value) return Unexpected<Status>(value.error());
    if (!in_.empty()) return Bad("bytes after the value");
    return std::move(out_);
  }

 private:
  struct Head {
    uint8_t major;
    uint8_t info;
    uint64_t argument;  // the bits of a float
  };

  Result<Head> ReadHead() {
    uint8_t first;
    if (!in_.ReadU8(&first)) return Bad("it ends early");
    Head head{static_cast<uint8_t>(first >> 5), static_cast<uint8_t>(first & 0x1F), 0};
    bool complete = true;
    if (head.info < 24) {
      head.argument = head.info;
    } else if (head.info == 24) {
      uint8_t v = 0;
      complete = in_.ReadU8(&v);
      head.argument = v;
    } else if (head.info == 25) {
      uint16_t v = 0;
      complete = in_.ReadU16(&v);
      head.argument = v;
    } else if (head.info == 26) {
      uint32_t v = 0;
      complete = in_.ReadU32(&v);
      head.argument = v;
    } else if (head.info == 27) {
      complete = in_.ReadU64(&head.argument);
    } else if (head.info != kIndefinite) {
      return Bad("a reserved form of length");
    }
    if (!complete) return Bad("it ends early");
    return head;
  }

  bool AtBreak() {
    if (in_.empty() || static_cast<uint8_t>(in_.rest()[0]) != kBreak) return false;
    uint8_t skipped;
    return in_.ReadU8(&skipped);
  }

  Result<void> Value(int depth) {
    if (depth > kMaxCborDepth) return Bad("it is nested too deeply");
    if (out_.size() > max_json_) return Bad("it is too large");
    auto head = ReadHead();
    if (!head) return Unexpected<Status>(head.error());
    switch (head->major) {
      case kUnsigned:
      case kNegative:
        return Integer(*head);
      case kBytes: {
        std::string_view bytes;
        if (auto read = String(*head, &bytes); !read) return read;
        out_ += '"';
        AppendBase64(bytes, &out_);
        out_ += '"';
        return {};
      }
      case kText:
        return Text(*head);
      case kArray:
        return Array(*head, depth);
      case kMap:
        return Map(*head, depth);
      case kTag:
        if (head->info == kIndefinite) return Bad("a tag without a number");
        return head->argument == kTimeTag ? Time() : Value(depth + 1);
      default:
        return Simple(*head);
    }
  }

  Result<void> Integer(const Head& head) {
    if (head.info == kIndefinite) return Bad("an integer without a value");
    if (head.major == kNegative) {
      if (head.argument > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
        return Bad("an integer that does not fit 64 bits");
      }
      out_ += std::to_string(-1 - static_cast<int64_t>(head.argument));
    } else {
      out_ += std::to_string(head.argument);
    }
    return {};
  }

  // The bytes of a string, in one piece or (in pieces_) in several.
  Result<void> String(const Head& head, std::string_view* bytes) {
    if (head.info != kIndefinite) {
      return in_.ReadBytes(head.argument, bytes) ? Result<void>() : Bad("it ends early");
    }
    pieces_.clear();
    while (!AtBreak()) {
      auto piece = ReadHead();
      if (!piece) return Unexpected<Status>(piece.error());
      std::string_view part;
      if (piece->major != head.major || piece->info == kIndefinite)
        return Bad("a piece of a string");
      if (!in_.ReadBytes(piece->argument, &part)) return Bad("it ends early");
      pieces_ += part;
    }
    *bytes = pieces_;
    return {};
  }

  Result<void> Text(const Head& head) {
    std::string_view text;
    if (auto read = String(head, &text); !read) return read;
    if (!simdjson::validate_utf8(text.data(), text.size())) return Bad("a text that is not UTF-8");
    AppendJsonString(text, &out_);
    return {};
  }

  // Calls `one` for each element.
  template <class One>
  Result<void> Elements(const Head& head, One one) {
    for (uint64_t i = 0; head.info == kIndefinite ? !AtBreak() : i < head.argument; ++i) {
      if (i > 0) out_ += ',';
      if (Result<void> done = one(); !done) return done;
    }
    return {};
  }

  Result<void> Array(const Head& head, int depth) {
    out_ += '[';
    if (auto done = Elements(head, [&] { return Value(depth + 1); }); !done) return done;
    out_ += ']';
    return {};
  }

  Result<void> Map(const Head& head, int depth) {
    out_ += '{';
    auto done = Elements(head, [&]() -> Result<void> {
      auto key = ReadHead();
      if (!key) return Unexpected<Status>(key.error());
      if (key->major != kText) return Bad("a key that is not a text");
      if (auto text = Text(*key); !text) return text;
      out_ += ':';
      return Value(depth + 1);
    });
    if (!done) return done;
    out_ += '}';
    return {};
  }

  Result<void> Time() {
    auto head = ReadHead();
    if (!head) return Unexpected<Status>(head.error());
    double millis = 0;
    if (head->info == kIndefinite) return Bad("a time that is not a number");
    if (head->major == kUnsigned) {
      millis = static_cast<double>(head->argument);
    } else if (head->major == kNegative) {
      millis = -1 - static_cast<double>(head->argument);
    } else if (head->major != kSimple || !Float(*head, &millis)) {
      return Bad("a time that is not a number");
    }
    if (!(std::abs(millis) < static_cast<double>(kMaxMillis))) return Bad("a time that cannot be");
    AppendDouble(std::round(millis) / 1000, &out_);
    return {};
  }

  static bool Float(const Head& head, double* value) {
    switch (head.info) {
      case 25:
        *value = DoubleOfHalf(static_cast<uint16_t>(head.argument));
        break;
      case 26:
        *value = std::bit_cast<float>(static_cast<uint32_t>(head.argument));
        break;
      case 27:
        *value = std::bit_cast<double>(head.argument);
        break;
      default:
        return false;
    }
    return std::isfinite(*value);
  }

  Result<void> Simple(const Head& head) {
    double value;
    switch (head.info) {
      case 20:
        out_ += "false";
        return {};
      case 21:
        out_ += "true";
        return {};
      case 22:
      case 23:  // undefined
        out_ += "null";
        return {};
      default:
        if (!Float(head, &value)) return Bad("a value that JSON does not have");
        AppendDouble(value, &out_);
        return {};
    }
  }

  ByteReader in_;
  const size_t max_json_;
  std::string out_;
  std::string pieces_;
};

class FromJson {
 public:
  using Element = simdjson::dom::element;

  std::string Run(Element value) {
    Value(value, "");
    return std::move(out_);
  }

 private:
  void Head(Major major, uint64_t argument) {
    const auto first = static_cast<uint8_t>(major << 5);
    if (argument < 24) {
      AppendU8(static_cast<uint8_t>(first | argument), &out_);
    } else if (argument <= 0xFF) {
      AppendU8(first | 24, &out_);
      AppendU8(static_cast<uint8_t>(argument), &out_);
    } else if (argument <= 0xFFFF) {
      AppendU8(first | 25, &out_);
      AppendU16(static_cast<uint16_t>(argument), &out_);
    } else if (argument <= 0xFFFFFFFF) {
      AppendU8(first | 26, &out_);
      AppendU32(static_cast<uint32_t>(argument), &out_);
    } else {
      AppendU8(first | 27, &out_);
      AppendU64(argument, &out_);
    }
  }

  void Text(std::string_view text) {
    Head(kText, text.size());
    out_ += text;
  }

  void Integer(int64_t value) {
    if (value >= 0) {
      Head(kUnsigned, static_cast<uint64_t>(value));
    } else {
      Head(kNegative, static_cast<uint64_t>(-1 - value));
    }
  }

  void String(std::string_view text, std::string_view name) {
    std::string bytes;
    if (name == "Data" && AppendBase64Decoded(text, &bytes)) {
      Head(kBytes, bytes.size());
      out_ += bytes;
    } else {
      Text(text);
    }
  }

  void Number(Element value, std::string_view name) {
    double number = value.get_double().value_unsafe();
    if (name.ends_with("Timestamp") && std::abs(number) < static_cast<double>(kMaxMillis) / 1000) {
      Head(kTag, kTimeTag);
      return Integer(std::llround(number * 1000));
    }
    if (value.type() == simdjson::dom::element_type::INT64) {
      Integer(value.get_int64().value_unsafe());
    } else if (value.type() == simdjson::dom::element_type::UINT64) {
      Head(kUnsigned, value.get_uint64().value_unsafe());
    } else {
      AppendU8(kSimple << 5 | 27, &out_);
      AppendU64(std::bit_cast<uint64_t>(number), &out_);
    }
  }

  void Value(Element value, std::string_view name) {
    using Type = simdjson::dom::element_type;
    switch (value.type()) {
      case Type::OBJECT: {
        const auto object = value.get_object().value_unsafe();
        AppendU8(kMap << 5 | kIndefinite, &out_);
        for (const auto field : object) {
          Text(field.key);
          Value(field.value, field.key);
        }
        AppendU8(kBreak, &out_);
        return;
      }
      case Type::ARRAY: {
        const auto array = value.get_array().value_unsafe();
        AppendU8(kArray << 5 | kIndefinite, &out_);
        for (const Element element : array) Value(element, "");
        AppendU8(kBreak, &out_);
        return;
      }
      case Type::STRING:
        return String(value.get_string().value_unsafe(), name);
      case Type::BOOL:
        return AppendU8(kSimple << 5 | (value.get_bool().value_unsafe() ? 21 : 20), &out_);
      case Type::NULL_VALUE:
        return AppendU8(kSimple << 5 | 22, &out_);
      default:
        return Number(value, name);
    }
  }

  std::string out_;
};

}  // namespace

Result<std::string> CborToJson(std::string_view cbor, size_t max_json) {
  return ToJson(cbor, max_json).Run();
}

Result<std::string> JsonToCbor(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  if (parser.parse(json.data(), json.size()).get(document) != simdjson::SUCCESS) {
    return Bad("what should be JSON is not");
  }
  return FromJson().Run(document);
}

}  // namespace stator::kinesis
