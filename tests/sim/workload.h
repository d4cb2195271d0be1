// The requests of the clients, and what their answers mean.
#ifndef STATOR_SIM_WORKLOAD_H_
#define STATOR_SIM_WORKLOAD_H_

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "answers.h"
#include "base/unique_function.h"
#include "context.h"
#include "history.h"
#include "schema.h"
#include "stream_ledger.h"

namespace stator::sim {

struct Request {
  std::string target;  // "PutItem"
  std::string body;
  // What the history gets, with all that is sure whatever the answer; the functions below fill in
  // what the answer tells.
  std::vector<Operation> operations;
  UniqueFunction<void(JsonObject answer, std::span<Operation>)> on_answer;  // 200
  UniqueFunction<void(JsonObject error, std::span<Operation>)>
      on_refusal;               // 4xx; null: it tells nothing
  std::string token;            // of an idempotent transaction; may be sent again
  bool may_be_invalid = false;  // a ValidationException is no surprise
};

class Workload {
 public:
  // Both must outlive it.
  Workload(Context* context, StreamLedger* ledger);

  // What some client sends next.
  Request Next();
  // A change of the definitions.
  Request NextDefinition();
  // Reads that show all there is, for the end of a run.
  std::vector<Request> FinalReads();
  // What there is from the beginning, one after the other.
  std::vector<Request> Beginning();

  // To be called when an operation was answered: clients remember what they have seen.
  void Remember(const Operation& operation);
  // A token that was used so long ago that it means nothing any more.
  void AddExpiredToken(std::string token) { expired_tokens_.push_back(std::move(token)); }

 private:
  // workload_streams.cc
  Request CreateTable(std::string_view table);
  Request NextStreamDefinition();
  Request ChangeStream(std::string_view table, bool enable);
  Request ChangeKinesis(std::string_view table, bool enable);

  // workload_writes.cc
  struct WriteParts;
  Request Update();
  Request Put();
  Request Delete();
  Request BatchWrite();
  Request TransactWrite();
  WriteParts UpdateParts(const ItemKey& key, WriteId id);
  WriteParts PutParts(const ItemKey& key, WriteId id);
  WriteParts DeleteParts(const ItemKey& key, WriteId id);
  WriteParts CheckParts(const ItemKey& key);
  void ChooseCondition(const ItemKey& key, WriteParts* parts);
  Request Single(std::string target, const ItemKey& key, WriteId id, WriteParts parts,
                 std::vector<std::string> return_values);

  // workload_reads.cc
  Request Get();
  Request BatchGet();
  Request TransactGet();
  Request QueryTable();
  Request QueryIndex(std::string index);
  Request ScanTable(std::string_view table, bool whole);

  ItemKey AnyKey();
  std::vector<ItemKey> SomeKeys(size_t at_most);
  std::string AnyG();
  WriteId NewId() { return next_id_++; }
  bool Coin() { return context_->Percent(50); }
  int64_t Now() const { return context_->clock().NowMicros(); }

  Context* const context_;
  StreamLedger* const ledger_;
  std::vector<ItemKey> keys_;
  std::map<std::string, Seen> known_;  // what was last seen of each key
  std::vector<std::string> expired_tokens_;
  WriteId next_id_ = 1;
};

}  // namespace stator::sim

#endif  // STATOR_SIM_WORKLOAD_H_
