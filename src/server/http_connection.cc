#include "server/http_connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "server/http_answer.h"
#include "server/input_buffer.h"
#include "server/request_parser.h"

namespace stator {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<Socket>;

// Answers that wait behind one that is being written; beyond it the client gets no further ones.
constexpr size_t kMaxBacklog = 256 * 1024;
// What a client may still send after an answer that ends the connection.
constexpr size_t kMaxLingerBytes = 64 * 1024 * 1024;
constexpr size_t kSmallBuffer = 1024;

// A chunked body as it comes in, joined.
struct ChunkedBody {
  ChunkedBody(std::string_view head, size_t max_size, MemoryBudget* memory_budget)
      : parser(head, [this](std::string_view bytes) { return Take(bytes); }),
        limit(max_size),
        budget(memory_budget) {}
  ~ChunkedBody() { budget->Release(charged); }

  bool Take(std::string_view bytes) {
    const size_t size = body.size() + bytes.size();
    if (size > limit) return false;
    if (size + kBodyPadding > body.capacity()) {
      const size_t capacity = std::max(size + kBodyPadding, 2 * body.capacity());
      if (!budget->TryCharge(capacity - charged)) {
        over_budget = true;
        return false;
      }
      charged = capacity;
      body.reserve(capacity);
    }
    body.append(bytes);
    return true;
  }

  ChunkedBodyParser parser;
  std::string body;
  size_t limit;
  MemoryBudget* budget;
  size_t charged = 0;
  bool over_budget = false;
};

// Requests are numbered in the order they came; answers are sent in the same order. An interim
// answer
// ("100 Continue") takes a number of its own.
template <class Stream>
class HttpConnection final : public Connection,
                             public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  HttpConnection(EventLoop* loop, Stream stream)
      : loop_(*loop),
        stream_(std::move(stream)),
        since_(loop->now()),
        input_(&loop->shared().budget) {}
  ~HttpConnection() override { Close(); }

  void Start();
  void CheckDeadline(int64_t now) override;
  void Shutdown() override;

 private:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  enum class Phase {
    kHandshake,
    kIdle,       // between requests
    kHead,       // the head of a request has begun
    kBody,       // head_ is complete, its body is not
    kLingering,  // all is said; waiting for the client to close
    kClosed,
  };

  // Where the answer to one request goes. Destroyed without an answer, it closes the connection.
  class Reply {
   public:
    Reply(std::shared_ptr<HttpConnection> connection, uint64_t number, AnswerForm form)
        : connection_(std::move(connection)), number_(number), form_(form) {}
    Reply(Reply&&) noexcept = default;
    Reply& operator=(Reply&&) = delete;
    ~Reply() {
      if (connection_ == nullptr) return;
      EventLoop& loop = connection_->loop_;
      // The last reference must go on the loop's thread: it owns the socket.
      asio::post(loop.io(), [connection = std::move(connection_)] { connection->Close(); });
    }
    void operator()(HttpAnswer answer) {
      auto connection = std::move(connection_);
      EventLoop& loop = connection->loop_;
      if (loop.InThisThread()) {
        connection->OnAnswer(number_, form_, answer);
        return;
      }
      asio::post(loop.io(),
                 [connection = std::move(connection), number = number_, form = form_,
                  answer = std::move(answer)] { connection->OnAnswer(number, form, answer); });
    }

   private:
    std::shared_ptr<HttpConnection> connection_;
    uint64_t number_;
    AnswerForm form_;
  };

