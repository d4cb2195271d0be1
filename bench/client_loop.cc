#include "client_loop.h"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace stator::bench {

ClientLoop::ClientLoop(uint16_t port) : port_(port), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (epoll_ < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  prctl(PR_SET_TIMERSLACK, 1UL);  // an open loop sends on time, not up to 50 us later
}

ClientLoop::~ClientLoop() { close(epoll_); }

void ClientLoop::Watch(size_t index, bool added) {
  epoll_event event{};
  event.events = unsent_[index] ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = index;
  if (epoll_ctl(epoll_, added ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, connections_[index]->fd(), &event)) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
}

size_t ClientLoop::AddConnection() {
  const size_t index = connections_.size();
  connections_.push_back(std::make_unique<Connection>(port_));
  unsent_.push_back(false);
  Watch(index, true);
  return index;
}

void ClientLoop::Replace(size_t index) {
  connections_[index] = std::make_unique<Connection>(port_);  // epoll forgets the closed one
  unsent_[index] = false;
  Watch(index, true);
}

void ClientLoop::Send(size_t index) {
  try {
    if (connections_[index]->Send()) return;
  } catch (const std::system_error& lost) {
    Replace(index);
    return OnLost(index, lost.what());
  }
  unsent_[index] = true;
  Watch(index, false);
}

void ClientLoop::HandleEvent(size_t index, uint32_t events) {
  std::optional<HttpAnswer> answer;
  try {
    if ((events & EPOLLOUT) && unsent_[index] && connections_[index]->GoOn()) {
      unsent_[index] = false;
      Watch(index, false);
    }
    if (events & ~EPOLLOUT) answer = connections_[index]->Receive();
  } catch (const std::system_error& lost) {
    Replace(index);
    return OnLost(index, lost.what());
  }
  if (!answer) return;
  if (!answer->close) return OnAnswer(index, *answer);
  const std::string body(answer->body);
  answer->body = body;
  Replace(index);
  OnAnswer(index, *answer);
}

void ClientLoop::Poll(SteadyClock::time_point until) {
  const auto wait = std::max(until - SteadyClock::now(), SteadyClock::duration::zero());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wait);
  const timespec timeout{static_cast<time_t>(seconds.count()),
                         static_cast<long>(std::chrono::nanoseconds(wait - seconds).count())};
  std::array<epoll_event, 64> events;
  const int count = epoll_pwait2(epoll_, events.data(), events.size(), &timeout, nullptr);
  if (count < 0 && errno != EINTR) {
    throw std::system_error(errno, std::generic_category(), "epoll_pwait2");
  }
  for (int i = 0; i < count; ++i) HandleEvent(events[i].data.u64, events[i].events);
}

}  // namespace stator::bench
