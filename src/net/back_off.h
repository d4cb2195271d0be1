// The waits of a client that tries again.
#ifndef STATOR_NET_BACK_OFF_H_
#define STATOR_NET_BACK_OFF_H_

#include <chrono>

namespace stator {

// How long to wait before attempt `attempt` + 1: 50 ms, doubled each time up to 5 s, and up to half
// of it less by chance, so that clients do not come back all at once.
std::chrono::milliseconds BackOff(int attempt);

}  // namespace stator

#endif  // STATOR_NET_BACK_OFF_H_
