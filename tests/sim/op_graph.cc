#include "op_graph.h"

#include <algorithm>
#include <deque>

namespace stator::sim {

OpGraph::OpGraph(size_t size)
    : size_(size), words_((size + 63) / 64), edges_(size * words_), closure_(size * words_) {}

bool OpGraph::Add(size_t from, size_t to, const char* why, const std::string& key) {
  if (from == to || Has(edges_, from, to)) return false;
  Set(from, to);
  reasons_.emplace(std::pair(from, to), std::string(why) + " (" + key + ")");
  return true;
}

bool OpGraph::Close() {
  closure_ = edges_;
  for (size_t middle = 0; middle < size_; ++middle) {
    const uint64_t* through = &closure_[middle * words_];
    for (size_t from = 0; from < size_; ++from) {
      if (!Has(closure_, from, middle)) continue;
      uint64_t* row = &closure_[from * words_];
      for (size_t word = 0; word < words_; ++word) row[word] |= through[word];
    }
  }
  for (size_t node = 0; node < size_; ++node) {
    if (Has(closure_, node, node)) return false;
  }
  return true;
}

std::vector<size_t> OpGraph::ShortestFrom(size_t from) const {
  std::vector<size_t> came_from(size_, size_);
  std::deque<size_t> queue{from};
  while (!queue.empty()) {
    const size_t node = queue.front();
    queue.pop_front();
    for (size_t next = 0; next < size_; ++next) {
      if (!Has(edges_, node, next) || came_from[next] != size_) continue;
      came_from[next] = node;
      if (next == from) {
        std::vector<size_t> path{node};
        while (path.back() != from) path.push_back(came_from[path.back()]);
        std::reverse(path.begin(), path.end());
        return path;
      }
      queue.push_back(next);
    }
  }
  return {};
}

std::vector<std::pair<size_t, std::string>> OpGraph::Cycle() const {
  std::vector<size_t> shortest;
  for (size_t node = 0; node < size_; ++node) {
    if (!Has(closure_, node, node)) continue;
    std::vector<size_t> path = ShortestFrom(node);
    if (shortest.empty() || path.size() < shortest.size()) shortest = std::move(path);
  }
  std::vector<std::pair<size_t, std::string>> cycle;
  for (size_t i = 0; i < shortest.size(); ++i) {
    const auto reason = reasons_.find({shortest[i], shortest[(i + 1) % shortest.size()]});
    cycle.emplace_back(shortest[i], reason != reasons_.end() ? reason->second
                                                             : "was answered before this was sent");
  }
  return cycle;
}

}  // namespace stator::sim
