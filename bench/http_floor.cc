// What HTTP alone costs: the server's own connections, answering every request with the same
// kilobyte. `load --fixed-signature` against it gives the floor under every other figure.
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include "base/crc32.h"
#include "server/http_server.h"

namespace {

class ConstantHandler final : public stator::HttpHandler {
 public:
  void Handle(const stator::HttpRequest&, stator::HttpDone done) override {
    stator::HttpAnswer answer;
    answer.content_type = "application/x-amz-json-1.0";
    answer.request_id.fill('A');
    answer.body = body_;
    answer.crc32 = stator::Crc32(answer.body);
    done(std::move(answer));
  }

 private:
  const std::string body_ = R"({"Item":{"p":{"S":")" + std::string(1000, 'x') + R"("}}})";
};

}  // namespace

int main(int argc, char** argv) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  const stator::SystemClock clock;
  stator::HttpServerOptions options;
  options.port = static_cast<uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8000);
  options.threads = argc > 2 ? std::atoi(argv[2]) : 1;
  auto server = stator::HttpServer::Start(options, &clock,
                                          [] { return std::make_unique<ConstantHandler>(); });
  if (!server) {
    std::cerr << server.error().message << "\n";
    return 1;
  }
  std::cout << "port " << (*server)->port() << ", " << options.threads << " thread(s)" << std::endl;
  int signal = 0;
  sigwait(&stop, &signal);
  return 0;
}
