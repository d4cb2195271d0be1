#include "fill.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "client_loop.h"

namespace stator::bench {
namespace {

constexpr int kMostRetries = 10'000;  // of one batch
// BatchWriteItem takes 16 MiB at the most; less is kinder to the server.
constexpr size_t kBatchBytes = 4 << 20;

class Filler final : public ClientLoop {
 public:
  Filler(const Target& target, const Workload& workload, int connections)
      : ClientLoop(target.port),
        workload_(workload),
        signer_(target.credentials, target.host(), target.fixed_signature),
        batch_(std::clamp<uint64_t>(kBatchBytes / workload.shape().item_bytes, 1, kWriteBatch)),
        retries_(static_cast<size_t>(connections)) {
    for (int i = 0; i < connections; ++i) AddConnection();
  }

  FillOutcome Run() {
    const auto begin = SteadyClock::now();
    for (size_t i = 0; i < retries_.size(); ++i) SendNext(i);
    while (under_way_ > 0) Poll(SteadyClock::now() + std::chrono::seconds(1));
    outcome_.seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
    return outcome_;
  }

 private:
  void SendNext(size_t index) {
    const uint64_t left = workload_.shape().items - next_;
    if (left == 0) return;
    body_.clear();
    workload_.AppendLoad(next_, std::min(batch_, left), &random_, &body_);
    next_ += std::min(batch_, left);
    retries_[index] = 0;
    SendBody(index);
  }

  void SendBody(size_t index) {
    request(index)->clear();
    signer_.AppendRequest("BatchWriteItem", body_, request(index));
    ++under_way_;
    Send(index);
  }

  void CountRetry(size_t index, std::string_view why) {
    if (++retries_[index] > kMostRetries) {
      throw std::runtime_error(fmt::format("BatchWriteItem, again and again: {}", why));
    }
  }

  void OnAnswer(size_t index, const HttpAnswer& answer) override {
    --under_way_;
    ++outcome_.requests;
    if (answer.status == 200) {
      const std::string_view left = ObjectMember(answer.body, "UnprocessedItems");
      if (left.size() <= 2) return SendNext(index);
      ++outcome_.unprocessed;
      CountRetry(index, "UnprocessedItems");
      body_ = fmt::format(R"({{"RequestItems":{}}})", left);
      return SendBody(index);
    }
    const bool may_pass = answer.status >= 500 || answer.body.find("Throttl") != answer.body.npos ||
                          answer.body.find("ThroughputExceeded") != answer.body.npos;
    if (!may_pass) {
      throw std::runtime_error(
          fmt::format("BatchWriteItem: {} {}", answer.status, answer.body.substr(0, 500)));
    }
    ++outcome_.retried;
    CountRetry(index, answer.body.substr(0, 500));
    ++under_way_;
    Send(index);  // the same again
  }

  void OnLost(size_t, const std::string& why) override {
    throw std::runtime_error("the server ended a connection: " + why);
  }

  const Workload& workload_;
  Signer signer_;
  const uint64_t batch_;
  Random random_{1};
  uint64_t next_ = 0;
  size_t under_way_ = 0;
  std::vector<int> retries_;  // of the batch of each connection
  std::string body_;
  FillOutcome outcome_;
};

}  // namespace

std::string Target::host() const { return fmt::format("127.0.0.1:{}", port); }

BlockingClient::BlockingClient(const Target& target)
    : connection_(target.port), signer_(target.credentials, target.host(), false) {}

std::pair<int, std::string> BlockingClient::Call(std::string_view operation,
                                                 std::string_view body) {
  connection_.request()->clear();
  signer_.AppendRequest(operation, body, connection_.request());
  pollfd event{connection_.fd(), POLLOUT, 0};
  for (bool sent = connection_.Send(); !sent; sent = connection_.GoOn()) poll(&event, 1, -1);
  event.events = POLLIN;
  for (;;) {
    poll(&event, 1, -1);
    if (auto answer = connection_.Receive()) return {answer->status, std::string(answer->body)};
  }
}

std::string BlockingClient::MustCall(std::string_view operation, std::string_view body) {
  auto [status, answer] = Call(operation, body);
  if (status != 200) throw std::runtime_error(fmt::format("{}: {} {}", operation, status, answer));
  return std::move(answer);
}

FillOutcome CreateAndFill(const Target& target, const Workload& workload, int connections) {
  BlockingClient client(target);
  client.MustCall("CreateTable", workload.CreateTable());
  const auto active = [&] {
    // The table's own status; each index has one too.
    std::string answer = client.MustCall("DescribeTable", workload.DescribeTable());
    return answer.find(R"("TableStatus":"ACTIVE")") != answer.npos &&
           answer.find(R"("IndexStatus":"CREATING")") == answer.npos;
  };
  while (!active()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  return Filler(target, workload, connections).Run();
}

}  // namespace stator::bench
