#include "server/event_loop.h"

#include <algorithm>
#include <future>
#include <utility>

#include "base/date_text.h"

namespace stator {
namespace {

constexpr size_t kMaxSpareBuffer = 64 * 1024;

// Often enough that no time-out is late by more than a quarter of itself.
std::chrono::milliseconds TickOf(const HttpLimits& limits) {
  const auto shortest = std::min({limits.header_timeout, limits.body_timeout, limits.idle_timeout,
                                  limits.write_timeout, limits.linger_timeout});
  return std::clamp(shortest / 4, std::chrono::milliseconds(5), std::chrono::milliseconds(1000));
}

}  // namespace

EventLoop::EventLoop(ServerShared* shared, std::unique_ptr<HttpHandler> handler)
    : shared_(shared),
      handler_(std::move(handler)),
      tick_(TickOf(shared->limits)),
      now_(shared->clock->MonotonicMicros()),
      work_(io_.get_executor()),
      timer_(io_) {}

EventLoop::~EventLoop() { Stop(); }

void EventLoop::Start() {
  std::promise<void> started;
  thread_ = std::thread([this, &started] {
    thread_id_ = std::this_thread::get_id();
    Sweep();
    started.set_value();
    io_.run();
  });
  started.get_future().wait();
}

void EventLoop::Stop() {
  io_.stop();
  if (thread_.joinable()) thread_.join();
}

void EventLoop::Add(Connection* connection) {
  connection->index_ = connections_.size();
  connections_.push_back(connection);
}

void EventLoop::Remove(Connection* connection) {
  connections_[connection->index_] = connections_.back();
  connections_[connection->index_]->index_ = connection->index_;
  connections_.pop_back();
}

void EventLoop::ShutdownConnections() {
  // Backwards: a connection that closes at once puts the last one in its place.
  for (size_t i = connections_.size(); i > 0; --i) connections_[i - 1]->Shutdown();
}

std::string_view EventLoop::HttpDate() {
  const int64_t second = shared_->clock->NowMicros() / 1'000'000;
  if (second != date_second_) {
    date_second_ = second;
    date_ = FormatHttpDate(second);
  }
  return date_;
}

void EventLoop::GiveBackBuffer(std::string buffer) {
  if (buffer.capacity() > kMaxSpareBuffer || buffer.capacity() <= spare_.capacity()) return;
  buffer.clear();
  spare_ = std::move(buffer);
}

void EventLoop::Sweep() {
  now_ = shared_->clock->MonotonicMicros();
  for (size_t i = connections_.size(); i > 0; --i) connections_[i - 1]->CheckDeadline(now_);
  timer_.expires_after(tick_);
  timer_.async_wait([this](const boost::system::error_code& error) {
    if (!error) Sweep();
  });
}

}  // namespace stator
