#include "transfer/put_window.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace stator {

struct PutWindow::State {
  std::mutex mutex;
  std::condition_variable ready;
  size_t awaited = 0;  // outcomes; 0: no one waits
  std::vector<PutOutcome> outcomes;

  void Add(std::vector<PutOutcome> more) {
    std::lock_guard lock(mutex);
    for (PutOutcome& outcome : more) outcomes.push_back(std::move(outcome));
    if (awaited > 0 && outcomes.size() >= awaited) ready.notify_one();
  }
};

namespace {

std::vector<PutOutcome> OutcomesOf(const std::vector<PutOutcome>& begun,
                                   ApiResult<WriteItemsResult> result,
                                   const WriteItemsRequest& asked) {
  std::vector<PutOutcome> outcomes = begun;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    const bool unprocessed =
        result && std::find(result->unprocessed.begin(), result->unprocessed.end(), i) !=
                      result->unprocessed.end();
    if (result && !unprocessed) {
      outcomes[i].effect = std::move(result->effects[i]);
      continue;
    }
    outcomes[i].write = asked.writes[i];
    if (!result && outcomes.size() == 1) outcomes[i].error = std::move(result).error();
  }
  return outcomes;
}

}  // namespace

PutWindow::PutWindow(Database* database, Scope scope, uint64_t table_id, size_t most_puts,
                     size_t most_bytes)
    : database_(database),
      scope_(std::move(scope)),
      table_id_(table_id),
      most_puts_(most_puts),
      most_bytes_(most_bytes),
      state_(std::make_shared<State>()) {}

PutWindow::~PutWindow() {
  while (!IsEmpty()) Take(1'000'000, true);
}

bool PutWindow::IsFull() const { return puts_ >= most_puts_ || bytes_ >= most_bytes_; }

bool PutWindow::IsEmpty() const { return puts_ == 0; }

void PutWindow::Begin(std::vector<WindowPut> puts) {
  WriteItemsRequest request{scope_, puts.size() == 1 ? WriteForm::kSingle : WriteForm::kBatch};
  request.table_id = table_id_;
  std::vector<PutOutcome> begun;
  for (WindowPut& put : puts) {
    ++puts_;
    bytes_ += put.bytes;
    begun.push_back({.place = std::move(put.place), .bytes = put.bytes});
    request.writes.push_back(std::move(put.write));
  }
  WriteItems(database_, std::move(request),
             [state = state_, begun = std::move(begun)](ApiResult<WriteItemsResult> result,
                                                        const WriteItemsRequest& asked) {
               state->Add(OutcomesOf(begun, std::move(result), asked));
             });
}

std::vector<PutOutcome> PutWindow::Take(int64_t wait_micros, bool all) {
  std::vector<PutOutcome> taken;
  {
    std::unique_lock lock(state_->mutex);
    if (puts_ > 0 && wait_micros > 0) {
      state_->awaited = all ? puts_ : (puts_ + 1) / 2;
      state_->ready.wait_for(lock, std::chrono::microseconds(wait_micros),
                             [&] { return state_->outcomes.size() >= state_->awaited; });
      state_->awaited = 0;
    }
    taken.swap(state_->outcomes);
  }
  for (const PutOutcome& outcome : taken) {
    --puts_;
    bytes_ -= outcome.bytes;
  }
  return taken;
}

}  // namespace stator
