// What the commit pipeline keeps of a commit until it ends, and the table of pending writes and running
// transactions, striped by key. Internal to commit_pipeline.
#ifndef STATOR_STORAGE_PENDING_COMMIT_H_
#define STATOR_STORAGE_PENDING_COMMIT_H_

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "storage/engine.h"
#include "storage/stripe_lock.h"

namespace stator {

template <class T>
using Few = boost::container::small_vector<T, 4>;

// One commit. The thread that runs it owns it until it is appended to a group; from then on only the
// fields below `group` change, and only as said there.
struct PendingCommit {
  CommitRequest request;
  CommitDone done;
  Few<uint64_t> key_hashes;  // parallel to request.keys
  Few<uint32_t> stripes;     // of the declared keys: ascending, unique

  Decision decision;
  Few<uint64_t> mutation_hashes;  // parallel to decision.mutations
  size_t bytes = 0;                       // of the decision
  std::vector<CounterDelta> log_sizes;    // what it adds to the sizes of logs (storage/format.h)
  uint64_t log_bytes = 0;                 // that is, together

  uint64_t group = 0;
  uint64_t position = 0;  // if it appends: what it was to get when it was tried last
  // Parallel to decision.mutations or empty: written again later in the same group. Guarded by the
  // pipeline's append mutex until the group is taken for writing.
  std::vector<uint8_t> superseded;
  bool supersedes = false;  // it writes again what an earlier one of the group did; guarded likewise

  std::vector<size_t> conflicts;  // the last ones met
  // When it stops waiting for transactions, and its place in the queue of waits.
  std::optional<int64_t> wait_until;
  std::pair<int64_t, uint64_t> wait_key;
};
using PendingCommitPtr = std::shared_ptr<PendingCommit>;

// The newest write of a key that is not yet in the store.
struct PendingWrite {
  uint64_t hash;
  PendingCommitPtr owner;
  uint32_t index;  // into owner->decision.mutations

  const Mutation& mutation() const { return owner->decision.mutations[index]; }
};

// A declared key of a running transaction, and the commits that wait for it.
struct TransactionMark {
  std::string_view key;  // owned by the transaction
  const PendingCommit* transaction;
  std::vector<PendingCommitPtr> waiters;
};

// Locks are taken in this order: stripes' `lock` in ascending order, the pipeline's append mutex, one
// stripe's `writes_lock`.
struct Stripe {
  StripeLock lock;         // held while a commit of a declared key in this stripe is decided; guards `marks`
  StripeLock writes_lock;  // guards `writes`
  uint64_t version = 0;    // raised by each write; changed under the append mutex and writes_lock both
  std::vector<PendingWrite> writes;  // few: a search is a walk over the hashes
  std::vector<TransactionMark> marks;

  TransactionMark* FindMark(std::string_view key) {
    for (TransactionMark& mark : marks) {
      if (mark.key == key) return &mark;
    }
    return nullptr;
  }
  PendingWrite* FindWrite(uint64_t hash, std::string_view key) {
    for (PendingWrite& write : writes) {
      if (write.hash == hash && write.mutation().key == key) return &write;
    }
    return nullptr;
  }
};

inline constexpr uint32_t kStripes = 4096;
inline uint32_t StripeOf(uint64_t hash) { return static_cast<uint32_t>(hash % kStripes); }

}  // namespace stator

#endif  // STATOR_STORAGE_PENDING_COMMIT_H_
