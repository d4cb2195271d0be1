// What connections may cost: answers that are not taken, clients that are slow, a budget that is
// used up.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/http_answer.h"
#include "server/http_server.h"
#include "server/test_http.h"

namespace stator {
namespace {

using std::chrono::milliseconds;
using testing_http::Client;
using testing_http::WaitFor;

constexpr size_t kMiB = 1024 * 1024;

// Answers with as many bytes as the query says. "/late": from another thread, when the gate is
// open.
class SizedAnswers final : public HttpHandler {
 public:
  SizedAnswers(std::atomic<int>* handled, const std::atomic<bool>* gate)
      : handled_(handled), gate_(gate) {}
  ~SizedAnswers() override {
    for (std::thread& thread : threads_) thread.join();
  }
  void Handle(const HttpRequest& request, HttpDone done) override {
    ++*handled_;
    HttpAnswer answer;
    if (request.refused) {
      answer.status = 503;
      return done(std::move(answer));
    }
    answer.body.assign(std::stoul("0" + std::string(request.query)), 'x');
    if (request.path != "/late") return done(std::move(answer));
    threads_.emplace_back([this, done = std::move(done), answer = std::move(answer)]() mutable {
      while (!*gate_) std::this_thread::sleep_for(milliseconds(1));
      done(std::move(answer));
    });
  }

 private:
  std::atomic<int>* handled_;
  const std::atomic<bool>* gate_;
  std::vector<std::thread> threads_;
};

class HttpMemoryTest : public testing::Test {
 protected:
  void Start(HttpServerOptions options = {}) {
    auto server = HttpServer::Start(
        options, &clock_, [this] { return std::make_unique<SizedAnswers>(&handled_, &gate_); });
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  uint16_t port() const { return server_->port(); }
  size_t used() const { return server_->shared().budget.used(); }

  SystemClock clock_;
  std::atomic<int> handled_{0};
  std::atomic<bool> gate_{false};
  std::unique_ptr<HttpServer> server_;
};

std::string Get(std::string_view path, size_t size) {
  return "GET " + std::string(path) + "?" + std::to_string(size) + " HTTP/1.1\r\n\r\n";
}

std::string Repeat(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// The kernel takes some megabytes for a client that does not read; these come after it.
TEST_F(HttpMemoryTest, AnswersOfAPipelineAreBoundedByTheirBytes) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Repeat(Get("/now", kMiB), 64)));
  ASSERT_TRUE(WaitFor([&] { return used() > 0; }));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_LT(used(), 2 * kMiB + 64 * 1024);
  EXPECT_LT(handled_, 64);
  for (int i = 0; i < 64; ++i) EXPECT_EQ(client.Read().body.size(), kMiB);
  EXPECT_TRUE(WaitFor([&] { return used() == 0; }));
}

TEST_F(HttpMemoryTest, AConnectionOfLargeAnswersHasOneUnderWay) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Get("/now", kMiB)));
  EXPECT_EQ(client.Read().body.size(), kMiB);
  ASSERT_TRUE(client.Send(Repeat(Get("/late", kMiB), 4)));
  ASSERT_TRUE(WaitFor([&] { return handled_ == 2; }));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(handled_, 2);
  gate_ = true;
  for (int i = 0; i < 4; ++i) EXPECT_EQ(client.Read().body.size(), kMiB);
}

TEST(HttpAnswerTest, ALargeBodyTakesNoMoreMemoryThanItsBytes) {
  HttpAnswer answer;
  answer.body.assign(kMiB, 'x');
  answer.body.reserve(3 * kMiB);
  std::string head, rest;
  AppendAnswer(&answer, {}, "", &head, &rest);
  EXPECT_EQ(rest, std::string(kMiB, 'x'));
  EXPECT_LT(rest.capacity(), kMiB + kMiB / 4);
}

