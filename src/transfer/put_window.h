// Puts of items, many under way at a time, by the way of every PutItem or BatchWriteItem.
#ifndef STATOR_TRANSFER_PUT_WINDOW_H_
#define STATOR_TRANSFER_PUT_WINDOW_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/api_error.h"
#include "table/database.h"
#include "table/item_write.h"
#include "table/write_items.h"

namespace stator {

// Which line of which object it is.
struct PutPlace {
  std::shared_ptr<const std::string> object;
  int64_t line = 0;
  bool may_be_repeated = false;  // an earlier run of the operation may have done it
};

// REQUIRES: `write` is a put.
struct WindowPut {
  PutPlace place;
  ItemWrite write;
  size_t bytes = 0;  // of the item
};

struct PutOutcome {
  PutPlace place;
  size_t bytes = 0;
  WriteEffect effect;              // of a put that was done
  std::optional<ItemWrite> write;  // of one that was not: it, again,
  std::optional<ApiError> error;   // and why; absent: others in its batch were refused, perhaps
};

// To be used by one thread.
class PutWindow {
 public:
  // `database` outlives it.
  PutWindow(Database* database, Scope scope, uint64_t table_id, size_t most_puts,
            size_t most_bytes);
  // Waits for what is under way.
  ~PutWindow();

  bool IsFull() const;
  // There is nothing under way, and nothing to be taken.
  bool IsEmpty() const;
  // Several are one commit, and must have no conditions: either all of them are done or none.
  // REQUIRES: it is not full.
  void Begin(std::vector<WindowPut> puts);
  // What has come of puts. Waits for at most that long until half of them have ended, or all if
  // `all` says so.
  std::vector<PutOutcome> Take(int64_t wait_micros, bool all);

 private:
  struct State;

  Database* const database_;
  const Scope scope_;
  const uint64_t table_id_;
  const size_t most_puts_;
  const size_t most_bytes_;
  // Completions may still be at its end when the last of them was seen.
  const std::shared_ptr<State> state_;
  size_t puts_ = 0;  // that were begun and not taken
  size_t bytes_ = 0;
};

}  // namespace stator

#endif  // STATOR_TRANSFER_PUT_WINDOW_H_
