// When changes of a table must have been recorded, and for whom, by what its clients were told.
//
// A line is what one reader reads of one table: a stream, or what goes to Kinesis.
#ifndef STATOR_SIM_STREAM_LEDGER_H_
#define STATOR_SIM_STREAM_LEDGER_H_

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "context.h"
#include "history.h"

namespace stator::sim {

struct Request;

enum class LineKind { kStream, kKinesis };

// An operation that was sent after `begin`, and answered before `end`, is recorded.
struct Window {
  LineKind kind = LineKind::kStream;
  std::string table;
  std::string stream_arn;   // of a stream
  bool from_start = false;  // there were no items before
  int64_t begin = 0;
  int64_t end = kNever;
};

class StreamLedger {
 public:
  // `context` must outlive it.
  explicit StreamLedger(Context* context) : context_(context) {}

  // A request that begins such a line was answered. `window`: without times.
  void Begin(Window window);
  // `request`, which is sent now, ends the lines of a table, if it is applied, whenever that is.
  void End(std::string_view table, std::initializer_list<LineKind> kinds, Request* request);
  // What was under way is not any more.
  void OnCrash() { under_way_.clear(); }

  const std::vector<Window>& windows() const { return windows_; }
  // How often the lines of that table may have been interrupted.
  int Ends(std::string_view table, LineKind kind) const;

 private:
  using Lines = std::pair<std::string, LineKind>;

  Context* const context_;
  std::vector<Window> windows_;
  std::map<Lines, int> ends_;
  std::map<Lines, int> under_way_;  // requests that end them and were not answered
};

}  // namespace stator::sim

#endif  // STATOR_SIM_STREAM_LEDGER_H_