TEST_F(HttpMemoryTest, AnswersOutOfTheirOrderAreCounted) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Get("/late", 10) + Get("/now", 100'000)));
  ASSERT_TRUE(WaitFor([&] { return used() >= 100'000; }));
  gate_ = true;
  EXPECT_EQ(client.Read().body.size(), 10u);
  EXPECT_EQ(client.Read().body.size(), 100'000u);
  EXPECT_TRUE(WaitFor([&] { return used() == 0; }));
}

TEST_F(HttpMemoryTest, AUsedUpBudgetRefusesAndKeepsTheConnection) {
  HttpServerOptions options;
  options.body_budget = 2 * kMiB;
  Start(options);
  Client hoarder(port()), other(port());
  ASSERT_TRUE(hoarder.Send(Get("/now", 20 * kMiB)));
  ASSERT_TRUE(WaitFor([&] { return used() > 2 * kMiB; }));
  ASSERT_TRUE(other.Send(Get("/now", 1)));
  EXPECT_EQ(other.Read().status, 503);
  EXPECT_EQ(hoarder.Read().body.size(), 20 * kMiB);
  ASSERT_TRUE(WaitFor([&] { return used() == 0; }));
  ASSERT_TRUE(other.Send(Get("/now", 1)));
  EXPECT_EQ(other.Read().status, 200);
}

TEST_F(HttpMemoryTest, SlowClientsGoFirstWhenTheBudgetIsUsedUp) {
  HttpServerOptions options;
  options.body_budget = 2 * kMiB;
  options.limits.header_timeout = milliseconds(100);        // how often they are looked at
  options.limits.write_timeout = std::chrono::seconds(15);  // longer than WaitFor waits
  Start(options);
  Client slow(port());
  ASSERT_TRUE(slow.Send(Get("/now", 20 * kMiB)));
  ASSERT_TRUE(WaitFor([&] { return server_->shared().timed_out == 1; }));
  EXPECT_TRUE(WaitFor([&] { return used() == 0; }));
}

TEST_F(HttpMemoryTest, WhoHoldsLittleStaysWhenTheBudgetIsUsedUp) {
  HttpServerOptions options;
  options.body_budget = 2 * kMiB;
  options.limits.header_timeout = milliseconds(100);
  options.limits.write_timeout = options.limits.body_timeout = std::chrono::seconds(15);
  Start(options);
  Client small(port());
  ASSERT_TRUE(small.Send("POST /now?1 HTTP/1.1\r\nContent-Length: 10\r\n\r\nx"));
  Client slow(port());
  ASSERT_TRUE(slow.Send(Get("/now", 20 * kMiB)));
  ASSERT_TRUE(WaitFor([&] { return server_->shared().timed_out > 0; }));
  ASSERT_TRUE(small.Send("123456789"));
  EXPECT_EQ(small.Read().status, 200);
}

// The kernel's buffer is of megabytes, and it says that there is room when a third of it is free.
TEST_F(HttpMemoryTest, ReadingAsMuchAsOneMustIsEnough) {
  HttpServerOptions options;
  options.limits.write_timeout = milliseconds(1000);
  Start(options);
  Client client(port(), 256 * 1024);
  ASSERT_TRUE(client.Send(Get("/now", 40 * kMiB)));
  auto last = std::chrono::steady_clock::now();
  bool kept_pace = true;
  for (int i = 0; i < 50; ++i) {
    client.ReadBytes(20'000);
    std::this_thread::sleep_for(milliseconds(50));
    const auto now = std::chrono::steady_clock::now();
    kept_pace = kept_pace && now - last < milliseconds(250);
    last = now;
  }
  if (!kept_pace) GTEST_SKIP() << "the test itself was kept from reading";
  EXPECT_EQ(server_->shared().timed_out, 0u);
}

TEST_F(HttpMemoryTest, ReadingAByteNowAndThenIsNotEnough) {
  HttpServerOptions options;
  options.limits.write_timeout = milliseconds(200);
  Start(options);
  Client client(port(), 4096);
  ASSERT_TRUE(client.Send(Get("/now", 20 * kMiB)));
  const bool timed_out = WaitFor([&] {
    client.ReadBytes(1000);
    return server_->shared().timed_out == 1;
  });
  EXPECT_TRUE(timed_out);
  EXPECT_TRUE(WaitFor([&] { return used() == 0; }));
}

TEST_F(HttpMemoryTest, SendingAByteNowAndThenIsNotEnough) {
  HttpServerOptions options;
  options.limits.body_timeout = milliseconds(200);
  Start(options);
  Client client(port());
  ASSERT_TRUE(
      client.Send("POST / HTTP/1.1\r\nContent-Length: 1000000\r\n\r\n" + std::string(10'000, 'x')));
  ASSERT_TRUE(WaitFor([&] { return used() > 0 || server_->shared().timed_out == 1; }));
  EXPECT_TRUE(WaitFor([&] { return !client.Send("x") || server_->shared().timed_out == 1; }));
  EXPECT_TRUE(WaitFor([&] { return used() == 0; }));
  EXPECT_EQ(server_->shared().timed_out, 1u);
}

TEST_F(HttpMemoryTest, AnAnnouncedBodyCostsNothingBeforeItComes) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send("POST / HTTP/1.1\r\nContent-Length: 10000000\r\n\r\nx"));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(used(), 0u);
}

}  // namespace
}  // namespace stator
