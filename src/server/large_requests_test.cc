#include "server/large_requests.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "server/http_server.h"
#include "server/test_http.h"

namespace stator {
namespace {

using std::chrono::milliseconds;
using testing_http::Client;
using testing_http::UsedInTheEnd;
using testing_http::WaitFor;

constexpr size_t kLarge = 300'000;

// Answers with the path and the size of the body; at /gate only when the gate is open, and keeps
// its thread until then.
class Gated final : public HttpHandler {
 public:
  Gated(std::atomic<int>* handled, const std::atomic<bool>* gate)
      : handled_(handled), gate_(gate) {}
  void Handle(const HttpRequest& request, HttpDone done) override {
    ++*handled_;
    while (request.path == "/gate" && !*gate_) std::this_thread::sleep_for(milliseconds(1));
    HttpAnswer answer;
    const bool whole = request.body.find_first_not_of('x') == std::string_view::npos;
    answer.body = std::string(request.path) + " " + std::to_string(request.body.size()) +
                  (whole ? "" : " broken");
    if (request.path == "/echo") answer.body = request.body;
    done(std::move(answer));
  }

 private:
  std::atomic<int>* handled_;
  const std::atomic<bool>* gate_;
};

std::string Post(std::string_view path, size_t size) {
  return "POST " + std::string(path) +
         " HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
         std::string(size, 'x');
}

std::string PostInChunks(std::string_view path, size_t size) {
  std::string text =
      "POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (size_t i = 0; i < size; i += 0x1000) text += "1000\r\n" + std::string(0x1000, 'x') + "\r\n";
  return text + "0\r\n\r\n";
}

class LargeRequestsTest : public testing::Test {
 protected:
  void Start(HttpServerOptions options = {}) {
    auto server = HttpServer::Start(options, &clock_,
                                    [this] { return std::make_unique<Gated>(&handled_, &gate_); });
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  uint16_t port() const { return server_->port(); }
  void WaitForHandled(int count) {
    WaitFor([&] { return handled_ >= count; });
    ASSERT_EQ(handled_, count);
  }
  void WaitForMemory() { EXPECT_EQ(UsedInTheEnd(server_->shared().budget), 0u); }

  SystemClock clock_;
  std::atomic<int> handled_{0};
  std::atomic<bool> gate_{false};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(LargeRequestsTest, OneDoesNotHoldUpOtherConnections) {
  Start();  // one event loop
  Client large(port()), other(port());
  ASSERT_TRUE(large.Send(Post("/gate", kLarge)));
  WaitForHandled(1);
  ASSERT_TRUE(other.Send(Post("/small", 10)));
  EXPECT_EQ(other.Read().body, "/small 10");
  gate_ = true;
  EXPECT_EQ(large.Read().body, "/gate " + std::to_string(kLarge));
  WaitForMemory();
}

TEST_F(LargeRequestsTest, PipelinedAnswersComeInOrder) {
  Start();
  Client client(port());
  std::string requests;
  for (int i = 0; i < 3; ++i) {
    requests += Post("/a", 5) + Post("/b", kLarge) + Post("/c", 7) + PostInChunks("/d", 0x40000) +
                Post("/echo", kLarge) + PostInChunks("/e", 0x1000);
  }
  std::thread sender([&] { EXPECT_TRUE(client.Send(requests)); });
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.Read().body, "/a 5");
    EXPECT_EQ(client.Read().body, "/b " + std::to_string(kLarge));
    EXPECT_EQ(client.Read().body, "/c 7");
    EXPECT_EQ(client.Read().body, "/d " + std::to_string(0x40000));
    EXPECT_EQ(client.Read().body, std::string(kLarge, 'x'));
    EXPECT_EQ(client.Read().body, "/e " + std::to_string(0x1000));
  }
  sender.join();
  WaitForMemory();
}

TEST_F(LargeRequestsTest, AConnectionHasNoRequestBehindOne) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Post("/small", 1) + Post("/gate", 100'000) + Post("/late", 2)));
  EXPECT_EQ(client.Read().body, "/small 1");
  WaitForHandled(2);
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(handled_, 2);
  gate_ = true;
  EXPECT_EQ(client.Read().body, "/gate 100000");
  EXPECT_EQ(client.Read().body, "/late 2");
}

TEST_F(LargeRequestsTest, ItsMemoryIsChargedUntilItIsHandled) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Post("/gate", kLarge)));
  WaitForHandled(1);
  EXPECT_GE(server_->shared().budget.used(), kLarge);
  client.Close();
  gate_ = true;
  WaitForMemory();
}

TEST_F(LargeRequestsTest, ThoseThatWaitEndWithTheServer) {
  Start();  // one thread for large bodies
  Client first(port()), second(port());
  ASSERT_TRUE(first.Send(Post("/gate", kLarge)));
  WaitForHandled(1);
  ASSERT_TRUE(second.Send(Post("/gate", kLarge)));
  std::thread opener([this] {
    std::this_thread::sleep_for(milliseconds(2000));
    gate_ = true;
  });
  server_->Stop(milliseconds(0));
  opener.join();
  EXPECT_EQ(handled_, 1);
  server_.reset();
  EXPECT_EQ(second.Read().status, 0);
}

}  // namespace
}  // namespace stator
