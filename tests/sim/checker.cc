#include "checker.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "op_graph.h"

namespace stator::sim {
namespace {

constexpr WriteId kAbsent = 0;

// A write of one key. `before` and `next` are the writes right before and after it, as far as
// known; `before` may be kAbsent.
struct Version {
  size_t op;
  AccessKind kind;
  std::optional<WriteId> before;
  WriteId next = kAbsent;
};

struct KeyFacts {
  std::map<WriteId, Version> versions;
  std::vector<std::pair<size_t, WriteId>> reads;  // operation, and the write it saw, or kAbsent
};

std::string TextOf(const Operation& op) {
  std::string text =
      "#" + std::to_string(op.id) + " " + op.name + " [" + std::to_string(op.begin) + ", ";
  text += op.end == kNever ? "?" : std::to_string(op.end);
  return text + "]";
}

class Checker {
 public:
  explicit Checker(const History& history)
      : history_(history), graph_(history.size()), happened_(history.size()) {}

  std::optional<std::string> Run() {
    CollectWrites();
    for (size_t op = 0; op < history_.size(); ++op) {
      if (history_[op].outcome != Outcome::kUnknown) Happened(op);
    }
    while (!pending_.empty() && !violation_) {
      const size_t op = pending_.back();
      pending_.pop_back();
      for (const Access& access : history_[op].accesses) Learn(op, access);
    }
    if (!violation_) FindCycles();
    return violation_;
  }

 private:
  void Report(std::string text) {
    if (!violation_) violation_ = std::move(text);
  }

  void CollectWrites() {
    for (size_t op = 0; op < history_.size(); ++op) {
      by_id_.emplace(history_[op].id, op);
      for (const Access& access : history_[op].accesses) {
        if (access.kind == AccessKind::kRead) continue;
        facts_[access.key].versions.emplace(history_[op].id, Version{op, access.kind, {}, kAbsent});
      }
    }
  }

  void Happened(size_t op) {
    if (happened_[op]) return;
    happened_[op] = true;
    pending_.push_back(op);
  }

  // -- from what was seen

  void Learn(size_t op, const Access& access) {
    KeyFacts& facts = facts_[access.key];
    if (!access.before) return;
    See(op, access.key, *access.before);
    if (violation_) return;
    const WriteId last = access.before->empty() ? kAbsent : access.before->back();
    if (access.kind == AccessKind::kRead) {
      facts.reads.emplace_back(op, last);
    } else if (access.kind == AccessKind::kDelete && last == kAbsent) {
      facts.versions.erase(history_[op].id);  // it only saw that there is nothing
      facts.reads.emplace_back(op, kAbsent);
    } else {
      Follow(access.key, last, history_[op].id);
    }
  }

  void See(size_t op, const std::string& key, const Seen& seen) {
    KeyFacts& facts = facts_[key];
    if (std::set<WriteId>(seen.begin(), seen.end()).size() != seen.size()) {
      return Report("a write is twice in the item " + key + " that was seen by " +
                    TextOf(history_[op]));
    }
    for (size_t i = 0; i < seen.size(); ++i) {
      const auto version = facts.versions.find(seen[i]);
      if (version == facts.versions.end()) return ReportUnwritten(op, key, seen[i]);
      const AccessKind kind = version->second.kind;
      if (kind == AccessKind::kDelete || (kind == AccessKind::kPut && i > 0)) {
        return ReportUnwritten(op, key, seen[i]);
      }
      Happened(version->second.op);
      if (i > 0) {
        Follow(key, seen[i - 1], seen[i]);
      } else if (kind == AccessKind::kAppend) {
        Follow(key, kAbsent, seen[i]);
      }
      if (violation_) return;
    }
  }

  void ReportUnwritten(size_t op, const std::string& key, WriteId id) {
    const auto writer = by_id_.find(id);
    std::string text = "something that was not written so was seen in " + key + " by " +
                       TextOf(history_[op]) + ": ";
    text += writer == by_id_.end() ? "#" + std::to_string(id) : TextOf(history_[writer->second]);
    if (writer != by_id_.end() && history_[writer->second].outcome == Outcome::kRefused)
      text += ", which was refused";
    Report(std::move(text));
  }

  // `id` directly followed `before`.
  void Follow(const std::string& key, WriteId before, WriteId id) {
    KeyFacts& facts = facts_[key];
    Version& version = facts.versions.at(id);
    if (version.before == before) return;
    if (version.before) {
      return Report("a write of " + key +
                    " followed two different ones: " + TextOf(history_[version.op]));
    }
    version.before = before;
    if (before == kAbsent) {
      facts.reads.emplace_back(version.op, kAbsent);
      return;
    }
    Version& previous = facts.versions.at(before);
    if (previous.next != kAbsent) {
      return Report("two writes of " + key + " followed the same one, " +
                    TextOf(history_[previous.op]) + ": " + TextOf(history_[version.op]) + " and " +
                    TextOf(history_[facts.versions.at(previous.next).op]));
    }
    previous.next = id;
  }

  // -- from the graph

  using WriteRun = std::vector<const Version*>;

  void FindCycles() {
    AddTimes();
    for (const auto& [key, facts] : facts_) AddFacts(key, facts);
    do {
      if (!graph_.Close()) return ReportCycle();
      grew_ = false;
      for (const auto& [key, facts] : facts_) OrderRuns(key, facts);
    } while (grew_ && !violation_);
  }

