#include "words.h"

#include <array>

#include "key_chooser.h"

namespace stator::bench {

std::string Words(size_t bytes) {
  // Few words: an item has a hundred of them, a block of eight items must see most again.
  constexpr size_t kWords = 128;
  Random random(1);
  std::array<std::string, kWords> words;
  for (std::string& word : words) {
    for (uint64_t left = 3 + random.Below(7); left > 0; --left) {
      word += static_cast<char>('a' + random.Below(26));
    }
    word += ' ';
  }
  std::string text;
  while (text.size() < bytes) text += words[random.Below(kWords)];
  text.resize(bytes);
  return text;
}

}  // namespace stator::bench
