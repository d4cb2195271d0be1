// What a check of stored data has found.
#ifndef STATOR_TABLE_CHECK_REPORT_H_
#define STATOR_TABLE_CHECK_REPORT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "model/attribute_value.h"

namespace stator {

enum class ProblemKind {
  kDirectory,   // FORMAT, or the database as a whole
  kFile,        // a table file
  kLog,         // a write-ahead log
  kUnreadable,  // keys that could not be read
  kKey,         // a key that nothing of this format writes
  kCatalog,     // a table's definition, the last table id
  kGuard,       // the epoch of a definition
  kToken,       // ClientRequestTokens and their expiry
  kSize,        // the counters of a table or an index
  kCollection,  // the counter of an item collection
  kBackfill,    // the position of a backfill
  kChangeRecord,  // of a log of changes
  kBackup,      // its record, or its files
  kItem,
  kEntryMissing,  // of an item, in an index
  kEntryWrong,    // not what its item projects
  kEntryOrphan,   // without its item
  kLeftover,      // of a table or an index that is not there
};
inline constexpr size_t kProblemKinds = static_cast<size_t>(ProblemKind::kLeftover) + 1;

// As problems show keys and items.
std::string Json(const AttributeMap& map);

std::string_view NameOf(ProblemKind kind);  // "entry missing"

// What is not known is empty.
struct Problem {
  ProblemKind kind = ProblemKind::kItem;
  std::string table;
  std::string index;
  std::string key;   // DynamoDB JSON, or hexadecimal
  std::string file;  // or "the log"
  std::string what;

  // "entry missing: table Music, index by-year, key {...}, in 000012.sst: ..."
  std::string Text() const;
};

// Not thread-safe.
class CheckReport {
 public:
  struct Options {
    size_t kept_per_kind = 20;  // more are counted only
    // Which file holds a storage key; may be null.
    std::function<std::string(std::string_view storage_key)> file_with;
    // Called for each problem that is kept; may be null.
    std::function<void(const Problem&)> on_problem;
  };

  explicit CheckReport(Options options) : options_(std::move(options)) {}

  // `storage_key`: the stored entry in question, if there is one, to find its file.
  void Add(Problem problem, std::string_view storage_key = {});
  // What is worth knowing and no damage.
  void Note(std::string note) { notes_.push_back(std::move(note)); }

  uint64_t count(ProblemKind kind) const { return counts_[static_cast<size_t>(kind)]; }
  uint64_t total() const;
  // The first of each kind, in the order in which they were found.
  const std::vector<Problem>& problems() const { return problems_; }
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  const Options options_;
  std::array<uint64_t, kProblemKinds> counts_{};
  std::vector<Problem> problems_;
  std::vector<std::string> notes_;
};

}  // namespace stator

#endif  // STATOR_TABLE_CHECK_REPORT_H_
