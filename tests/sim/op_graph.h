// "Must come after" between operations, and its transitive closure. Internal to checker.
#ifndef STATOR_SIM_OP_GRAPH_H_
#define STATOR_SIM_OP_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace stator::sim {

class OpGraph {
 public:
  explicit OpGraph(size_t size);

  // True if it is new. `why` must be a literal; an edge from an operation to itself is none.
  bool Add(size_t from, size_t to, const char* why, const std::string& key);
  // The same for the reason that most edges have: one had its answer before the other was sent.
  void AddTime(size_t from, size_t to) { Set(from, to); }
  // False if there is a cycle. Reaches() answers as of the last Close().
  bool Close();
  bool Reaches(size_t from, size_t to) const { return Has(closure_, from, to); }
  // A shortest cycle: each node with the reason of the edge that leaves it. REQUIRES: Close() said
  // so.
  std::vector<std::pair<size_t, std::string>> Cycle() const;

 private:
  using Bits = std::vector<uint64_t>;

  bool Has(const Bits& bits, size_t from, size_t to) const {
    return (bits[from * words_ + to / 64] >> (to % 64)) & 1;
  }
  void Set(size_t from, size_t to) { edges_[from * words_ + to / 64] |= uint64_t{1} << (to % 64); }
  // Nodes from `from` back to itself; empty if there is no way.
  std::vector<size_t> ShortestFrom(size_t from) const;

  const size_t size_;
  const size_t words_;  // of a row
  Bits edges_;
  Bits closure_;
  // Of all edges but those of AddTime().
  std::map<std::pair<size_t, size_t>, std::string> reasons_;
};

}  // namespace stator::sim

#endif  // STATOR_SIM_OP_GRAPH_H_
