#include "server/allocator.h"

#include <cstddef>
#include <thread>

#include "base/thread_priority.h"

extern "C" {
extern const char* malloc_conf;
// MALLOC_CONF in the environment goes before it.
const char* malloc_conf = "dirty_decay_ms:1000,muzzy_decay_ms:0";
int mallctl(const char* name, void* old, size_t* old_length, void* value, size_t length)
    __attribute__((weak));
}

namespace stator {

void GiveFreedMemoryBack() {
  if (mallctl == nullptr) return;
  // Its threads have the priority of the one that asks for them.
  std::thread([] {
    BeNice(kNiceOfLongWork);
    bool on = true;
    (void)mallctl("background_thread", nullptr, nullptr, &on, sizeof(on));
  }).join();
}

}  // namespace stator
