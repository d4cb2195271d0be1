#include "events/program.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace stator {
namespace {

using Kind = ProgramResult::Kind;

ProgramResult Start(std::vector<std::string> command, const std::string& input = "",
                    std::chrono::milliseconds timeout = std::chrono::minutes(1),
                    const std::atomic<bool>* cancel = nullptr) {
  return RunProgram({.command = &command, .input = &input, .timeout = timeout, .cancel = cancel});
}

TEST(ProgramTest, InputAndOutput) {
  const auto result = Start({"tr", "a-z", "A-Z"}, "hello");
  EXPECT_EQ(result.kind, Kind::kEnded);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.output, "HELLO");
}

TEST(ProgramTest, MoreThanAPipeHolds) {
  const std::string input(3 << 20, 'x');
  EXPECT_EQ(Start({"cat"}, input).output, input);
}

TEST(ProgramTest, InputThatIsNotRead) {
  const auto result = Start({"true"}, std::string(3 << 20, 'x'));
  EXPECT_EQ(result.kind, Kind::kEnded);
  EXPECT_EQ(result.exit_code, 0);
}

TEST(ProgramTest, ExitCodesAndSignals) {
  EXPECT_EQ(Start({"sh", "-c", "exit 3"}).exit_code, 3);
  EXPECT_EQ(Start({"sh", "-c", "kill -TERM $$"}).exit_code, 128 + SIGTERM);
}

TEST(ProgramTest, WhatCannotBeStarted) {
  const auto result = Start({"/nonexistent/program"});
  EXPECT_EQ(result.kind, Kind::kNotStarted);
  EXPECT_EQ(result.error, "/nonexistent/program: No such file or directory");
}

TEST(ProgramTest, IsKilledInTimeWithWhatItStarted) {
  const auto result =
      Start({"sh", "-c", "sleep 100 | sleep 100"}, "", std::chrono::milliseconds(20));
  EXPECT_EQ(result.kind, Kind::kTimedOut);
}

TEST(ProgramTest, IsCancelled) {
  std::atomic<bool> cancel{true};
  EXPECT_EQ(Start({"sleep", "100"}, "", std::chrono::minutes(1), &cancel).kind, Kind::kCancelled);
}

TEST(ProgramTest, WhatItLeavesBehindIsNotWaitedFor) {
  const auto result = Start({"sh", "-c", "sleep 100 & echo $!"});
  EXPECT_EQ(result.kind, Kind::kEnded);
  ASSERT_FALSE(result.output.empty());
  kill(std::stoi(result.output), SIGKILL);
}

TEST(ProgramTest, SecretsAndFilesOfTheServerAreNotHanded) {
  setenv("STATOR_IDENTITIES", "secret", 1);
  setenv("OTHER", "seen", 1);
  const auto environment = Start({"env"}).output;
  EXPECT_EQ(environment.find("secret"), std::string::npos);
  EXPECT_NE(environment.find("OTHER=seen"), std::string::npos);
  int leak[2];
  ASSERT_EQ(pipe(leak), 0);  // without O_CLOEXEC
  // Looked at with nothing but what the shell has built in: all else may need descriptors.
  const std::string look = "for fd in 2 " + std::to_string(leak[0]) + " " +
                           std::to_string(leak[1]) +
                           "; do test -e /proc/$$/fd/$fd && echo $fd; done; true";
  EXPECT_EQ(Start({"sh", "-c", look}).output, "2\n");
  close(leak[0]);
  close(leak[1]);
}

TEST(ProgramTest, SignalsAreAsUsual) {
  sigset_t set, before;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, &before);
  EXPECT_EQ(Start({"sh", "-c", "kill -TERM $$; exit 0"}).exit_code, 128 + SIGTERM);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

}  // namespace
}  // namespace stator
