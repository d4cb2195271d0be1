// Whether what a reader of changes was given is what was done: each change of an item once, in
// order, and nothing that was not. Throws WrongAnswer if not.
#ifndef STATOR_SIM_STREAM_CHECK_H_
#define STATOR_SIM_STREAM_CHECK_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "history.h"
#include "stream_ledger.h"
#include "stream_records.h"

namespace stator::sim {

// What one reader saw of all tables: the records of a commit, and no others, have its position.
class CommitsSeen {
 public:
  void Take(const StreamRecord& record, WriteId id);
  void Finish(const History& history) const;

 private:
  std::map<WriteId, uint64_t> micros_;
  std::map<uint64_t, std::set<WriteId>> ids_;
};

// What one reader saw of one line.
class LineCheck {
 public:
  struct Form {
    std::string table;
    bool shows_before = true;
    bool shows_after = true;
    bool from_start = false;  // there were no items when it began
    bool repeats = false;     // a reader that was restarted sees records again
  };

  LineCheck(Form form, CommitsSeen* commits) : form_(std::move(form)), commits_(commits) {}

  // What the reader got next. `breaks`: how often changes of an item may be missing without a word.
  // `latest_micros`: the latest time so far. False: it was seen before.
  bool Take(const StreamRecord& record, int breaks, int64_t latest_micros);
  // The reader was told that it has missed something.
  void Gap();
  bool has_gap() const { return gap_; }

  // The line was read to its end. `complete_in`: what was done meanwhile is all there; null: that
  // is not known of any time.
  void Finish(const History& history, const Window* complete_in) const;
  // As it was never interrupted: the items, by ItemKey::Name, that there are now.
  void CompareItems(const std::map<std::string, std::string>& items) const;

 private:
  struct Item {
    std::string place;                // of its last record
    std::optional<bool> exists;       // nullopt: not known
    std::optional<std::string> text;  // if it exists; nullopt: not known
    int breaks = 0;
  };

  void CheckForm(const StreamRecord& record) const;
  void CheckIdentity(const StreamRecord& record, int64_t latest_micros) const;
  void Chain(const StreamRecord& record, int breaks, Item* item) const;

  Form form_;
  CommitsSeen* const commits_;
  std::map<std::string, Item> items_;
  std::map<std::string, std::string> taken_;          // texts by place
  std::set<std::pair<WriteId, std::string>> writes_;  // with keys, of what wrote items
  std::map<std::string, int> removals_;               // by users, by key
  bool gap_ = false;
};

}  // namespace stator::sim

#endif  // STATOR_SIM_STREAM_CHECK_H_