  Socket& socket() {
    if constexpr (kTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }
  size_t under_way() const { return next_request_ - next_answer_; }
  bool MayTakeRequest() const {
    return !last_taken_ && under_way() < loop_.shared().limits.max_pipelined &&
           !(writing_ && pending_.size() > kMaxBacklog);
  }
  void EnterPhase(Phase phase) {
    phase_ = phase;
    since_ = loop_.now();
  }

  void Advance();
  void TakeRequests();
  bool ReadHead();
  bool ReadBody();
  bool ReadChunks();
  void Dispatch(bool body_refused);
  void Refuse(int status);
  void SendContinue();

  void OnAnswer(uint64_t number, AnswerForm form, const HttpAnswer& answer);
  std::string* PlaceOf(uint64_t number);
  void AdvanceAnswers();

  void Flush();
  void WriteRest();
  void OnWritten();
  void StartRead();
  void OnRead(const error_code& error, size_t n);
  void Linger();
  void Close();

  EventLoop& loop_;
  Stream stream_;
  Phase phase_ = Phase::kHandshake;
  int64_t since_;  // of the phase, or of its last progress

  InputBuffer input_;
  size_t searched_ = 0;  // unread bytes in which no head ends
  RequestHead head_;
  size_t chunks_used_ = 0;  // bytes behind the head that chunked_ is done with
  std::unique_ptr<ChunkedBody> chunked_;
  bool reading_ = false;
  bool dispatching_ = false;
  bool last_taken_ = false;   // no further request will be taken
  bool client_done_ = false;  // the client sends no more
  size_t lingered_ = 0;

  uint64_t next_request_ = 0;
  uint64_t next_answer_ = 0;
  std::vector<std::string> held_;  // answers that wait for an earlier one; by number modulo size
  std::string pending_;            // to be written next
  std::string out_;                // being written
  size_t out_done_ = 0;
  bool writing_ = false;
  int64_t write_since_ = 0;
};

template <class Stream>
void HttpConnection<Stream>::Start() {
  loop_.Add(this);
  error_code ignored;
  socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  if constexpr (kTls) {
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = this->shared_from_this()](const error_code& error) {
                              if (error) return self->Close();
                              self->EnterPhase(Phase::kIdle);
                              self->Advance();
                            });
  } else {
    socket().non_blocking(true, ignored);
    EnterPhase(Phase::kIdle);
    Advance();
  }
}

template <class Stream>
void HttpConnection<Stream>::CheckDeadline(int64_t now) {
  const HttpLimits& limits = loop_.shared().limits;
  const auto passed = [now](int64_t since, std::chrono::milliseconds timeout) {
    return now - since > timeout.count() * 1000;
  };
  bool late = writing_ && passed(write_since_, limits.write_timeout);
  switch (phase_) {
    case Phase::kHandshake:
      late |= passed(since_, limits.header_timeout);
      break;
    case Phase::kIdle:
      late |= under_way() == 0 && !writing_ && passed(since_, limits.idle_timeout);
      break;
    case Phase::kHead:
      late |= reading_ && passed(since_, limits.header_timeout);
      break;
    case Phase::kBody:
      late |= reading_ && passed(since_, limits.body_timeout);
      break;
    case Phase::kLingering:
      late |= passed(since_, limits.linger_timeout);
      break;
    case Phase::kClosed:
      break;
  }
  if (!late) return;
  loop_.shared().timed_out.fetch_add(1, std::memory_order_relaxed);
  Close();
}

template <class Stream>
void HttpConnection<Stream>::Shutdown() {
  if (phase_ == Phase::kClosed) return;
  last_taken_ = true;
  // A client that keeps its end open must not hold up the stop, unless it is still sending.
  error_code ignored;
  if (phase_ == Phase::kLingering && socket().available(ignored) > 0) return;
  if (under_way() == 0 && !writing_) Close();
}

// Whatever has changed: takes what requests it can, sends what answers it has, then waits for more.
template <class Stream>
void HttpConnection<Stream>::Advance() {
  if (phase_ == Phase::kClosed || phase_ == Phase::kLingering) return;
  TakeRequests();
  Flush();
  if (phase_ == Phase::kClosed || phase_ == Phase::kLingering || dispatching_) return;
  if (last_taken_ && under_way() == 0 && !writing_) {
    client_done_ ? Close() : Linger();
  } else if (MayTakeRequest() && !reading_) {
    StartRead();
  }
}

template <class Stream>
void HttpConnection<Stream>::TakeRequests() {
  if (dispatching_) return;
  dispatching_ = true;
  while (MayTakeRequest()) {
    if (phase_ != Phase::kBody && !ReadHead()) break;
    if (!ReadBody()) break;
    Dispatch(false);
  }
  dispatching_ = false;
  // A client that is done leaves what it began unfinished.
  if (client_done_ && MayTakeRequest()) last_taken_ = true;
}

