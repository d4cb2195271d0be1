#include "server/http_connection.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/http_server.h"
#include "server/test_http.h"

namespace stator {
namespace {

using std::chrono::milliseconds;
using testing_http::Client;
using testing_http::ClientAnswer;
using testing_http::UsedInTheEnd;
using testing_http::WaitFor;

// Requests to /hold wait here until the test answers them, from its own thread.
class Held {
 public:
  void Put(std::string body, HttpDone done) {
    const std::lock_guard lock(mutex_);
    held_.emplace_back(std::move(body), std::move(done));
    changed_.notify_all();
  }
  void WaitFor(size_t count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(
        changed_.wait_for(lock, std::chrono::seconds(10), [&] { return held_.size() >= count; }));
  }
  size_t size() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }
  void Answer(size_t index) {
    HttpDone done;
    HttpAnswer answer;
    {
      const std::lock_guard lock(mutex_);
      answer.body = held_[index].first;
      done = std::move(held_[index].second);
    }
    done(std::move(answer));
  }
  void Drop() {
    const std::lock_guard lock(mutex_);
    held_.clear();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::pair<std::string, HttpDone>> held_;
};

class TestHandler final : public HttpHandler {
 public:
  explicit TestHandler(Held* held) : held_(held) {}
  void Handle(const HttpRequest& request, HttpDone done) override {
    HttpAnswer answer;
    if (request.refused) {
      answer.status = 503;
    } else if (request.path == "/hold") {
      return held_->Put(std::string(request.body), std::move(done));
    } else if (request.path == "/drop") {
      return;
    } else if (request.path == "/big") {
      answer.body.assign(std::stoul(std::string(request.query)), 'b');
    } else if (request.path == "/header") {
      const auto* value = FindHeader(request.headers, "x-test");
      answer.body = value ? *value : std::string_view("(none)");
    } else {
      answer.body = std::string(request.method) + " " + std::string(request.path) + " " +
                    std::string(request.body);
    }
    done(std::move(answer));
  }

 private:
  Held* held_;
};

std::string Post(std::string_view path, std::string_view body, std::string_view headers = "") {
  return "POST " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n" + std::string(headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

class HttpConnectionTest : public testing::Test {
 protected:
  void Start(HttpServerOptions options = {}) {
    auto server = HttpServer::Start(options, &clock_,
                                    [this] { return std::make_unique<TestHandler>(&held_); });
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
  }
  static HttpServerOptions Quick() {
    HttpServerOptions options;
    options.limits.header_timeout = milliseconds(100);
    options.limits.body_timeout = milliseconds(100);
    options.limits.idle_timeout = milliseconds(100);
    options.limits.write_timeout = milliseconds(100);
    options.limits.linger_timeout = milliseconds(100);
    return options;
  }
  uint16_t port() const { return server_->port(); }
  void WaitForConnections(size_t count) {
    WaitFor([&] { return server_->shared().connections == count; });
    EXPECT_EQ(server_->shared().connections, count);
  }

  SystemClock clock_;
  Held held_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpConnectionTest, KeepAlive) {
  Start();
  Client client(port());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Send(Post("/a?x=y", "body" + std::to_string(i))));
    const ClientAnswer answer = client.Read();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, "POST /a body" + std::to_string(i));
    EXPECT_EQ(answer.headers.at("connection"), "keep-alive");
    EXPECT_EQ(answer.headers.at("server"), "Server");
    EXPECT_EQ(answer.headers.at("date").size(), 29u);
  }
  EXPECT_EQ(server_->shared().accepted, 1u);
}

