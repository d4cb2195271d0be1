#include "events/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

extern char** environ;

namespace stator {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookAround{50};  // for `cancel`

class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  ~Fd() { Close(); }
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  int fd_ = -1;
};

struct Pipe {
  Fd read, write;
  bool Open() {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0) return false;
    read = Fd(fds[0]);
    write = Fd(fds[1]);
    return true;
  }
};

std::vector<char*> Environment() {
  std::vector<char*> out;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!std::string_view(*entry).starts_with("STATOR_")) out.push_back(*entry);
  }
  out.push_back(nullptr);
  return out;
}

// To write to a program that has ended is an error of the write, not the end of this process.
class NoBrokenPipes {
 public:
  NoBrokenPipes() {
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~NoBrokenPipes() {
    if (sigismember(&before_, SIGPIPE) == 1) return;
    const timespec now{};
    while (sigtimedwait(&pipe_, nullptr, &now) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t pipe_;
  sigset_t before_;
};

// 0, or an errno.
int Spawn(const std::vector<std::string>& command, int in, int out, pid_t* pid) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  // The server's threads block some signals, and may ignore others: programs inherit both unless
  // told otherwise.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::vector<char*> environment = Environment();
  const int error =
      posix_spawnp(pid, arguments[0], &files, &attributes, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  return error;
}

// A program that runs, with what is still to be written to it and read from it.
class Running {
 public:
  Running(pid_t pid, Fd in, Fd out, const ProgramRun& run)
      : pid_(pid),
        ended_(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))),
        in_(std::move(in)),
        out_(std::move(out)),
        run_(run),
        input_(*run.input),
        deadline_(steady_clock::now() + run.timeout) {
    fcntl(in_.get(), F_SETFL, O_NONBLOCK);
    fcntl(out_.get(), F_SETFL, O_NONBLOCK);
  }

  ProgramResult Wait() {
    Write();
    while (!Ended()) {
      if (run_.cancel != nullptr && run_.cancel->load())
        return Kill(ProgramResult::Kind::kCancelled);
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - steady_clock::now());
      if (left.count() <= 0) return Kill(ProgramResult::Kind::kTimedOut);
      Poll(std::min(left, kLookAround));
    }
    Read();  // what it wrote last; not what programs that it left behind may write
    result_.exit_code = Reap();
    return std::move(result_);
  }

 private:
  bool Ended() const {
    pollfd ended{ended_.get(), POLLIN, 0};
    return poll(&ended, 1, 0) > 0;
  }

  void Poll(std::chrono::milliseconds timeout) {
    pollfd fds[3] = {{ended_.get(), POLLIN, 0}, {in_.get(), POLLOUT, 0}, {out_.get(), POLLIN, 0}};
    poll(fds, 3, static_cast<int>(timeout.count()));
    if (fds[1].revents != 0) Write();
    if (fds[2].revents != 0) Read();
  }

  void Write() {
    while (in_.open() && !input_.empty()) {
      const ssize_t written = write(in_.get(), input_.data(), input_.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0 && errno == EAGAIN) return;
      // A program need not read all of it, or any.
      if (written < 0) break;
      input_.remove_prefix(static_cast<size_t>(written));
    }
    in_.Close();
  }

  void Read() {
    char buffer[65536];
    while (out_.open()) {
      const ssize_t count = read(out_.get(), buffer, sizeof(buffer));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return;
      if (count <= 0) break;
      const size_t room = run_.max_output - std::min(run_.max_output, result_.output.size());
      result_.output.append(buffer, std::min(static_cast<size_t>(count), room));
    }
    out_.Close();
  }

  ProgramResult Kill(ProgramResult::Kind why) {
    kill(-pid_, SIGKILL);
    Reap();
    result_.kind = why;
    return std::move(result_);
  }

  int Reap() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }

  const pid_t pid_;
  const Fd ended_;
  Fd in_, out_;
  const ProgramRun& run_;
  std::string_view input_;
  const steady_clock::time_point deadline_;
  ProgramResult result_;
};

}  // namespace

ProgramResult RunProgram(const ProgramRun& run) {
  const NoBrokenPipes no_broken_pipes;
  Pipe in, out;
  pid_t pid = 0;
  const bool piped = in.Open() && out.Open();
  const int error = piped ? Spawn(*run.command, in.read.get(), out.write.get(), &pid) : errno;
  if (error != 0) {
    ProgramResult result;
    result.kind = ProgramResult::Kind::kNotStarted;
    result.error = (*run.command)[0] + ": " + std::strerror(error);
    return result;
  }
  in.read.Close();
  out.write.Close();
  return Running(pid, std::move(in.write), std::move(out.read), run).Wait();
}

}  // namespace stator
