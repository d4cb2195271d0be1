#include "server/dump_file.h"

#include <gtest/gtest.h>

#include <string>

#include "base/compress.h"
#include "base/temp_dir.h"
#include "base/test_files.h"

namespace stator {
namespace {

using Mode = DumpFile::Mode;

DumpState Fresh(size_t segments = 2) {
  DumpState state;
  state.table = "T";
  state.table_id = "id-1";
  state.segments.resize(segments);
  return state;
}

std::string OpenError(const std::string& path, Mode mode, DumpState state = Fresh()) {
  auto file = DumpFile::Open(path, mode, std::move(state));
  return file ? "" : file.error().message;
}

TEST(DumpState, ReadsWhatItWrites) {
  DumpState state = Fresh(3);
  state.length = uint64_t{5} << 32;
  state.items = 7;
  state.segments[0].done = true;
  state.segments[1].after = R"({"p":{"S":"a\"b"},"r":{"N":"-1"}})";
  auto read = DumpStateFromJson(ToJson(state));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*read, state);
}

TEST(DumpState, OtherTextIsNone) {
  const std::string good = ToJson(Fresh());
  for (const std::string& text :
       {std::string(), std::string("{}"), good.substr(0, good.size() / 2),
        std::string(R"({"table":"T","table_id":"i","length":-1,"items":0,"segments":[{}]})"),
        std::string(R"({"table":"T","table_id":"i","length":1,"items":0,"segments":[]})")}) {
    EXPECT_FALSE(DumpStateFromJson(text)) << text;
  }
}

// What is not in the state was lost with the dump that was killed, and comes again.
TEST(DumpFile, GoesOnFromItsLastCheckpoint) {
  TempDir dir;
  const std::string path = dir.file("out");
  {
    auto file = DumpFile::Open(path, Mode::kNew, Fresh());
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE((*file)->Append("one\n", 1, 0, {false, R"({"p":{"S":"1"}})"}));
    ASSERT_TRUE((*file)->Append("two\n", 1, 1, {true, ""}));
    ASSERT_TRUE((*file)->Checkpoint());
    ASSERT_TRUE((*file)->Append("three\n", 1, 0, {true, ""}));
  }
  EXPECT_EQ(ReadFile(path), "one\ntwo\nthree\n");
  // However many segments are asked for now.
  auto file = DumpFile::Open(path, Mode::kResume, Fresh(7));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(ReadFile(path), "one\ntwo\n");
  const DumpState state = (*file)->state();
  EXPECT_EQ(state.items, 2u);
  ASSERT_EQ(state.segments.size(), 2u);
  EXPECT_EQ(state.segments[0].after, R"({"p":{"S":"1"}})");
  EXPECT_TRUE(state.segments[1].done);
  ASSERT_TRUE((*file)->Append("3\n", 1, 0, {true, ""}));
  ASSERT_TRUE((*file)->Finish());
  EXPECT_EQ(ReadFile(path), "one\ntwo\n3\n");
  EXPECT_EQ(ReadFile(path + ".state"), "");
}

TEST(DumpFile, OverwritesOnlyWhenTold) {
  TempDir dir;
  const std::string path = dir.file("out");
  WriteFile(path, "precious");
  EXPECT_EQ(OpenError(path, Mode::kNew),
            path + " is there already: --resume goes on with it, --force overwrites it");
  EXPECT_EQ(OpenError(path, Mode::kResume),
            path + " has no " + path + ".state beside it: it is complete, or of something else");
  EXPECT_EQ(ReadFile(path), "precious");
  EXPECT_EQ(OpenError(path, Mode::kForce), "");
  EXPECT_EQ(ReadFile(path), "");
}

TEST(DumpFile, StateMustFit) {
  TempDir dir;
  const std::string path = dir.file("out");
  {
    auto file = DumpFile::Open(path, Mode::kResume, Fresh());  // nothing there: it begins
    ASSERT_TRUE(file) << file.error().message;
    ASSERT_TRUE((*file)->Append("one\n", 1, 0, {false, R"({"p":{"S":"1"}})"}));
    ASSERT_TRUE((*file)->Checkpoint());
    EXPECT_EQ(OpenError(path, Mode::kResume), path + " is being written by another dump");
  }
  DumpState again = Fresh();
  again.table_id = "id-2";
  EXPECT_EQ(OpenError(path, Mode::kResume, again),
            path + " is a dump of another table: T, id id-1");
  WriteFile(path, "on");
  EXPECT_EQ(OpenError(path, Mode::kResume), path + " is shorter than " + path + ".state says");
  WriteFile(path + ".state", "{");
  EXPECT_EQ(OpenError(path, Mode::kResume), path + ".state is not the state of a dump");
}

TEST(DumpFile, CompressedPagesStandByThemselves) {
  TempDir dir;
  const std::string path = dir.file("out.gz");
  auto file = DumpFile::Open(path, Mode::kNew, Fresh());
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE((*file)->Append("one\n", 1, 0, {}));
  const uint64_t length = (*file)->state().length;
  ASSERT_TRUE((*file)->Append("two\n", 1, 1, {}));
  const std::string bytes = ReadFile(path);
  EXPECT_EQ(Decompress(ContentCoding::kGzip, bytes, 1000).value(), "one\ntwo\n");
  EXPECT_EQ(Decompress(ContentCoding::kGzip, bytes.substr(0, length), 1000).value(), "one\n");

  const std::string empty = dir.file("empty.gz");
  auto none = DumpFile::Open(empty, Mode::kNew, Fresh());
  ASSERT_TRUE(none && (*none)->Finish());
  EXPECT_EQ(Decompress(ContentCoding::kGzip, ReadFile(empty), 1000).value(), "");
}

}  // namespace
}  // namespace stator
