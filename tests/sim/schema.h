// The tables that the clients use, their keys and their items.
//
// Both tables have the hash key "p"; the first also has a range key "r", a global index "byg" over
// "g", a local index "loc" over "g" if the settings say so, and at times a global index "dyn". An
// item holds the list "l" of its writes (history.h), their number "c", the last of them "v", and
// perhaps "g" and a time "t" at which it would expire: in the third table soon, and then it is
// deleted; in the others long after the end of the run, so that the entries by time are compared
// with the items, and no item goes.
#ifndef STATOR_SIM_SCHEMA_H_
#define STATOR_SIM_SCHEMA_H_

#include <string>
#include <string_view>
#include <vector>

#include "context.h"
#include "history.h"

namespace stator::sim {

inline constexpr std::string_view kFirstTable = "first";
inline constexpr std::string_view kSecondTable = "second";
inline constexpr std::string_view kExpiringTable = "expiring";
inline constexpr std::string_view kTables[] = {kFirstTable, kSecondTable, kExpiringTable};

// The Kinesis stream to which changes of tables go.
inline constexpr std::string_view kKinesisStream = "changes";
inline constexpr uint32_t kKinesisShards = 2;

struct ItemKey {
  std::string table;
  std::string p;
  int r = 0;  // of the first table; > 0

  std::string Name() const { return table + "/" + p + (r > 0 ? "/" + std::to_string(r) : ""); }
  std::string Json() const;  // the members of a key, without braces
  bool operator==(const ItemKey&) const = default;
};

// In the order of p, then r. None if the settings have no such table.
std::vector<ItemKey> KeysOf(std::string_view table, const Settings& settings);

// {"TableName":...}; with a stream that shows both images, if the settings have streams.
std::string CreateTableBody(std::string_view table, const Settings& settings);
std::string CreateIndexBody(std::string_view table);  // "dyn"
std::string DeleteIndexBody(std::string_view table);

std::string TimeToLiveBody(std::string_view table, bool enabled);
// "t" of an item of that table.
std::string TimeJson(std::string_view table, WriteId id, int64_t now_micros);

// A whole item: the key, the writes in `seen`, and `g` unless it is empty.
std::string ItemJson(const ItemKey& key, const Seen& seen, const std::string& g,
                     int64_t now_micros);

// An empty view disables.
std::string StreamBody(std::string_view table, std::string_view view);
std::string KinesisDestinationBody(std::string_view table, bool enable);

}  // namespace stator::sim

#endif  // STATOR_SIM_SCHEMA_H_
