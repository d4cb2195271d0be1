// A stream of requests: which ones, about which items, over how many connections, how fast.
#ifndef STATOR_BENCH_STREAM_H_
#define STATOR_BENCH_STREAM_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "workload.h"

namespace stator::bench {

struct Stream {
  struct Share {
    Operation operation = Operation::kGet;
    double weight = 1;
  };

  std::string name;  // in the report
  std::vector<Share> mix;
  int connections = 16;
  // Requests a second whatever the answers take (open loop). 0: each connection sends its next
  // request when the answer to the last has come (closed loop).
  double rate = 0;
  double zipf = 0;     // theta; 0: all items are equally likely
  uint64_t first = 0;  // of the items it is about
  uint64_t count = 0;  // of them; 0: all from `first` on
  TableShape table;
};

// Reads "get:9,put:1 connections=16 rate=1000 zipf=0.99 first=0 count=100 name=x table=t items=1000
// item-bytes=1024 indexes=2"; what is not named is as in `base`. Throws std::invalid_argument.
Stream ParseStream(std::string_view text, const Stream& base);

// Only the first word of it: "get:9,put:1"; a weight left out is 1.
std::vector<Stream::Share> ParseMix(std::string_view text);

// "512", "1KiB", "40KiB", "16MiB".
size_t ParseBytes(std::string_view text);

}  // namespace stator::bench

#endif  // STATOR_BENCH_STREAM_H_
