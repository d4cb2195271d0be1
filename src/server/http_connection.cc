#include "server/http_connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include "server/http_answer.h"
#include "server/large_requests.h"
#include "server/output_queue.h"
#include "server/tls_stream.h"

namespace stator {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Answers that the client has not taken; beyond it no further request of his is taken.
constexpr size_t kMaxBacklog = 256 * 1024;
// What a client must move within a time-out, if there is as much: it may be slow, but a byte now
// and then must not hold megabytes, nor a connection for days.
constexpr size_t kLeastProgress = 64 * 1024;
// When memory is used up, clients have this part of the usual time.
constexpr int kPressedPatience = 8;
// What a request is charged that is under way behind another one of its connection.
constexpr size_t kPipelinedCost = 4096;
// What a client may still send after an answer that ends the connection.
constexpr size_t kMaxLingerBytes = 64 * 1024 * 1024;
// What is read or written at once, so that other connections have their turn.
constexpr size_t kTurn = 128 * 1024;

// Requests are numbered in the order they came; answers are sent in the same order. An interim
// answer ("100 Continue") takes a number of its own.
template <class Stream>
class HttpConnection final : public Connection,
                             public std::enable_shared_from_this<HttpConnection<Stream>> {
 public:
  HttpConnection(EventLoop* loop, Stream stream)
      : loop_(*loop),
        stream_(std::move(stream)),
        since_(loop->now()),
        input_(&loop->shared().budget),
        answers_charge_(&loop->shared().budget) {}
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
    Reply(std::shared_ptr<HttpConnection> connection, uint64_t number, AnswerForm form,
          MemoryCharge charge)
        : connection_(std::move(connection)),
          number_(number),
          form_(form),
          charge_(std::move(charge)) {}
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
        connection->OnAnswer(number_, form_, std::move(answer));
        return;
      }
      asio::post(loop.io(), [connection = std::move(connection), number = number_, form = form_,
                             answer = std::move(answer)]() mutable {
        connection->OnAnswer(number, form, std::move(answer));
      });
    }

   private:
    std::shared_ptr<HttpConnection> connection_;
    uint64_t number_;
    AnswerForm form_;
    MemoryCharge charge_;
  };

  Socket& socket() {
    if constexpr (kTls) {
      return stream_.socket();
    } else {
      return stream_;
    }
  }
  size_t under_way() const { return next_request_ - pending_.number(); }
  size_t Unwritten() const { return out_.size() - out_done_ + pending_.size(); }
  bool HoldsMuch() const {
    return Unwritten() + input_.memory() + (chunked_ ? chunked_->body.size() : 0) >= kLeastProgress;
  }
  void NoteTaken();
  bool MayTakeRequest() const;
  void EnterPhase(Phase phase) {
    phase_ = phase;
    since_ = loop_.now();
    read_since_ = 0;
  }

  void Advance();
  void TakeAndSend();
  bool TakeRequests();
  bool ReadHead();
  bool ReadBody();
  bool ReadChunks();
  void Dispatch(bool body_refused);
  void Handle(const HttpRequest& request, size_t used, Reply reply);
  void Refuse(int status);
  void SendContinue();

  void OnAnswer(uint64_t number, AnswerForm form, HttpAnswer answer);
  template <class Append>
  void Answer(uint64_t number, const Append& append, std::string* rest = nullptr);

  void Flush();
  void WriteRest();
  void OnWritten();
  void StartRead();
  void Read();
  void OnRead(const error_code& error, size_t n);
  void Linger();
  void Close();

  EventLoop& loop_;
  Stream stream_;
  Phase phase_ = Phase::kHandshake;
  int64_t since_;          // of the phase, or of its last progress
  size_t read_since_ = 0;  // bytes of the body since then

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
  uint64_t large_end_ = 0;   // number behind that of the last large request
  size_t usual_answer_ = 0;  // bytes: the largest of late
  OutputQueue pending_;      // to be written next
  std::string out_;          // being written
  size_t out_done_ = 0;
  bool writing_ = false;
  int64_t write_since_ = 0;
  uint64_t sent_ = 0;   // bytes that the kernel has had of us
  uint64_t taken_ = 0;  // of these, what the client had taken when we last looked
  MemoryCharge answers_charge_;
};

