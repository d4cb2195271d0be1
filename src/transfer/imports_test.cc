// How imports end: what is told of them, and when, also over stops. What is read is tested in
// item_reader_test.cc and tests/api.
#include "transfer/imports.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include "base/await.h"
#include "base/temp_dir.h"
#include "objects/folder_store.h"
#include "storage/open.h"
#include "table/database.h"
#include "table/table_jobs.h"
#include "table/test_tables.h"

namespace stator {
namespace {

class ImportsTest : public ::testing::Test {
 protected:
  ImportsTest() { std::filesystem::create_directory(dir_.path() + "/empty"); }
  ~ImportsTest() override { Close(); }

  void Close() {
    if (imports_) imports_->Stop();
    database_.reset();
    imports_.reset();
  }

  // No table job is done by itself.
  void Open() {
    Close();
    auto engine = OpenRocksEngine(dir_.path() + "/data", {});
    ASSERT_TRUE(engine) << engine.error().message;
    DatabaseOptions options;
    options.clock = &clock_;
    options.random = &random_;
    options.manual_jobs = true;
    auto database = Database::Open(*std::move(engine), options);
    ASSERT_TRUE(database) << database.error().message;
    database_ = *std::move(database);
    auto imports = Imports::Open(
        database_.get(), FileSpace::OnDisk(dir_.path() + "/data/imports"),
        {.open_objects = [root = dir_.path()](const std::atomic<bool>*)
             -> Result<std::unique_ptr<ObjectStore>> { return OpenFolderStore(root); },
         .run = {},
         .report = nullptr});
    ASSERT_TRUE(imports) << imports.error().message;
    imports_ = *std::move(imports);
  }

  ImportPtr Start(const std::string& bucket) {
    ImportRecord record;
    record.table = testing::TestTable();
    record.table.id = 0;
    record.table.status = TableStatus::kCreating;
    record.scope = record.table.scope;
    record.source.bucket = bucket;
    auto started = Await<ApiResult<ImportPtr>>(
        [&](auto done) { imports_->Start(std::move(record), std::move(done)); });
    EXPECT_TRUE(started) << started.error().message.value_or("");
    return *started;
  }

  TablePtr Table() { return database_->catalog().Find(testing::TestTable().scope, "t"); }
  ImportStatus StatusOf(const ImportRecord& record) {
    const ImportPtr found = imports_->Find(record.scope, "t", record.id);
    EXPECT_NE(found, nullptr);
    return found ? found->status : ImportStatus::kInProgress;
  }

  template <class Condition>
  bool Becomes(Condition condition) {
    for (int i = 0; i < 60'000; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }

  // `ready` says whether the table is as the import leaves it.
  template <class Ready>
  void ExpectToldWhenReady(const std::string& bucket, ImportStatus end, Ready ready) {
    Open();
    const ImportPtr started = Start(bucket);
    ASSERT_TRUE(Becomes([&] { return Table()->import_id.empty(); }));
    for (int stops = 0; stops < 3; ++stops) {
      ASSERT_FALSE(ready());
      EXPECT_EQ(StatusOf(*started), ImportStatus::kInProgress) << stops << " stops";
      Open();
    }
    for (int i = 0; i < 20; ++i) database_->jobs().RunOnce();
    ASSERT_TRUE(Becomes([&] { return StatusOf(*started) == end; }));
    EXPECT_TRUE(ready());
    Open();
    EXPECT_EQ(StatusOf(*started), end);
  }

  TempDir dir_;
  SystemClock clock_;
  SeededRandom random_{7};
  std::unique_ptr<Database> database_;
  std::unique_ptr<Imports> imports_;
};

TEST_F(ImportsTest, WhatIsCompletedCanBeUsed) {
  ExpectToldWhenReady("empty", ImportStatus::kCompleted,
                      [&] { return Table()->status == TableStatus::kActive; });
}

TEST_F(ImportsTest, WhatFailedAndLeavesNothingIsGone) {
  ExpectToldWhenReady("missing", ImportStatus::kFailed, [&] { return Table() == nullptr; });
}

}  // namespace
}  // namespace stator
