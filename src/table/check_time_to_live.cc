#include "table/check_time_to_live.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "table/layout.h"
#include "table/storage_key.h"
#include "table/time_to_live.h"

namespace stator {
namespace {

// Looks each item's entry up, and each entry's item, once it is known that they differ.
class Differences {
 public:
  Differences(StoreWalk* walk, const TableDefinition& table, std::string filled_up_to,
              CheckReport* report)
      : walk_(walk), table_(table), filled_up_to_(std::move(filled_up_to)), report_(report) {}

  void Run() {
    ReportUnread(walk_->EachPage(
        AllEntries(table_, nullptr), [&](auto key, auto value) { Item(key, value); },
        [&] { return LookUpEntries(); }));
    ReportUnread(walk_->EachPage(
        TimeToLiveData(table_.id, table_.ttl->id), [&](auto key, auto value) { Entry(key, value); },
        [&] { return LookUpItems(); }));
  }

 private:
  void ReportUnread(const Result<void>& read) {
    if (read) return;
    report_->Add({.kind = ProblemKind::kUnreadable,
                  .table = table_.name,
                  .what = "when items expire: " + read.error().message});
  }

  void Report(ProblemKind kind, std::string_view item_key, std::string what,
              std::string_view stored) {
    const auto attributes = DecodeDataKey(table_, nullptr, item_key);
    report_->Add({.kind = kind,
                  .table = table_.name,
                  .key = attributes ? Json(*attributes) : HexOf(item_key),
                  .what = std::move(what)},
                 stored);
  }

  void Item(std::string_view key, std::string_view value) {
    const bool may_lack = !table_.ttl->filled && key >= filled_up_to_;
    if (may_lack || !DecodeDataKey(table_, nullptr, key)) return;
    auto entry = TimeToLiveEntry(table_, key, value);
    if (!entry || !*entry) return;
    keys_.push_back(**std::move(entry));
    others_.emplace_back(key);
  }

  Result<void> LookUpEntries() {
    auto read = walk_->Get(keys_, [&](size_t i, std::optional<std::string_view> value) {
      if (!value) {
        Report(ProblemKind::kEntryMissing, others_[i], "the item expires and has no entry", {});
      } else if (!value->empty()) {
        Report(ProblemKind::kEntryWrong, others_[i],
               "the entry of an item that expires has a value", keys_[i]);
      }
    });
    keys_.clear();
    others_.clear();
    return read;
  }

  void Entry(std::string_view key, std::string_view) {
    const auto parsed = ParseStorageKey(key);
    if (!parsed) return;
    keys_.push_back(ItemKeyOfTimeToLive(key));
    others_.emplace_back(key);
  }

  Result<void> LookUpItems() {
    auto read = walk_->Get(keys_, [&](size_t i, std::optional<std::string_view> value) {
      const std::string& entry_key = others_[i];
      if (!value) {
        return Report(ProblemKind::kEntryOrphan, keys_[i],
                      "the entry says when an item expires that is not there", entry_key);
      }
      const auto entry = TimeToLiveEntry(table_, keys_[i], *value);
      if (!entry || *entry == entry_key) return;
      Report(ProblemKind::kEntryOrphan, keys_[i],
             *entry ? "the entry says that the item expires at another time than it does"
                    : "the entry says that the item expires, which it does not",
             entry_key);
    });
    keys_.clear();
    others_.clear();
    return read;
  }

  StoreWalk* const walk_;
  const TableDefinition& table_;
  const std::string filled_up_to_;
  CheckReport* const report_;
  // Of the page: what is to be looked up, and what it is looked up for.
  std::vector<std::string> keys_;
  std::vector<std::string> others_;
};

}  // namespace

TimeToLiveCheck::TimeToLiveCheck(StoreWalk* walk, const CatalogContents& catalog,
                                 const TableDefinition& table, CheckReport* report)
    : walk_(walk), catalog_(catalog), table_(table), report_(report) {}

void TimeToLiveCheck::OnItem(std::string_view key, std::string_view value) {
  if (!active()) return;
  const auto entry = TimeToLiveEntry(table_, key, value);
  if (entry && *entry) expected_.Add(**entry, {});
}

void TimeToLiveCheck::OnEntry(std::string_view key, std::string_view value) {
  const auto parsed = ParseStorageKey(key);
  if (parsed && DecodeDataKey(table_, nullptr, ItemKeyOfTimeToLive(key))) {
    return stored_.Add(key, value);
  }
  report_->Add({.kind = ProblemKind::kKey,
                .table = table_.name,
                .key = HexOf(key),
                .what = "says when an item expires that the table cannot have"},
               key);
}

void TimeToLiveCheck::Run(bool items_read) {
  if (!active()) return;
  const auto read = walk_->Each(TimeToLiveData(table_.id, table_.ttl->id),
                                [&](auto key, auto value) { OnEntry(key, value); });
  if (!table_.ttl->filled) {
    report_->Note("what expires in table " + table_.name + " is being collected");
  }
  if (!read) {
    report_->Add({.kind = ProblemKind::kUnreadable,
                  .table = table_.name,
                  .what = "when items expire: " + read.error().message});
  } else if (items_read && !(expected_ == stored_)) {
    FindDifferences();
  }
}

void TimeToLiveCheck::FindDifferences() {
  const auto position = catalog_.backfills.find({table_.id, table_.ttl->id});
  Differences(walk_, table_,
              position == catalog_.backfills.end() ? std::string() : position->second, report_)
      .Run();
}

}  // namespace stator
