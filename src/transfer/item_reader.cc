#include "transfer/item_reader.h"

#include <algorithm>

namespace stator {
namespace {

// To look for the end of a record takes as long as to read kMaxRecordBytes.
constexpr int kMaxCuts = 100;

}  // namespace

void ItemReader::Feed(std::string_view text) {
  text_.erase(0, position_);
  position_ = 0;
  text_.reserve(text_.size() + text.size() + kTail);
  text_.append(text);
}

ItemReader::Found ItemReader::Next(Item* item, std::string* why) {
  for (;;) {
    if (cuts_ > kMaxCuts) position_ = text_.size();
    const std::string_view rest = std::string_view(text_).substr(position_);
    if (skipping_) {
      const size_t end = rest.find('\n');
      position_ += end == std::string_view::npos ? rest.size() : end + 1;
      if (end == std::string_view::npos) return Found::kMore;
      skipping_ = false;
      continue;
    }
    if (rest.empty()) return Found::kMore;
    size_t taken = 0;
    condition_ = {};
    switch (Parse(rest, &taken, item, why)) {
      case Parsed::kItem:
        position_ += taken;
        return Found::kItem;
      case Parsed::kNothing:
        position_ += taken;
        if (taken == 0) return Found::kMore;
        break;
      case Parsed::kBad:
        return Skip(why, rest, taken);
      case Parsed::kCut:
        if (rest.size() <= kMaxRecordBytes && !ended_) return Found::kMore;
        ++cuts_;
        *why = ended_ ? "The data ends within an item" : "The data of an item is too long";
        return Skip(why, rest, 0);
    }
  }
}

ItemReader::Found ItemReader::Skip(std::string* why, std::string_view rest, size_t taken) {
  if (why->empty()) *why = "The data cannot be read";
  position_ += std::min(taken, rest.size());
  skipping_ = taken == 0;
  return Found::kBad;
}

}  // namespace stator
