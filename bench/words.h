// Text that compresses as people's data does: LZ4, in blocks of 8 KiB, makes half of it.
#ifndef STATOR_BENCH_WORDS_H_
#define STATOR_BENCH_WORDS_H_

#include <cstddef>
#include <string>

namespace stator::bench {

// So many bytes of lower-case words, always the same ones.
std::string Words(size_t bytes);

}  // namespace stator::bench

#endif  // STATOR_BENCH_WORDS_H_
