// A log whose last write was torn by a power failure, and what is in it that looks like more of the
// log.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/crc32c.h"
#include "base/temp_dir.h"
#include "base/test_files.h"
#include "storage/engine_test_util.h"
#include "storage/format.h"
#include "storage/log_scan.h"
#include "storage/manifest.h"
#include "storage/open.h"

namespace stator {
namespace {

namespace fs = std::filesystem;

// As RocksDB writes it in its log, of one entry.
std::string LogRecord(uint64_t sequence, uint64_t group) {
  const auto fixed = [](uint64_t value, size_t bytes) {
    std::string out;
    for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
    return out;
  };
  const std::string payload = fixed(sequence, 8) + fixed(1, 4) + std::string("\x01\x01k\x01v", 5) +
                              "\x03\x09" + EncodeGroupMark(group);
  const uint32_t crc = Crc32c("\x01" + payload);
  return fixed((crc >> 15 | crc << 17) + 0xa282ead8u, 4) + fixed(payload.size(), 2) + "\x01" +
         payload;
}

std::string Key(uint64_t i) { return "k" + std::to_string(100'000 + i); }

std::string NewestLog(const std::string& db) {
  uint64_t newest = 0, number = 0;
  for (const auto& entry : fs::directory_iterator(db)) {
    if (ParseFileName(entry.path().filename().string(), ".log", &number)) {
      newest = std::max(newest, number);
    }
  }
  return LogPath(db, newest);
}

// A write was torn whose item holds records, as a copy of a log does: they are not of this log.
TEST(TornLogTest, AnItemThatHoldsRecords) {
  constexpr uint64_t kWrites = 20;
  // As they would have to be to follow this log, and as they are in others.
  for (bool likely : {true, false}) {
    TempDir dir;
    const std::string data = dir.file("data");
    {
      auto engine = OpenRocksEngine(data, {});
      ASSERT_TRUE(engine.has_value()) << engine.error().message;
      for (uint64_t i = 0; i < kWrites; ++i) Put(**engine, Key(i), std::string(100, 'a'));
      std::string value;
      for (uint64_t i = 1; value.size() < 200'000; ++i) {
        value +=
            likely ? LogRecord(kWrites + i % 100, kWrites + i % 100) : LogRecord(50'000 + i, i);
      }
      Put(**engine, Key(kWrites), value);
    }
    fs::remove(data + "/SYNCED");  // which a power failure leaves older than the log
    const std::string log = NewestLog(data + "/db"), whole = ReadFile(log);
    const size_t begin = whole.find(Key(kWrites));
    ASSERT_GT(whole.size(), begin + 200'000);
    std::vector<std::string> torn;
    for (size_t cut : {begin + 10, begin + 20'000, begin + 100'000}) {
      torn.push_back(whole.substr(0, cut));
    }
    for (size_t page : {begin + 4096, begin + 50'000, begin + 150'000}) {
      torn.push_back(whole);
      torn.back().replace(page / 4096 * 4096, 4096, 4096, '\0');
    }
    torn.push_back(whole.substr(0, begin + 50'000) + std::string(whole.size() - begin - 50'000, 0));
    if (!likely) {
      // Nothing is left to say how long it was: its end is missing, or its header is.
      torn.push_back(whole.substr(0, whole.size() - 5000));
      torn.push_back(whole);
      torn.back().replace(begin - 21, 21, 21, '\0');
    }
    for (size_t i = 0; i < torn.size(); ++i) {
      SCOPED_TRACE(std::string(likely ? "likely " : "unlikely ") + std::to_string(i));
      const std::string copy = dir.file("copy" + std::to_string(i));
      fs::copy(data, copy, fs::copy_options::recursive);
      WriteFile(NewestLog(copy + "/db"), torn[i]);
      auto engine = OpenRocksEngine(copy, {});
      ASSERT_TRUE(engine.has_value()) << engine.error().message;
      EXPECT_EQ(ScanNow(**engine, {}).size(), kWrites);
    }
  }
}

// The other way round: damage before the last record is not taken for a torn end, whatever byte it
// meets, those of the lengths included.
TEST(TornLogTest, DamageBeforeTheLastRecordIsSeen) {
  TempDir dir;
  const std::string data = dir.file("data");
  {
    auto engine = OpenRocksEngine(data, {});
    ASSERT_TRUE(engine.has_value()) << engine.error().message;
    // Of less than a block, and of more.
    for (uint64_t i = 0; i < 60; ++i) {
      Put(**engine, Key(i), std::string(i % 20 == 10 ? 40'000 : 600, 'a'));
    }
  }
  const std::string whole = ReadFile(NewestLog(data + "/db")), damaged = dir.file("damaged.log");
  const size_t last = whole.find(Key(59)) - 21;
  WriteFile(damaged, whole);
  const auto scan = [&] { return *ScanLog(damaged, LogKind::kWrites, [](std::string_view) {}); };
  const auto put = [&](size_t at, char byte) {
    std::fstream file(damaged, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(byte);
  };
  EXPECT_EQ(scan().damage, "");
  for (int bit : {0, 4, 7}) {
    for (size_t i = bit; i < last; i += 31) {
      put(i, static_cast<char>(whole[i] ^ 1 << bit));
      const LogScan found = scan();
      put(i, whole[i]);
      ASSERT_NE(found.damage, "") << i;
      ASSERT_LE(found.damage_at, i);
      ASSERT_TRUE(found.later_record.has_value()) << i;
    }
  }
}

}  // namespace
}  // namespace stator
