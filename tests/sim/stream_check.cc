#include "stream_check.h"

#include <algorithm>

namespace stator::sim {
namespace {

[[noreturn]] void Wrong(const StreamRecord& record, const std::string& what) {
  throw WrongAnswer{what + ": the record " + record.place + " of " + record.key + " " +
                    record.text};
}

bool Writes(const Access& access) {
  return access.kind == AccessKind::kAppend || access.kind == AccessKind::kPut;
}

}  // namespace

void CommitsSeen::Take(const StreamRecord& record, WriteId id) {
  if (micros_.emplace(id, record.micros).first->second != record.micros)
    Wrong(record, "a write has two positions");
  ids_[record.micros].insert(id);
}

// The writes of a batch may be one commit, those of different requests may not.
void CommitsSeen::Finish(const History& history) const {
  std::set<WriteId> batches;
  for (const Operation& operation : history) {
    if (operation.name.starts_with("BatchWriteItem ")) batches.insert(operation.id);
  }
  for (const auto& [micros, ids] : ids_) {
    if (ids.size() == 1) continue;
    for (const WriteId id : ids) {
      if (batches.contains(id)) continue;
      throw WrongAnswer{"other writes have the position " + std::to_string(micros) + " of #" +
                        std::to_string(id)};
    }
  }
}

void LineCheck::Gap() {
  gap_ = true;
  for (auto& [key, item] : items_) {
    item.exists.reset();
    item.text.reset();
  }
}

bool LineCheck::Take(const StreamRecord& record, int breaks, int64_t latest_micros) {
  const auto [taken, fresh] = taken_.emplace(record.place, record.text);
  if (!fresh) {
    if (!form_.repeats) Wrong(record, "it comes twice");
    if (taken->second != record.text) Wrong(record, "it was " + taken->second + " before");
    return false;
  }
  Item& item = items_[record.key];
  if (item.place >= record.place) Wrong(record, "it comes after " + item.place);
  CheckForm(record);
  CheckIdentity(record, latest_micros);
  if (!item.exists && item.place.empty() && form_.from_start && !gap_) item.exists = false;
  Chain(record, breaks, &item);
  item.place = record.place;
  item.exists = record.event != "REMOVE";
  item.text.reset();
  if (record.after) {
    item.text = record.after->text;
    const WriteId id = record.after->seen.back();
    commits_->Take(record, id);
    if (!writes_.insert({id, record.key}).second) Wrong(record, "a write has two records");
  }
  if (record.event == "REMOVE" && !record.by_service) ++removals_[record.key];
  return true;
}

// Its images are those that its line shows of its event, and it changes something.
void LineCheck::CheckForm(const StreamRecord& record) const {
  const bool insert = record.event == "INSERT", remove = record.event == "REMOVE";
  if (!insert && !remove && record.event != "MODIFY") Wrong(record, "an unknown event");
  if (record.before.has_value() != (form_.shows_before && !insert))
    Wrong(record, "a wrong OldImage");
  if (record.after.has_value() != (form_.shows_after && !remove)) Wrong(record, "a wrong NewImage");
  if (!record.after) return;
  const Seen& after = record.after->seen;
  if (form_.shows_before && after.size() > 1) {
    const Seen before = record.before ? record.before->seen : Seen{};
    if (!std::equal(before.begin(), before.end(), after.begin(), after.end() - 1))
      Wrong(record, "more than one write in it");
  }
  if (record.before && record.before->text == record.after->text) Wrong(record, "nothing changed");
}

void LineCheck::CheckIdentity(const StreamRecord& record, int64_t latest_micros) const {
  if (!record.by_service) return;
  if (record.event != "REMOVE" || form_.table != kExpiringTable)
    Wrong(record, "not by the service");
  if (!record.before) return;
  if (!record.before->expires || *record.before->expires * 1'000'000 > latest_micros)
    Wrong(record, "an item that had not expired");
}

void LineCheck::Chain(const StreamRecord& record, int breaks, Item* item) const {
  const bool existed = record.event != "INSERT";
  const bool follows =
      (!item->exists || *item->exists == existed) &&
      (!item->text || !existed || !record.before || *item->text == record.before->text);
  if (follows) return;
  if (item->breaks++ < breaks) return;
  Wrong(record, "it does not follow " + item->place + ", after which there was " +
                    (item->exists.value_or(true) ? item->text.value_or("an item") : "no item"));
}

void LineCheck::Finish(const History& history, const Window* complete_in) const {
  std::map<WriteId, const Operation*> operations;
  std::map<std::string, int> most_removals, least_removals;
  for (const Operation& operation : history) {
    operations[operation.id] = &operation;
    if (operation.outcome == Outcome::kRefused) continue;
    const bool inside = complete_in != nullptr && !gap_ && operation.outcome == Outcome::kDone &&
                        complete_in->begin < operation.begin && operation.end < complete_in->end;
    for (const Access& access : operation.accesses) {
      if (access.key.substr(0, access.key.find('/')) != form_.table) continue;
      if (inside && form_.shows_after && Writes(access) &&
          !writes_.contains({operation.id, access.key})) {
        throw WrongAnswer{"no record of the write of " + access.key + " by " + operation.name +
                          " #" + std::to_string(operation.id)};
      }
      if (access.kind != AccessKind::kDelete || operation.name == "DeleteTable") continue;
      ++most_removals[access.key];
      if (inside && access.before && !access.before->empty()) ++least_removals[access.key];
    }
  }
  for (const auto& [id, key] : writes_) {
    const auto found = operations.find(id);
    const Operation* operation = found == operations.end() ? nullptr : found->second;
    if (operation == nullptr || operation->outcome == Outcome::kRefused) {
      throw WrongAnswer{"a record of #" + std::to_string(id) + " of " + key +
                        ", which was refused"};
    }
    if (std::none_of(operation->accesses.begin(), operation->accesses.end(),
                     [&key = key](const Access& a) { return a.key == key && Writes(a); })) {
      throw WrongAnswer{"a record of #" + std::to_string(id) + " of " + key +
                        ", which it did not write"};
    }
  }
  for (const auto& [key, count] : removals_) {
    if (count > most_removals[key])
      throw WrongAnswer{"more deletes of " + key + " by users than were asked for"};
  }
  for (const auto& [key, count] : least_removals) {
    const auto removals = removals_.find(key);
    if (removals == removals_.end() || removals->second < count)
      throw WrongAnswer{"no record of a delete of " + key};
  }
}

void LineCheck::CompareItems(const std::map<std::string, std::string>& items) const {
  for (const auto& [key, item] : items_) {
    const auto found = items.find(key);
    const bool exists = found != items.end();
    if (item.exists.value_or(exists) != exists ||
        (exists && item.text && *item.text != found->second)) {
      throw WrongAnswer{"the last record of " + key + " leaves " +
                        (item.exists.value_or(false) ? item.text.value_or("an item") : "no item") +
                        ", and there is " + (exists ? found->second : "none")};
    }
  }
  if (!form_.from_start || gap_) return;
  for (const auto& [key, text] : items) {
    if (!items_.contains(key)) throw WrongAnswer{"there is no record of " + key + ", " + text};
  }
}

}  // namespace stator::sim
