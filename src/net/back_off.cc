#include "net/back_off.h"

#include <algorithm>
#include <random>

namespace stator {

std::chrono::milliseconds BackOff(int attempt) {
  thread_local std::minstd_rand random{std::random_device()()};
  const int most = std::min(50 << std::min(attempt, 10), 5000);
  return std::chrono::milliseconds(std::uniform_int_distribution<int>(most / 2, most)(random));
}

}  // namespace stator
