// What keys of the map had at a moment within its write-ahead log: what its tables have of them,
// and what batches of the log before that moment did. For records of which the log leaves out what
// their commits replaced (logged_records.h).
//
// Only what the needed logs hold is not in the tables: a memtable becomes one table, of all that is
// in its log.
#ifndef STATOR_STORAGE_FORMER_VALUES_H_
#define STATOR_STORAGE_FORMER_VALUES_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stator {

class FormerValues {
 public:
  // Before Load(): names a key that will be asked for.
  void Want(std::string_view key) { values_.try_emplace(std::string(key)); }
  // Reads them from the tables of the database in `db_path`. A value that cannot be read is none.
  // Errors: kCorruption, kIoError, if it cannot be opened.
  Result<void> Load(const std::string& db_path);
  // Why the first one cannot be read.
  const std::optional<Status>& damage() const { return damage_; }

  // After it: what batches of the log do, in their order.
  void Put(std::string_view key, std::optional<std::string_view> value);
  void DeleteRange(std::string_view begin, std::string_view end);

  // Now; null if there is none, or it is not wanted.
  const std::string* Get(std::string_view key) const {
    const auto wanted = values_.find(key);
    return wanted != values_.end() && wanted->second ? &*wanted->second : nullptr;
  }

 private:
  std::map<std::string, std::optional<std::string>, std::less<>> values_;
  std::optional<Status> damage_;
};

}  // namespace stator

#endif  // STATOR_STORAGE_FORMER_VALUES_H_
