// Threads whose work may wait for that of others.
#ifndef STATOR_BASE_THREAD_PRIORITY_H_
#define STATOR_BASE_THREAD_PRIORITY_H_

#include <sys/resource.h>

namespace stator {

// Of work that takes long: a tenth of the weight of other threads, enough to get on when all
// processors are taken.
inline constexpr int kNiceOfLongWork = 10;

// Of compactions, for which writes wait in the end.
inline constexpr int kNiceOfCompaction = 5;

// Of the calling thread alone, as Linux has it. That it may fail is no harm.
inline void BeNice(int nice) { (void)::setpriority(PRIO_PROCESS, 0, nice); }

}  // namespace stator

#endif  // STATOR_BASE_THREAD_PRIORITY_H_
