#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <sys/socket.h>

#include <cstdio>
#include <memory>
#include <string>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

#include "base/temp_dir.h"
#include "server/http_server.h"

namespace stator {
namespace {

class TlsHandler final : public HttpHandler {
 public:
  void Handle(const HttpRequest& request, HttpDone done) override {
    HttpAnswer answer;
    answer.body = request.path == "/big" ? std::string(3'000'000, 'b') : std::string(request.body);
    done(std::move(answer));
  }
};

class TlsTest : public testing::Test {
 protected:
  TlsTest() {
    EVP_PKEY* pkey = EVP_EC_gen("P-256");
    X509* x509 = X509_new();
    X509_gmtime_adj(X509_getm_notBefore(x509), 0);
    X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
    X509_set_pubkey(x509, pkey);
    X509_sign(x509, pkey, EVP_sha256());
    FILE* file = std::fopen(certificate_.c_str(), "w");
    PEM_write_X509(file, x509);
    std::fclose(file);
    file = std::fopen(key_.c_str(), "w");
    PEM_write_PrivateKey(file, pkey, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_free(x509);
    EVP_PKEY_free(pkey);
  }
  Result<std::unique_ptr<HttpServer>> Start(
      const std::string& certificate, const std::string& key,
      std::chrono::milliseconds header_timeout = std::chrono::seconds(30)) {
    HttpServerOptions options;
    options.tls_certificate = certificate;
    options.tls_key = key;
    options.limits.header_timeout = header_timeout;
    return HttpServer::Start(options, &clock_, [] { return std::make_unique<TlsHandler>(); });
  }

  SystemClock clock_;
  TempDir dir_;
  const std::string certificate_ = dir_.file("certificate.pem");
  const std::string key_ = dir_.file("key.pem");
};

int Connect(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const timeval ten_seconds{10, 0};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &ten_seconds, sizeof(ten_seconds));
  return fd;
}

// All that the server sends until `length` bytes follow the first empty line.
std::string ReadAnswer(SSL* ssl, size_t length) {
  std::string all;
  char bytes[16384];
  while (all.find("\r\n\r\n") == std::string::npos ||
         all.size() - all.find("\r\n\r\n") - 4 < length) {
    const int n = SSL_read(ssl, bytes, sizeof(bytes));
    if (n <= 0) break;
    all.append(bytes, static_cast<size_t>(n));
  }
  return all;
}

TEST_F(TlsTest, ServesHttps) {
  auto server = Start(certificate_, key_);
  ASSERT_TRUE(server) << server.error().message;
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  const int fd = Connect((*server)->port());
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, fd);
  ASSERT_EQ(SSL_connect(ssl), 1);
  for (const std::string body : {"hello", "again"}) {
    const std::string request = "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n" + body;
    ASSERT_GT(SSL_write(ssl, request.data(), static_cast<int>(request.size())), 0);
    EXPECT_TRUE(ReadAnswer(ssl, 5).ends_with("\r\n\r\n" + body));
  }
  const std::string request = "GET /big HTTP/1.1\r\nConnection: close\r\n\r\n";
  ASSERT_GT(SSL_write(ssl, request.data(), static_cast<int>(request.size())), 0);
  EXPECT_TRUE(ReadAnswer(ssl, 3'000'000).ends_with("\r\n\r\n" + std::string(3'000'000, 'b')));
  // The end is said, not only reached.
  char byte;
  EXPECT_EQ(SSL_get_error(ssl, SSL_read(ssl, &byte, 1)), SSL_ERROR_ZERO_RETURN);
  EXPECT_TRUE(SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl);
  close(fd);
  SSL_CTX_free(context);
}

// A client of the tests that is connected, until it goes out of scope.
struct TlsClient {
  explicit TlsClient(uint16_t port) : fd(Connect(port)) {
    SSL_set_fd(ssl, fd);
    EXPECT_EQ(SSL_connect(ssl), 1);
  }
  ~TlsClient() {
    SSL_free(ssl);
    close(fd);
    SSL_CTX_free(context);
  }
  void Send(const std::string& text) {
    ASSERT_GT(SSL_write(ssl, text.data(), static_cast<int>(text.size())), 0);
  }
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL* ssl = SSL_new(context);
  int fd;
};

TEST_F(TlsTest, LargeBodiesAndPipelines) {
  auto server = Start(certificate_, key_);
  ASSERT_TRUE(server);
  TlsClient client((*server)->port());
  const std::string body(200'000, 'x');
  const std::string request = "POST / HTTP/1.1\r\nContent-Length: 200000\r\n\r\n" + body;
  client.Send(request + request + request);
  for (int i = 0; i < 3; ++i) {
    std::string all;
    char bytes[1000];
    while (all.find("xxxx") == std::string::npos || all.size() < all.find("xxxx") + body.size()) {
      const int wanted = all.find("xxxx") == std::string::npos
                             ? 1
                             : static_cast<int>(std::min(
                                   sizeof(bytes), all.find("xxxx") + body.size() - all.size()));
      const int n = SSL_read(client.ssl, bytes, wanted);
      ASSERT_GT(n, 0);
      all.append(bytes, static_cast<size_t>(n));
    }
    EXPECT_TRUE(all.ends_with("\r\n\r\n" + body));
  }
}

TEST_F(TlsTest, AClientThatSaysItIsDoneIsTold) {
  auto server = Start(certificate_, key_);
  ASSERT_TRUE(server);
  TlsClient client((*server)->port());
  client.Send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_EQ(SSL_shutdown(client.ssl), 0);
  EXPECT_TRUE(ReadAnswer(client.ssl, 5).ends_with("hello"));
  EXPECT_EQ(SSL_shutdown(client.ssl), 1);
}

TEST_F(TlsTest, AClientThatLeavesDuringItsAnswerDoesNoHarm) {
  auto server = Start(certificate_, key_);
  ASSERT_TRUE(server);
  for (int i = 0; i < 20; ++i) {
    TlsClient client((*server)->port());
    client.Send("GET /big HTTP/1.1\r\n\r\nGET /big HTTP/1.1\r\n\r\n");
  }
  TlsClient client((*server)->port());
  client.Send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello");
  EXPECT_TRUE(ReadAnswer(client.ssl, 5).ends_with("hello"));
}

TEST_F(TlsTest, ClientsThatDoNotSpeakTls) {
  auto server = Start(certificate_, key_, std::chrono::milliseconds(300));
  ASSERT_TRUE(server);
  char byte;
  const int plain = Connect((*server)->port());
  ASSERT_GT(send(plain, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 0);
  while (recv(plain, &byte, 1, 0) > 0) continue;  // an alert, perhaps, and the end
  const int silent = Connect((*server)->port());
  EXPECT_EQ(recv(silent, &byte, 1, 0), 0);  // closed when the time for a handshake is over
  close(plain);
  close(silent);
}

TEST_F(TlsTest, UnusableFiles) {
  auto missing = Start("/does/not/exist", key_);
  ASSERT_FALSE(missing);
  EXPECT_TRUE(
      missing.error().message.starts_with("cannot use /does/not/exist as the TLS certificate: "))
      << missing.error().message;
  auto swapped = Start(certificate_, certificate_);
  ASSERT_FALSE(swapped);
  EXPECT_TRUE(
      swapped.error().message.starts_with("cannot use " + certificate_ + " as the TLS key: "))
      << swapped.error().message;
}

}  // namespace
}  // namespace stator