TEST_F(HttpConnectionTest, ConnectionClose) {
  Start();
  Client client(port());
  ASSERT_TRUE(
      client.Send(Post("/", "x", "Connection: close\r\n") + Post("/", "not to be answered")));
  const ClientAnswer answer = client.Read();
  EXPECT_EQ(answer.body, "POST / x");
  EXPECT_EQ(answer.headers.at("connection"), "close");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpConnectionTest, Http10) {
  Start();
  Client closing(port());
  ASSERT_TRUE(closing.Send("GET /x HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(closing.Read().body, "GET /x ");
  EXPECT_TRUE(closing.IsClosed());
  Client staying(port());
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(staying.Send("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    EXPECT_EQ(staying.Read().headers.at("connection"), "keep-alive");
  }
}

TEST_F(HttpConnectionTest, ByteByByte) {
  Start();
  Client client(port());
  for (char c : "\r\n" + Post("/slow", "body") + Post("/slow", "again"))
    ASSERT_TRUE(client.Send({&c, 1}));
  EXPECT_EQ(client.Read().body, "POST /slow body");
  EXPECT_EQ(client.Read().body, "POST /slow again");
}

TEST_F(HttpConnectionTest, PipelinedAnswersComeInOrder) {
  Start();
  Client client(port());
  std::string requests;
  for (int i = 0; i < 5; ++i)
    requests += Post("/hold", std::to_string(i)) + Post("/now", std::to_string(i));
  ASSERT_TRUE(client.Send(requests));
  held_.WaitFor(5);
  for (size_t i : {4, 2, 0, 3, 1}) {
    if (i == 0) {
      EXPECT_TRUE(client.IsQuiet(milliseconds(50)));
    }
    held_.Answer(i);
  }
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(client.Read().body, std::to_string(i));
    EXPECT_EQ(client.Read().body, "POST /now " + std::to_string(i));
  }
}

TEST_F(HttpConnectionTest, PipeliningIsBounded) {
  Start();
  Client client(port());
  std::string requests;
  for (int i = 0; i < 40; ++i) requests += Post("/hold", std::to_string(i));
  ASSERT_TRUE(client.Send(requests));
  held_.WaitFor(16);
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_EQ(held_.size(), 16u);
  for (size_t i = 0; i < 40; ++i) {
    held_.WaitFor(i + 1);
    held_.Answer(i);
    EXPECT_EQ(client.Read().body, std::to_string(i));
  }
}

TEST_F(HttpConnectionTest, ManyPipelinedLargeAnswersToAClientThatReadsLate) {
  Start();
  Client client(port());
  std::string requests;
  for (int i = 0; i < 64; ++i) requests += "GET /big?1000000 HTTP/1.1\r\n\r\n";
  ASSERT_TRUE(client.Send(requests));
  std::this_thread::sleep_for(milliseconds(100));
  for (int i = 0; i < 64; ++i) EXPECT_EQ(client.Read().body.size(), 1'000'000u);
}

TEST_F(HttpConnectionTest, LargeBodies) {
  Start();
  Client client(port());
  for (size_t size : {4000u, 5000u, 70'000u, 16u * 1024 * 1024}) {
    const std::string body(size, 'x');
    ASSERT_TRUE(client.Send(Post("/b", body)));
    const ClientAnswer answer = client.Read();
    EXPECT_EQ(answer.status, 200);
    EXPECT_TRUE(answer.body == "POST /b " + body) << size;
  }
  ASSERT_TRUE(client.Send(Post("/b", "small")));
  EXPECT_EQ(client.Read().body, "POST /b small");
  EXPECT_EQ(UsedInTheEnd(server_->shared().budget), 0u);
}

TEST_F(HttpConnectionTest, BodyOverTheLimit) {
  Start();
  Client client(port());
  client.Send(Post("/", std::string(16 * 1024 * 1024 + 1, 'x')));
  const ClientAnswer answer = client.Read();
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.headers.at("transfer-encoding"), "chunked");
  EXPECT_EQ(answer.headers.count("x-amzn-requestid"), 0u);
  EXPECT_TRUE(client.IsClosed());
}

std::string Chunked(const std::vector<std::string>& chunks, std::string_view end = "0\r\n\r\n") {
  std::string out = "POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string& chunk : chunks) {
    char length[20];
    std::snprintf(length, sizeof(length), "%zx\r\n", chunk.size());
    out += length + chunk + "\r\n";
  }
  return out + std::string(end);
}

TEST_F(HttpConnectionTest, ChunkedBodies) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(Chunked({"ab", "c", std::string(100'000, 'd')}) + Chunked({}) +
                          Chunked({"e"}, "0\r\nTrailer: x\r\n\r\n") + Post("/next", "f")));
  EXPECT_EQ(client.Read().body, "POST /c abc" + std::string(100'000, 'd'));
  EXPECT_EQ(client.Read().body, "POST /c ");
  EXPECT_EQ(client.Read().body, "POST /c e");
  EXPECT_EQ(client.Read().body, "POST /next f");
  for (char c : Chunked({"slow", "ly"})) ASSERT_TRUE(client.Send({&c, 1}));
  EXPECT_EQ(client.Read().body, "POST /c slowly");
  EXPECT_EQ(UsedInTheEnd(server_->shared().budget), 0u);
}

TEST_F(HttpConnectionTest, ChunkedBodyAtAndOverTheLimit) {
  Start();
  Client fits(port());
  const std::vector<std::string> full(16, std::string(1024 * 1024, 'x'));
  ASSERT_TRUE(fits.Send(Chunked(full)));
  EXPECT_EQ(fits.Read().body.size(), 8 + 16u * 1024 * 1024);
  Client over(port());
  std::vector<std::string> more = full;
  more.push_back("y");
  over.Send(Chunked(more));
  EXPECT_EQ(over.Read().status, 413);
}

TEST_F(HttpConnectionTest, ExpectContinue) {
  Start();
  Client client(port());
  const std::string request = Post("/e", "body", "Expect: 100-continue\r\n");
  ASSERT_TRUE(client.Send(Post("/hold", "first") + request.substr(0, request.size() - 4)));
  held_.WaitFor(1);
  EXPECT_TRUE(client.IsQuiet(milliseconds(50)));
  held_.Answer(0);
  EXPECT_EQ(client.Read().body, "first");
  EXPECT_EQ(client.Read().status, 100);
  ASSERT_TRUE(client.Send("body"));
  EXPECT_EQ(client.Read().body, "POST /e body");
  ASSERT_TRUE(
      client.Send(Post("/e", std::string(16 * 1024 * 1024 + 1, 'x'), "Expect: 100-continue\r\n")
                      .substr(0, 90)));
  EXPECT_EQ(client.Read().status, 413);
}

TEST_F(HttpConnectionTest, HeadLimits) {
  Start();
  const auto status = [&](const std::string& request) {
    Client client(port());
    client.Send(request);
    const ClientAnswer answer = client.Read();
    if (answer.status == 400) {
      EXPECT_TRUE(client.IsClosed());
    }
    return answer.status;
  };
  const auto with_header = [](size_t size) {
    return "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(size, 'x') + "\r\n\r\n";
  };
  const auto with_path = [](size_t size) {
    return "GET /" + std::string(size, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n";
  };
  EXPECT_EQ(status(with_header(16 * 1024 - 50)), 200);
  EXPECT_EQ(status(with_header(16 * 1024)), 400);
  EXPECT_EQ(status(with_header(100'000)), 400);
  EXPECT_EQ(status(with_path(16 * 1024 - 50)), 200);
  EXPECT_EQ(status(with_path(16 * 1024)), 400);
  EXPECT_EQ(status(with_path(100'000)), 400);
  std::string many = "GET / HTTP/1.1\r\n";
  for (int i = 0; i < 300; ++i) many += "A: b\r\n";
  EXPECT_EQ(status(many + "\r\n"), 400);
}

TEST_F(HttpConnectionTest, MalformedRequests) {
  Start();
  for (const std::string& request :
       {std::string("nonsense\r\n\r\n"), std::string("GET  HTTP/1.1\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nbad header\r\n\r\n"), std::string("GET / HTTP/2.7\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        std::string(
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nX-Test: a\r\n b\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nA\1: b\r\n\r\n")}) {
    Client client(port());
    ASSERT_TRUE(client.Send(request));
    const ClientAnswer answer = client.Read();
    EXPECT_EQ(answer.status, 400) << request;
    EXPECT_EQ(answer.headers.at("connection"), "close");
    EXPECT_TRUE(client.IsClosed()) << request;
  }
}

TEST_F(HttpConnectionTest, HeadersAsSent) {
  Start();
  Client client(port());
  ASSERT_TRUE(client.Send(
      "GET /header HTTP/1.1\r\nX-TEST:  a  b \r\n\r\nGET http://host/header?x HTTP/1.1\r\n\r\n"
      "HEAD /header HTTP/1.1\r\n\r\nGET http://host HTTP/1.1\r\n\r\n"));
  EXPECT_EQ(client.Read().body, "a  b");
  EXPECT_EQ(client.Read().body, "(none)");
  const ClientAnswer head = client.Read(/*head_only=*/true);
  EXPECT_EQ(head.headers.at("content-length"), "6");
  EXPECT_EQ(client.Read().body, "GET / ");
}

TEST_F(HttpConnectionTest, HalfClosedClientGetsItsAnswers) {
  Start();
  Client client(port());
  ASSERT_TRUE(
      client.Send(Post("/hold", "1") + Post("/x", "2") + "POST /cut HTTP/1.1\r\nContent-Le"));
  client.EndOfSending();
  held_.WaitFor(1);
  std::this_thread::sleep_for(milliseconds(20));
  held_.Answer(0);
  EXPECT_EQ(client.Read().body, "1");
  EXPECT_EQ(client.Read().body, "POST /x 2");
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpConnectionTest, ClientThatLeavesBeforeItsAnswer) {
  Start();
  {
    Client client(port());
    ASSERT_TRUE(client.Send(Post("/hold", "1")));
    held_.WaitFor(1);
  }
  held_.Answer(0);
  WaitForConnections(0);
}

TEST_F(HttpConnectionTest, AnAnswerThatNeverComesClosesTheConnection) {
  Start();
  Client dropped(port());
  ASSERT_TRUE(dropped.Send(Post("/drop", "")));
  EXPECT_TRUE(dropped.IsClosed());
  Client elsewhere(port());
  ASSERT_TRUE(elsewhere.Send(Post("/hold", "")));
  held_.WaitFor(1);
  held_.Drop();
  EXPECT_TRUE(elsewhere.IsClosed());
  WaitForConnections(0);
}

TEST_F(HttpConnectionTest, Timeouts) {
  HttpServerOptions options = Quick();
  options.limits.idle_timeout = std::chrono::seconds(2);  // to send something in
  Start(options);
  Client idle(port()), head(port()), body(port()), chunks(port()), used(port());
  ASSERT_TRUE(head.Send("POST / HT"));
  const std::string request = Post("/", "abc");
  ASSERT_TRUE(body.Send(request.substr(0, request.size() - 1)));
  ASSERT_TRUE(chunks.Send(Chunked({"ab"}, "")));
  ASSERT_TRUE(used.Send(Post("/", "abc")));
  EXPECT_EQ(used.Read().status, 200);
  for (Client* client : {&idle, &head, &body, &chunks, &used}) EXPECT_TRUE(client->IsClosed());
  EXPECT_EQ(server_->shared().timed_out, 5u);
}

TEST_F(HttpConnectionTest, SlowBodiesAreWaitedFor) {
  HttpServerOptions options = Quick();
  options.limits.body_timeout = options.limits.idle_timeout = std::chrono::seconds(10);
  Start(options);
  Client client(port());
  const std::string request = Post("/", "abcdefgh");
  ASSERT_TRUE(client.Send(request.substr(0, request.size() - 8)));
  for (char c : std::string_view("abcdefgh")) {
    std::this_thread::sleep_for(milliseconds(40));
    ASSERT_TRUE(client.Send({&c, 1}));
  }
  EXPECT_EQ(client.Read().body, "POST / abcdefgh");
}

TEST_F(HttpConnectionTest, SlowHeadsAreNot) {
  Start(Quick());
  Client client(port());
  bool taken = true;
  for (int i = 0; i < 20 && taken; ++i) {
    taken = client.Send("G") && client.IsQuiet(milliseconds(25));
  }
  EXPECT_TRUE(client.IsClosed());
}

TEST_F(HttpConnectionTest, ClientThatDoesNotRead) {
  Start(Quick());
  Client client(port());
  ASSERT_TRUE(client.Send("GET /big?50000000 HTTP/1.1\r\n\r\n"));
  ASSERT_TRUE(WaitFor([&] { return server_->shared().timed_out == 1; }));
  WaitForConnections(0);
}

TEST_F(HttpConnectionTest, RequestsUnderWayAreNotIdle) {
  HttpServerOptions options = Quick();
  options.limits.idle_timeout = milliseconds(1000);
  Start(options);
  Client client(port());
  ASSERT_TRUE(client.Send(Post("/hold", "late")));
  held_.WaitFor(1);
  std::this_thread::sleep_for(milliseconds(2000));
  held_.Answer(0);
  EXPECT_EQ(client.Read().body, "late");
}

TEST_F(HttpConnectionTest, TooManyConnections) {
  HttpServerOptions options;
  options.max_connections = 2;
  Start(options);
  Client one(port()), two(port());
  ASSERT_TRUE(one.Send(Post("/", "1")));
  EXPECT_EQ(one.Read().status, 200);
  ASSERT_TRUE(two.Send(Post("/", "2")));
  EXPECT_EQ(two.Read().status, 200);
  Client three(port());
  EXPECT_TRUE(three.IsClosed());
  EXPECT_EQ(server_->shared().turned_away, 1u);
  one.Close();
  WaitForConnections(1);
  Client four(port());
  ASSERT_TRUE(four.Send(Post("/", "4")));
  EXPECT_EQ(four.Read().status, 200);
}

TEST_F(HttpConnectionTest, MemoryForBodiesIsBounded) {
  HttpServerOptions options;
  options.body_budget = 1024 * 1024;
  Start(options);
  Client large(port());
  large.Send(Post("/", std::string(2 * 1024 * 1024, 'x')));
  const ClientAnswer answer = large.Read();
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.headers.at("connection"), "close");
  Client chunked(port());
  chunked.Send(Chunked({std::string(2 * 1024 * 1024, 'x')}));
  EXPECT_EQ(chunked.Read().status, 503);
  Client small(port());
  ASSERT_TRUE(small.Send(Post("/", std::string(100'000, 'x'))));
  EXPECT_EQ(small.Read().status, 200);
  EXPECT_EQ(UsedInTheEnd(server_->shared().budget), 0u);
}

TEST_F(HttpConnectionTest, StopFinishesWhatIsUnderWay) {
  Start();
  Client busy(port()), idle(port());
  ASSERT_TRUE(busy.Send(Post("/hold", "last")));
  held_.WaitFor(1);
  WaitForConnections(2);
  std::thread stop([this] {
    const auto start = std::chrono::steady_clock::now();
    server_->Stop(std::chrono::seconds(60));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  });
  EXPECT_TRUE(idle.IsClosed());
  EXPECT_FALSE(Client(port()).connected());
  held_.Answer(0);
  const ClientAnswer answer = busy.Read();
  EXPECT_EQ(answer.body, "last");
  EXPECT_EQ(answer.headers.at("connection"), "close");
  stop.join();  // although the client keeps its end open
  EXPECT_TRUE(busy.IsClosed());
}

TEST_F(HttpConnectionTest, StopIsBoundedAndLateAnswersDoNoHarm) {
  Start();
  Client busy(port());
  ASSERT_TRUE(busy.Send(Post("/hold", "never")));
  held_.WaitFor(1);
  const auto start = std::chrono::steady_clock::now();
  server_->Stop(milliseconds(100));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
  held_.Answer(0);
  held_.Drop();
  server_.reset();
  EXPECT_TRUE(busy.IsClosed());
}

TEST_F(HttpConnectionTest, ConnectionsSpreadOverThreads) {
  HttpServerOptions options;
  options.threads = 3;
  Start(options);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 30; ++i) clients.push_back(std::make_unique<Client>(port()));
  for (auto& client : clients) ASSERT_TRUE(client->Send(Post("/", "x")));
  for (auto& client : clients) EXPECT_EQ(client->Read().status, 200);
}

size_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

TEST_F(HttpConnectionTest, IdleConnectionsHoldLittleMemory) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers keep memory of their own";
#endif
  Start();
  constexpr size_t kCount = 400;  // two descriptors each: a limit of 1,024 is usual
  const auto use = [&](Client* client) {
    ASSERT_TRUE(
        client->Send(Post("/", std::string(100'000, 'x')) + "GET /big?100000 HTTP/1.1\r\n\r\n"));
    EXPECT_EQ(client->Read().status, 200);
    EXPECT_EQ(client->Read().status, 200);
  };
  std::vector<std::unique_ptr<Client>> clients;
  for (size_t i = 0; i < 20; ++i) use(clients.emplace_back(std::make_unique<Client>(port())).get());
  const size_t before = ResidentBytes();
  for (size_t i = 0; i < kCount; ++i)
    use(clients.emplace_back(std::make_unique<Client>(port())).get());
  const size_t after = ResidentBytes();
  EXPECT_LT((after - before) / kCount, 8192u);
  EXPECT_EQ(UsedInTheEnd(server_->shared().budget), 0u);
}

TEST(HttpServer, PortInUse) {
  SystemClock clock;
  Held held;
  const auto make = [&] { return std::make_unique<TestHandler>(&held); };
  auto first = HttpServer::Start({}, &clock, make);
  ASSERT_TRUE(first);
  HttpServerOptions options;
  options.port = (*first)->port();
  auto second = HttpServer::Start(options, &clock, make);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().message, "cannot listen on 127.0.0.1 port " +
                                        std::to_string(options.port) +
                                        ": the port is in use by another program");
  options.address = "localhost";
  EXPECT_EQ(HttpServer::Start(options, &clock, make).error().message,
            "'localhost' is not an IP address");
}

}  // namespace
}  // namespace stator
