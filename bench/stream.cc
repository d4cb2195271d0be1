#include "stream.h"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>

namespace stator::bench {
namespace {

[[noreturn]] void Bad(std::string_view what, std::string_view text) {
  throw std::invalid_argument(fmt::format("{}: {}", what, text));
}

template <typename T>
T Number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    Bad("not a number", text);
  }
  return value;
}

// Calls visit with each part of `text` between separators.
template <typename Visit>
void Split(std::string_view text, char separator, Visit visit) {
  while (true) {
    const size_t end = std::min(text.find(separator), text.size());
    if (end > 0) visit(text.substr(0, end));
    if (end == text.size()) return;
    text.remove_prefix(end + 1);
  }
}

void Set(std::string_view name, std::string_view value, Stream* stream) {
  if (name == "name") {
    stream->name = value;
  } else if (name == "connections") {
    stream->connections = Number<int>(value);
  } else if (name == "rate") {
    stream->rate = Number<double>(value);
  } else if (name == "zipf") {
    stream->zipf = Number<double>(value);
  } else if (name == "first") {
    stream->first = Number<uint64_t>(value);
  } else if (name == "count") {
    stream->count = Number<uint64_t>(value);
  } else if (name == "table") {
    stream->table.name = value;
  } else if (name == "items") {
    stream->table.items = Number<uint64_t>(value);
  } else if (name == "item-bytes") {
    stream->table.item_bytes = ParseBytes(value);
  } else if (name == "indexes") {
    stream->table.indexes = Number<int>(value);
  } else {
    Bad("no such property of a stream", name);
  }
}

}  // namespace

size_t ParseBytes(std::string_view text) {
  int shift = 0;
  if (text.ends_with("KiB")) shift = 10;
  if (text.ends_with("MiB")) shift = 20;
  if (shift > 0) text.remove_suffix(3);
  return Number<size_t>(text) << shift;
}

std::vector<Stream::Share> ParseMix(std::string_view text) {
  std::vector<Stream::Share> mix;
  Split(text, ',', [&](std::string_view part) {
    const size_t colon = std::min(part.find(':'), part.size());
    const auto operation = OperationNamed(part.substr(0, colon));
    if (!operation) Bad("no such operation", part);
    const double weight = colon == part.size() ? 1 : Number<double>(part.substr(colon + 1));
    mix.push_back({*operation, weight});
  });
  if (mix.empty()) Bad("no operation", text);
  return mix;
}

Stream ParseStream(std::string_view text, const Stream& base) {
  Stream stream = base;
  stream.mix.clear();
  Split(text, ' ', [&](std::string_view word) {
    if (stream.mix.empty()) {
      stream.mix = ParseMix(word);
      stream.name = word;
      return;
    }
    const size_t equals = word.find('=');
    if (equals == std::string_view::npos) Bad("not a property of a stream", word);
    Set(word.substr(0, equals), word.substr(equals + 1), &stream);
  });
  if (stream.mix.empty()) Bad("no operation", text);
  const uint64_t items = stream.table.items;
  if (stream.connections == 0) Bad("no connections", text);
  if (stream.first >= items) Bad("no items", text);
  if (stream.count == 0) stream.count = items - stream.first;
  if (stream.count > items - stream.first) Bad("more than the table's items", text);
  return stream;
}

}  // namespace stator::bench
