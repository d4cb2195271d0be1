#include "checker.h"

#include <gtest/gtest.h>

#include <utility>

namespace stator::sim {
namespace {

constexpr AccessKind kRead = AccessKind::kRead, kAppend = AccessKind::kAppend,
                     kPut = AccessKind::kPut, kDelete = AccessKind::kDelete;

struct Written : Operation {
  Written(WriteId number, int64_t sent, int64_t answered, std::vector<Access> what) {
    id = number;
    name = "op";
    begin = sent;
    end = answered;
    outcome = Outcome::kDone;
    accesses = std::move(what);
  }
};

Operation Unknown(Operation op) {
  op.outcome = Outcome::kUnknown;
  op.end = kNever;
  return op;
}
Operation Refused(Operation op) {
  op.outcome = Outcome::kRefused;
  return op;
}

void ExpectGood(const History& history) {
  EXPECT_EQ(CheckHistory(history).value_or("good"), "good");
}
void ExpectBad(const History& history, const std::string& part) {
  EXPECT_NE(CheckHistory(history).value_or("good").find(part), std::string::npos)
      << CheckHistory(history).value_or("good");
}

TEST(CheckerTest, OneAfterTheOther) {
  ExpectGood({Written(1, 0, 1, {{"x", kAppend, {}}}), Written(2, 2, 3, {{"x", kAppend, Seen{1}}}),
              Written(3, 4, 5, {{"x", kRead, Seen{1, 2}}})});
}

TEST(CheckerTest, AnAcknowledgedWriteIsNotSeen) {
  ExpectBad(
      {Written(1, 0, 1, {{"x", kAppend, {}}}), Written(2, 2, 3, {{"x", kAppend, {}}}),
       Written(3, 4, 5, {{"x", kRead, Seen{1}}}), Written(4, 6, 7, {{"x", kRead, Seen{1, 2}}})},
      "no order");
}

TEST(CheckerTest, AConcurrentWriteMayOrMayNotBeSeen) {
  ExpectGood({Written(1, 0, 1, {{"x", kAppend, {}}}), Written(2, 2, 9, {{"x", kAppend, {}}}),
              Written(3, 4, 5, {{"x", kRead, Seen{1}}}),
              Written(4, 6, 7, {{"x", kRead, Seen{1, 2}}})});
}

TEST(CheckerTest, AReadGoesBack) {
  ExpectBad(
      {Written(1, 0, 1, {{"x", kAppend, {}}}), Written(2, 2, 9, {{"x", kAppend, {}}}),
       Written(3, 4, 5, {{"x", kRead, Seen{1, 2}}}), Written(4, 6, 7, {{"x", kRead, Seen{1}}})},
      "no order");
}

TEST(CheckerTest, ALostUpdate) {
  ExpectBad({Written(1, 0, 1, {{"x", kAppend, {}}}), Written(2, 2, 5, {{"x", kAppend, Seen{1}}}),
             Written(3, 2, 5, {{"x", kAppend, Seen{1}}})},
            "followed the same one");
}

TEST(CheckerTest, AWriteAppliedTwice) {
  ExpectBad({Written(1, 0, 1, {{"x", kAppend, {}}}), Written(2, 2, 3, {{"x", kRead, Seen{1, 1}}})},
            "twice");
}

TEST(CheckerTest, ARefusedWriteIsSeen) {
  ExpectBad({Refused(Written(1, 0, 1, {})), Written(2, 2, 3, {{"x", kRead, Seen{1}}})},
            "was refused");
  ExpectBad({Written(2, 2, 3, {{"x", kRead, Seen{1}}})}, "not written so");
}

TEST(CheckerTest, ARefusalSeesWhatIsThere) {
  ExpectBad({Written(1, 0, 1, {{"x", kAppend, {}}}), Written(2, 2, 3, {{"x", kAppend, Seen{1}}}),
             Refused(Written(3, 4, 5, {{"x", kRead, Seen{1}}}))},
            "no order");
}

TEST(CheckerTest, UnknownWritesMayHappenOrNot) {
  const Operation unknown = Unknown(Written(2, 2, 3, {{"x", kAppend, {}}}));
  ExpectGood(
      {Written(1, 0, 1, {{"x", kAppend, {}}}), unknown, Written(3, 8, 9, {{"x", kRead, Seen{1}}})});
  ExpectGood({Written(1, 0, 1, {{"x", kAppend, {}}}), unknown,
              Written(3, 8, 9, {{"x", kRead, Seen{1}}}),
              Written(4, 10, 11, {{"x", kRead, Seen{1, 2}}})});
  ExpectBad(
      {Written(1, 0, 1, {{"x", kAppend, {}}}), unknown,
       Written(3, 8, 9, {{"x", kRead, Seen{1, 2}}}), Written(4, 10, 11, {{"x", kRead, Seen{1}}})},
      "no order");
}

TEST(CheckerTest, HalfATransaction) {
  const History before{Written(1, 0, 1, {{"x", kAppend, {}}}),
                       Written(2, 0, 1, {{"y", kAppend, {}}})};
  History history = before;
  history.push_back(Unknown(Written(3, 2, 3, {{"x", kAppend, {}}, {"y", kAppend, {}}})));
  history.push_back(Written(4, 10, 11, {{"x", kRead, Seen{1, 3}}}));
  history.push_back(Written(5, 12, 13, {{"y", kRead, Seen{2}}}));
  history.push_back(Written(6, 14, 15, {{"y", kAppend, Seen{2}}}));
  ExpectBad(history, "no order");
  history.resize(4);
  history.push_back(Written(5, 12, 13, {{"y", kRead, Seen{2, 3}}}));
  ExpectGood(history);
}

TEST(CheckerTest, ATornReadOfATransaction) {
  ExpectBad({Written(1, 0, 1, {{"x", kAppend, {}}, {"y", kAppend, {}}}),
             Written(2, 2, 9, {{"x", kAppend, Seen{1}}, {"y", kAppend, Seen{1}}}),
             Written(3, 2, 9, {{"x", kRead, Seen{1, 2}}, {"y", kRead, Seen{1}}})},
            "no order");
}

TEST(CheckerTest, WriteSkewOfTwoTransactions) {
  ExpectBad({Written(1, 0, 9, {{"x", kRead, Seen{}}, {"y", kAppend, Seen{}}}),
             Written(2, 0, 9, {{"y", kRead, Seen{}}, {"x", kAppend, Seen{}}})},
            "no order");
}

TEST(CheckerTest, PutsStartAnew) {
  const Operation created = Written(1, 0, 1, {{"x", kAppend, {}}});
  const Operation put = Written(2, 2, 3, {{"x", kPut, {}}});
  ExpectGood({created, put, Written(3, 4, 5, {{"x", kAppend, {}}}),
              Written(4, 6, 7, {{"x", kRead, Seen{2, 3}}})});
  ExpectBad({created, put, Written(4, 6, 7, {{"x", kRead, Seen{1}}})}, "no order");
  ExpectBad({created, put, Written(4, 6, 7, {{"x", kRead, Seen{1, 2}}})}, "not written so");
  // Written before, but back after another run.
  ExpectBad(
      {created, Written(3, 2, 3, {{"x", kAppend, Seen{1}}}), Written(2, 4, 5, {{"x", kPut, {}}}),
       Written(5, 6, 7, {{"x", kRead, Seen{2}}}), Written(6, 8, 9, {{"x", kRead, Seen{1, 3}}})},
      "no order");
}

TEST(CheckerTest, AnItemVanishes) {
  const Operation created = Written(1, 0, 1, {{"x", kAppend, {}}});
  ExpectBad({created, Written(2, 2, 3, {{"x", kRead, Seen{}}})}, "gone");
  ExpectBad(
      {created, Written(2, 2, 3, {{"x", kAppend, {}}}), Written(3, 4, 5, {{"x", kRead, Seen{2}}})},
      "gone");
  const Operation deleted = Written(4, 2, 3, {{"x", kDelete, {}}});
  ExpectGood({created, deleted, Written(5, 4, 5, {{"x", kRead, Seen{}}})});
  ExpectGood({created, Unknown(deleted), Written(5, 4, 5, {{"x", kRead, Seen{}}})});
  // A delete that came too late, or too early, is no reason.
  ExpectBad(
      {created, Written(2, 2, 3, {{"x", kRead, Seen{}}}), Written(4, 4, 5, {{"x", kDelete, {}}})},
      "gone");
  ExpectBad({Written(4, 0, 1, {{"x", kDelete, {}}}), Written(1, 2, 3, {{"x", kAppend, {}}}),
             Written(2, 4, 5, {{"x", kRead, Seen{}}})},
            "gone");
}

TEST(CheckerTest, AnItemIsReplacedAndThenDeleted) {
  ExpectGood({Written(1, 0, 1, {{"x", kAppend, {}}}), Written(2, 2, 3, {{"x", kPut, {}}}),
              Written(3, 4, 5, {{"x", kDelete, Seen{2}}}),
              Written(4, 6, 7, {{"x", kRead, Seen{}}})});
}

TEST(CheckerTest, ADeletedItemComesBack) {
  ExpectBad({Written(1, 0, 1, {{"x", kAppend, {}}}), Written(2, 2, 3, {{"x", kDelete, Seen{1}}}),
             Written(3, 4, 5, {{"x", kRead, Seen{1}}})},
            "no order");
  ExpectBad({Written(1, 0, 1, {{"x", kAppend, {}}}), Written(2, 2, 3, {{"x", kDelete, {}}}),
             Written(3, 4, 5, {{"x", kRead, Seen{1}}})},
            "no order");
}

TEST(CheckerTest, ADeleteOfNothing) {
  ExpectGood({Written(1, 0, 1, {{"x", kDelete, Seen{}}}),
              Written(2, 2, 3, {{"x", kAppend, Seen{}}}),
              Written(3, 4, 5, {{"x", kRead, Seen{2}}})});
}

}  // namespace
}  // namespace stator::sim
