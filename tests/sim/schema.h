// The tables that the clients use, their keys and their items.
//
// Both tables have the hash key "p"; the first also has a range key "r", a global index "byg" over
// "g", a local index "loc" over "g" if the settings say so, and at times a global index "dyn". An
// item holds the list "l" of its writes (history.h), their number "c", the last of them "v", and
// perhaps "g" and a time "t" at which it would expire, long after the end of the run: the entries
// by time are compared with the items, and no item goes.
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

struct ItemKey {
  std::string table;
  std::string p;
  int r = 0;  // of the first table; > 0

  std::string Name() const { return table + "/" + p + (r > 0 ? "/" + std::to_string(r) : ""); }
  std::string Json() const;  // the members of a key, without braces
  bool operator==(const ItemKey&) const = default;
};

// In the order of p, then r.
std::vector<ItemKey> KeysOf(std::string_view table, const Settings& settings);

// {"TableName":...}
std::string CreateTableBody(std::string_view table, const Settings& settings);
std::string CreateIndexBody(std::string_view table);  // "dyn"
std::string DeleteIndexBody(std::string_view table);

std::string TimeToLiveBody(std::string_view table, bool enabled);
std::string TimeJson(WriteId id);  // of "t"

// A whole item: the key, the writes in `seen`, and `g` unless it is empty.
std::string ItemJson(const ItemKey& key, const Seen& seen, const std::string& g);

}  // namespace stator::sim

#endif  // STATOR_SIM_SCHEMA_H_