template <class Stream>
void HttpConnection<Stream>::Start() {
  loop_.Add(this);
  error_code ignored;
  socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  socket().non_blocking(true, ignored);
  if constexpr (kTls) {
    stream_.async_handshake([self = this->shared_from_this()](const error_code& error) {
      if (self->phase_ == Phase::kClosed) return;
      if (error) return self->Close();
      self->EnterPhase(Phase::kIdle);
      self->Advance();
    });
  } else {
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
  // Who holds much memory and is slow has to go first.
  const int haste = HoldsMuch() && loop_.shared().budget.exhausted() ? kPressedPatience : 1;
  if (writing_) NoteTaken();
  bool late = writing_ && passed(write_since_, limits.write_timeout / haste);
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
      late |= reading_ && passed(since_, limits.body_timeout / haste);
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

// Whether the client has taken enough for its time to begin anew. That the kernel takes more from
// us does not tell: it does so when a third of its buffer is free, which may be megabytes.
template <class Stream>
void HttpConnection<Stream>::NoteTaken() {
  int queued = 0;
  if (::ioctl(socket().native_handle(), SIOCOUTQ, &queued) != 0) return;
  const uint64_t taken = sent_ - std::min<uint64_t>(sent_, static_cast<uint64_t>(queued));
  if (taken < taken_ + kLeastProgress) return;
  taken_ = taken;
  write_since_ = loop_.now();
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

// An answer that is much larger than usual may still come for each request under way: the budget of
// all connections bounds these. Behind a large request none is taken: there is one for a
// connection.
template <class Stream>
bool HttpConnection<Stream>::MayTakeRequest() const {
  const size_t backlog = Unwritten();
  if (last_taken_ || backlog > kMaxBacklog || pending_.number() < large_end_) return false;
  if (under_way() == 0) return true;
  return under_way() < loop_.shared().limits.max_pipelined &&
         backlog + (under_way() + 1) * usual_answer_ <= kMaxBacklog &&
         !loop_.shared().budget.exhausted();
}

// Whatever has changed: takes what requests it can, sends what answers it has, then waits for more.
template <class Stream>
void HttpConnection<Stream>::Advance() {
  if (phase_ == Phase::kClosed || phase_ == Phase::kLingering || dispatching_) return;
  TakeAndSend();
  if (phase_ == Phase::kClosed || phase_ == Phase::kLingering) return;
  answers_charge_.Set((writing_ ? out_.size() : 0) + pending_.size());
  if (last_taken_ && under_way() == 0 && !writing_) {
    client_done_ ? Close() : Linger();
  } else if (MayTakeRequest() && !reading_) {
    StartRead();
  }
}

template <class Stream>
void HttpConnection<Stream>::TakeAndSend() {
  bool held_back;
  do {
    held_back = !TakeRequests();
    Flush();
    // What held it back may have been the answers that are written now.
  } while (held_back && phase_ != Phase::kClosed && MayTakeRequest());
}

// False if it left a request that may be there, because it may not take one.
template <class Stream>
bool HttpConnection<Stream>::TakeRequests() {
  dispatching_ = true;
  while (MayTakeRequest()) {
    if (phase_ != Phase::kBody && !ReadHead()) break;
    if (!ReadBody()) break;
    Dispatch(false);
  }
  dispatching_ = false;
  if (!MayTakeRequest()) return false;
  // A client that is done leaves what it began unfinished.
  if (client_done_) last_taken_ = true;
  return true;
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

// `cut_short`: there is no memory for the rest of its body.
template <class Stream>
void HttpConnection<Stream>::Dispatch(bool cut_short) {
  MemoryBudget& budget = loop_.shared().budget;
  HttpRequest request;
  request.method = head_.method;
  request.path = head_.path;
  request.query = head_.query;
  request.headers = head_.headers;
  request.budget = &budget;
  request.refused = cut_short || budget.exhausted();
  size_t used = head_.size;
  if (cut_short) {
    last_taken_ = true;
  } else if (head_.chunked) {
    request.body = chunked_->body;
    used += chunks_used_;
  } else {
    request.body = input_.unread().substr(head_.size, head_.content_length);
    used += head_.content_length;
  }
  if (!head_.keep_alive) last_taken_ = true;
  const AnswerForm form{head_.keep_alive && !cut_short, head_.method == "HEAD"};
  MemoryCharge charge(&budget);
  if (under_way() > 0) charge.Set(kPipelinedCost);
  Handle(request, used, Reply(this->shared_from_this(), next_request_++, form, std::move(charge)));
  chunked_.reset();
  EnterPhase(Phase::kIdle);
}

// Its head and what else was read for it are the first `used` unread bytes.
template <class Stream>
void HttpConnection<Stream>::Handle(const HttpRequest& request, size_t used, Reply reply) {
  // What is refused gives its memory back at once.
  if (request.refused || request.body.size() <= kLargeBody || reading_) {
    const bool outer = std::exchange(dispatching_, true);
    loop_.handler().Handle(request, std::move(reply));
    dispatching_ = outer;
    input_.Consume(used);
    if (!reading_) input_.Shrink();
    return;
  }
  large_end_ = next_request_;
  loop_.shared().large_requests.Post(
      {request, std::move(head_), input_.Take(used), std::move(chunked_), std::move(reply)});
}

// Answers what is not a request that anyone can handle, and ends the connection.
template <class Stream>
void HttpConnection<Stream>::Refuse(int status) {
  last_taken_ = true;
  Answer(next_request_++,
         [&](std::string* out) { AppendRefusal(status, head_.http_1_0, loop_.HttpDate(), out); });
}

template <class Stream>
void HttpConnection<Stream>::SendContinue() {
  Answer(next_request_++, [](std::string* out) { out->append("HTTP/1.1 100 Continue\r\n\r\n"); });
}

template <class Stream>
void HttpConnection<Stream>::OnAnswer(uint64_t number, AnswerForm form, HttpAnswer answer) {
  if (phase_ == Phase::kClosed) return;
  if (last_taken_ && number + 1 == next_request_) form.keep_alive = false;
  usual_answer_ = std::max(answer.body.size(), usual_answer_ / 2);
  std::string large;
  Answer(
      number, [&](std::string* out) { AppendAnswer(&answer, form, loop_.HttpDate(), out, &large); },
      &large);
  // While earlier requests kept us from reading, the client's time did not run.
  since_ = loop_.now();
  Advance();
}

// *rest, when `append` has returned, is what follows the bytes it appended.
template <class Stream>
template <class Append>
void HttpConnection<Stream>::Answer(uint64_t number, const Append& append, std::string* rest) {
  // One more than may be under way: the refusal of what follows them.
  pending_.Put(
      number, append, rest, [this] { return loop_.TakeBuffer(); },
      loop_.shared().limits.max_pipelined + 1);
}

template <class Stream>
void HttpConnection<Stream>::Flush() {
  while (!writing_ && pending_.ready() && phase_ != Phase::kClosed) {
    out_ = pending_.Pop();
    out_done_ = 0;
    writing_ = true;
    write_since_ = loop_.now();
    // Most answers fit the socket's buffer: no need to go through the reactor.
    error_code error;
    out_done_ = stream_.write_some(asio::buffer(out_, kTurn), error);
    sent_ += out_done_;
    if (error && error != asio::error::would_block) return Close();
    if (out_done_ < out_.size()) return WriteRest();
    OnWritten();
  }
}

template <class Stream>
void HttpConnection<Stream>::WriteRest() {
  stream_.async_write_some(asio::buffer(asio::buffer(out_) + out_done_, kTurn),
                           [self = this->shared_from_this()](const error_code& error, size_t n) {
                             if (self->phase_ == Phase::kClosed) return;
                             if (error) return self->Close();
                             self->out_done_ += n;
                             self->sent_ += n;
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
  out_done_ = 0;
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
  Read();
}

template <class Stream>
void HttpConnection<Stream>::Read() {
  reading_ = true;
  stream_.async_read_some(asio::buffer(input_.tail(), std::min(input_.room(), kTurn)),
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
    if (error != asio::error::eof) return Close();
    client_done_ = true;
  }
  input_.Append(n);
  read_since_ += n;
  if (phase_ == Phase::kBody && read_since_ >= kLeastProgress) EnterPhase(Phase::kBody);
  Advance();
}

// Says that we are done, and reads until the client is: closing with unread bytes would make the
// kernel throw away the answer that is still on its way.
template <class Stream>
void HttpConnection<Stream>::Linger() {
  if (phase_ != Phase::kLingering) {
    EnterPhase(Phase::kLingering);
    error_code ignored;
    if constexpr (kTls) stream_.CloseNotify();
    socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }
  if (reading_) return;
  input_.Consume(input_.size());
  input_.Shrink();
  Read();
}

template <class Stream>
void HttpConnection<Stream>::Close() {
  if (phase_ == Phase::kClosed) return;
  if constexpr (kTls) {
    // In the middle of an answer the client must see that it was cut.
    if (!writing_ && phase_ != Phase::kLingering) stream_.CloseNotify();
  }
  phase_ = Phase::kClosed;
  error_code ignored;
  socket().close(ignored);
  loop_.Remove(this);
  loop_.shared().connections.fetch_sub(1, std::memory_order_relaxed);
}

}  // namespace

void ServeConnection(EventLoop* loop, Socket socket, SSL_CTX* tls) {
  if (tls == nullptr) {
    std::make_shared<HttpConnection<Socket>>(loop, std::move(socket))->Start();
  } else {
    std::make_shared<HttpConnection<TlsStream>>(loop, TlsStream(std::move(socket), tls))->Start();
  }
}

}  // namespace stator
