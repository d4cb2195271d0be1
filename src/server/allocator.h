// jemalloc, which is linked into release builds.
#ifndef STATOR_SERVER_ALLOCATOR_H_
#define STATOR_SERVER_ALLOCATOR_H_

namespace stator {

// For a server: memory that was freed goes back to the system after a second, in threads of a low
// priority. By itself jemalloc gives it back only while the threads that freed it allocate again,
// which an idle server's never do. Does nothing with another allocator.
void GiveFreedMemoryBack();

}  // namespace stator

#endif  // STATOR_SERVER_ALLOCATOR_H_
