// The pages of the program itself and its libraries.
#ifndef STATOR_SERVER_PROGRAM_PAGES_H_
#define STATOR_SERVER_PROGRAM_PAGES_H_

namespace stator {

// Unmaps those that hold code and constants, which no one but a debugger changes: a start goes
// through much that is not used again, and 10 MiB of it count as the process's memory until the
// system runs short. What is used is mapped again from the system's cache when it is, for a
// microsecond a page.
void ForgetProgramPages();

}  // namespace stator

#endif  // STATOR_SERVER_PROGRAM_PAGES_H_