// True once head_ is that of the next request.
template <class Stream>
bool HttpConnection<Stream>::ReadHead() {
  while (input_.unread().starts_with("\r\n")) input_.Consume(2);  // RFC 7230, 3.5
  const std::string_view unread = input_.unread();
  if (unread.empty()) return false;
  if (phase_ == Phase::kIdle) EnterPhase(Phase::kHead);
  const size_t end = unread.find("\r\n\r\n", searched_);
  if (end == std::string_view::npos) {
    searched_ = unread.size() < 3 ? 0 : unread.size() - 3;
    if (unread.size() > kMaxRequestHead) Refuse(400);
    return false;
  }
  searched_ = 0;
  if (!ParseRequestHead(unread.substr(0, end + 4), &head_)) {
    Refuse(400);
    return false;
  }
  if (head_.content_length > loop_.shared().limits.max_body) {
    Refuse(413);
    return false;
  }
  EnterPhase(Phase::kBody);
  if (head_.chunked) {
    chunks_used_ = 0;
    chunked_ = std::make_unique<ChunkedBody>(
        unread.substr(0, head_.size), loop_.shared().limits.max_body, &loop_.shared().budget);
  }
  const bool has_body = head_.chunked || head_.content_length > 0;
  if (head_.expects_continue && has_body && !head_.http_1_0 && unread.size() == head_.size)
    SendContinue();
  return true;
}

// True once the whole body is there.
template <class Stream>
bool HttpConnection<Stream>::ReadBody() {
  if (head_.chunked) return ReadChunks();
  return input_.size() >= head_.size + head_.content_length;
}

template <class Stream>
bool HttpConnection<Stream>::ReadChunks() {
  size_t used = 0;
  const auto state =
      chunked_->parser.Feed(input_.unread().substr(head_.size + chunks_used_), &used);
  chunks_used_ += used;
  switch (state) {
    case ChunkedBodyParser::State::kDone:
      return true;
    case ChunkedBodyParser::State::kNeedMore:
      return false;
    case ChunkedBodyParser::State::kMalformed:
      Refuse(400);
      return false;
    case ChunkedBodyParser::State::kRefused:
      break;
  }
  if (chunked_->over_budget) {
    Dispatch(true);
  } else {
    Refuse(413);
  }
  return false;
}

template <class Stream>
void HttpConnection<Stream>::Dispatch(bool body_refused) {
  HttpRequest request;
  request.method = head_.method;
  request.path = head_.path;
  request.query = head_.query;
  request.headers = head_.headers;
  request.body_refused = body_refused;
  size_t used = head_.size;
  if (body_refused) {
    last_taken_ = true;
  } else if (head_.chunked) {
    request.body = chunked_->body;
    used += chunks_used_;
  } else {
    request.body = input_.unread().substr(head_.size, head_.content_length);
    used += head_.content_length;
  }
  if (!head_.keep_alive) last_taken_ = true;
  const AnswerForm form{head_.keep_alive && !body_refused, head_.method == "HEAD"};
  const bool outer = std::exchange(dispatching_, true);
  loop_.handler().Handle(request, Reply(this->shared_from_this(), next_request_++, form));
  dispatching_ = outer;
  input_.Consume(used);
  if (!reading_) input_.Shrink();
  chunked_.reset();
  EnterPhase(Phase::kIdle);
}

// Answers what is not a request that anyone can handle, and ends the connection.
template <class Stream>
void HttpConnection<Stream>::Refuse(int status) {
  last_taken_ = true;
  const uint64_t number = next_request_++;
  AppendRefusal(status, head_.http_1_0, loop_.HttpDate(), PlaceOf(number));
  if (number == next_answer_) AdvanceAnswers();
}

template <class Stream>
void HttpConnection<Stream>::SendContinue() {
  const uint64_t number = next_request_++;
  PlaceOf(number)->append("HTTP/1.1 100 Continue\r\n\r\n");
  if (number == next_answer_) AdvanceAnswers();
}

template <class Stream>
void HttpConnection<Stream>::OnAnswer(uint64_t number, AnswerForm form, const HttpAnswer& answer) {
  if (phase_ == Phase::kClosed) return;
  if (last_taken_ && number + 1 == next_request_) form.keep_alive = false;
  AppendAnswer(answer, form, loop_.HttpDate(), PlaceOf(number));
  if (number == next_answer_) AdvanceAnswers();
  // While earlier requests kept us from reading, the client's time did not run.
  since_ = loop_.now();
  if (!dispatching_) Advance();
}

// Where the bytes of an answer go: out, if it is the next one.
template <class Stream>
std::string* HttpConnection<Stream>::PlaceOf(uint64_t number) {
  if (number == next_answer_) {
    if (pending_.empty() && pending_.capacity() < kSmallBuffer) pending_ = loop_.TakeBuffer();
    return &pending_;
  }
  // One more than may be under way: the refusal of what follows them.
  if (held_.empty()) held_.resize(loop_.shared().limits.max_pipelined + 1);
  return &held_[number % held_.size()];
}