  void AddTimes() {
    for (size_t a = 0; a < history_.size(); ++a) {
      for (size_t b = 0; b < history_.size(); ++b) {
        if (history_[a].end < history_[b].begin) graph_.AddTime(a, b);
      }
    }
  }

  void AddFacts(const std::string& key, const KeyFacts& facts) {
    for (const auto& [id, version] : facts.versions) {
      if (version.next == kAbsent) continue;
      graph_.Add(version.op, facts.versions.at(version.next).op, "was directly followed by", key);
    }
    for (const auto& [op, id] : facts.reads) {
      if (id == kAbsent) continue;
      const Version& version = facts.versions.at(id);
      graph_.Add(version.op, op, "was seen by", key);
      if (version.next == kAbsent) continue;
      graph_.Add(op, facts.versions.at(version.next).op, "did not see, but saw what was before",
                 key);
    }
  }

  void Add(size_t from, size_t to, const char* why, const std::string& key) {
    if (graph_.Add(from, to, why, key)) grew_ = true;
  }

  std::vector<WriteRun> RunsOf(const KeyFacts& facts) const {
    std::vector<WriteRun> runs;
    for (const auto& [id, version] : facts.versions) {
      if (!happened_[version.op] || version.before.value_or(kAbsent) != kAbsent) continue;
      WriteRun run{&version};
      while (run.back()->next != kAbsent) run.push_back(&facts.versions.at(run.back()->next));
      runs.push_back(std::move(run));
    }
    return runs;
  }

  bool AnyReaches(const WriteRun& run, size_t op) const {
    return std::any_of(run.begin(), run.end(), [&](auto v) { return graph_.Reaches(v->op, op); });
  }
  bool ReachesAny(size_t op, const WriteRun& run) const {
    return std::any_of(run.begin(), run.end(), [&](auto v) { return graph_.Reaches(op, v->op); });
  }

  void OrderRuns(const std::string& key, const KeyFacts& facts) {
    const std::vector<WriteRun> runs = RunsOf(facts);
    for (const WriteRun& first : runs) {
      for (const WriteRun& second : runs) {
        const bool ordered =
            &first != &second && std::any_of(second.begin(), second.end(),
                                             [&](auto v) { return AnyReaches(first, v->op); });
        if (ordered) PutBefore(key, facts, first, second.front()->op);
      }
      if (first.front()->kind == AccessKind::kDelete) continue;
      for (const auto& [op, id] : facts.reads) {
        if (id == kAbsent) PlaceAbsentRead(key, facts, first, op);
      }
    }
  }

  // All of `run`, and those who saw its last write, come before `op`, which writes or sees what is
  // later.
  void PutBefore(const std::string& key, const KeyFacts& facts, const WriteRun& run, size_t op) {
    Add(run.back()->op, op, "came, with all its run, before", key);
    for (const auto& [reader, id] : facts.reads) {
      if (id == kAbsent || &facts.versions.at(id) != run.back()) continue;
      Add(reader, op, "saw the end of a run that came before", key);
    }
  }

  // `op` saw no item, so it is before or after all of the run; and after it only if a delete is
  // between.
  void PlaceAbsentRead(const std::string& key, const KeyFacts& facts, const WriteRun& run,
                       size_t op) {
    if (std::any_of(run.begin(), run.end(), [&](auto v) { return v->op == op; })) return;
    const bool may_be_after = run.back()->kind == AccessKind::kDelete || CanEnd(facts, run, op);
    const bool after = AnyReaches(run, op);
    if (after && !may_be_after) {
      return Report("the item " + key + " of " + TextOf(history_[run.back()->op]) +
                    " was gone, and nothing can have removed it, for " + TextOf(history_[op]));
    }
    if (after) PutBefore(key, facts, run, op);
    if (!may_be_after || ReachesAny(op, run)) {
      Add(op, run.front()->op, "saw no item, and is before the run of", key);
    }
  }

  // Whether there may be a delete or a put right after the run, of which it is not known what it
  // followed.
  bool CanEnd(const KeyFacts& facts, const WriteRun& run, size_t op) const {
    return std::any_of(facts.versions.begin(), facts.versions.end(), [&](const auto& entry) {
      const Version& version = entry.second;
      const bool ends = version.kind == AccessKind::kDelete || version.kind == AccessKind::kPut;
      return ends && !version.before && &version != run.front() &&
             !graph_.Reaches(version.op, run.back()->op) && !graph_.Reaches(op, version.op);
    });
  }

  void ReportCycle() {
    std::string text = "no order of these operations explains what was seen:";
    for (const auto& [op, why] : graph_.Cycle())
      text += "\n  " + TextOf(history_[op]) + "\n    " + why;
    Report(text + "\n  (the first)");
  }

  const History& history_;
  OpGraph graph_;
  std::vector<bool> happened_;  // for sure
  std::vector<size_t> pending_;
  std::map<WriteId, size_t> by_id_;
  std::map<std::string, KeyFacts> facts_;
  std::optional<std::string> violation_;
  bool grew_ = false;
};

}  // namespace

std::optional<std::string> CheckHistory(const History& history) { return Checker(history).Run(); }

}  // namespace stator::sim
