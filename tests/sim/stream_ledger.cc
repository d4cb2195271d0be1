#include "stream_ledger.h"

#include <utility>

#include "workload.h"

namespace stator::sim {

void StreamLedger::Begin(Window window) {
  window.begin = context_->Tick();
  // One that ends it may still be applied: then nothing is sure.
  const auto under_way = under_way_.find({window.table, window.kind});
  if (under_way != under_way_.end() && under_way->second > 0) window.end = window.begin;
  windows_.push_back(std::move(window));
}

void StreamLedger::End(std::string_view table, std::initializer_list<LineKind> kinds,
                       Request* request) {
  const int64_t now = context_->Tick();
  for (const LineKind kind : kinds) {
    ++ends_[{std::string(table), kind}];
    ++under_way_[{std::string(table), kind}];
    for (Window& window : windows_) {
      if (window.table == table && window.kind == kind && window.end == kNever) window.end = now;
    }
  }
  const auto settled = [this, table = std::string(table), kinds = std::vector<LineKind>(kinds)](
                           JsonObject, std::span<Operation>) {
    for (const LineKind kind : kinds) --under_way_[{table, kind}];
  };
  request->on_answer = settled;
  request->on_refusal = settled;
}

int StreamLedger::Ends(std::string_view table, LineKind kind) const {
  const auto ends = ends_.find({std::string(table), kind});
  return ends == ends_.end() ? 0 : ends->second;
}

}  // namespace stator::sim