template <class Stream>
void HttpConnection<Stream>::AdvanceAnswers() {
  ++next_answer_;
  if (held_.empty()) return;
  for (std::string* next = &held_[next_answer_ % held_.size()]; !next->empty();
       next = &held_[next_answer_ % held_.size()]) {
    pending_.append(*next);
    std::string().swap(*next);
    ++next_answer_;
  }
}

template <class Stream>
void HttpConnection<Stream>::Flush() {
  while (!writing_ && !pending_.empty() && phase_ != Phase::kClosed) {
    out_.swap(pending_);
    out_done_ = 0;
    writing_ = true;
    write_since_ = loop_.now();
    if constexpr (!kTls) {
      // Most answers fit the socket's buffer: no need to go through the reactor.
      error_code error;
      out_done_ = stream_.write_some(asio::buffer(out_), error);
      if (error && error != asio::error::would_block) return Close();
    }
    if (out_done_ < out_.size()) return WriteRest();
    OnWritten();
  }
}

template <class Stream>
void HttpConnection<Stream>::WriteRest() {
  stream_.async_write_some(asio::buffer(out_) + out_done_,
                           [self = this->shared_from_this()](const error_code& error, size_t n) {
                             if (self->phase_ == Phase::kClosed) return;
                             if (error) return self->Close();
                             self->out_done_ += n;
                             self->write_since_ = self->loop_.now();
                             if (self->out_done_ < self->out_.size()) return self->WriteRest();
                             self->OnWritten();
                             self->Advance();
                           });
}

template <class Stream>
void HttpConnection<Stream>::OnWritten() {
  writing_ = false;
  loop_.GiveBackBuffer(std::move(out_));
  out_ = {};
  since_ = loop_.now();
}

template <class Stream>
void HttpConnection<Stream>::StartRead() {
  size_t wanted = input_.size() + 1;
  if (phase_ == Phase::kBody && !head_.chunked) {
    wanted = head_.size + head_.content_length;
  } else if (phase_ == Phase::kBody) {
    input_.Erase(head_.size, chunks_used_);
    chunks_used_ = 0;
    wanted = std::max(wanted, head_.size + kMaxRequestHead);
  } else if (input_.size() > 0) {
    wanted = std::max(wanted, 2 * input_.size());
  } else {
    input_.Shrink();
  }
  const char* before = input_.data();
  if (!input_.Reserve(wanted)) {
    phase_ == Phase::kBody ? Dispatch(true) : Refuse(503);
    return Advance();
  }
  if (phase_ == Phase::kBody && input_.data() != before) head_.Shift(input_.data() - before);
  reading_ = true;
  stream_.async_read_some(asio::buffer(input_.tail(), input_.room()),
                          [self = this->shared_from_this()](const error_code& error, size_t n) {
                            self->OnRead(error, n);
                          });
}

template <class Stream>
void HttpConnection<Stream>::OnRead(const error_code& error, size_t n) {
  reading_ = false;
  if (phase_ == Phase::kClosed) return;
  if (phase_ == Phase::kLingering) {
    lingered_ += n;
    if (error || lingered_ > kMaxLingerBytes) return Close();
    return Linger();
  }
  if (error) {
    const bool end = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
    if (!end) return Close();
    client_done_ = true;
  }
  input_.Append(n);
  if (phase_ == Phase::kBody) since_ = loop_.now();
  Advance();
}

// Says that we are done, and reads until the client is: closing with unread bytes would make the
// kernel throw away the answer that is still on its way.
template <class Stream>
void HttpConnection<Stream>::Linger() {
  if (phase_ != Phase::kLingering) {
    EnterPhase(Phase::kLingering);
    error_code ignored;
    socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }
  if (reading_) return;
  reading_ = true;
  input_.Consume(input_.size());
  input_.Shrink();
  stream_.async_read_some(asio::buffer(input_.tail(), input_.room()),
                          [self = this->shared_from_this()](const error_code& error, size_t n) {
                            self->OnRead(error, n);
                          });
}

template <class Stream>
void HttpConnection<Stream>::Close() {
  if (phase_ == Phase::kClosed) return;
  phase_ = Phase::kClosed;
  error_code ignored;
  socket().close(ignored);
  loop_.Remove(this);
  loop_.shared().connections.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace

void ServeConnection(EventLoop* loop, Socket socket, asio::ssl::context* tls) {
  if (tls == nullptr) {
    std::make_shared<HttpConnection<Socket>>(loop, std::move(socket))->Start();
  } else {
    std::make_shared<HttpConnection<TlsStream>>(loop, TlsStream(std::move(socket), *tls))->Start();
  }
}

}  // namespace stator
