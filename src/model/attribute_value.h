// The value tree of DynamoDB: AttributeValue, AttributeMap, and Item, which is an AttributeMap.
//
// Invariants kept by whoever builds one (the JSON decoder, the binary decoder, the update
// evaluator): sets are non-empty, sorted and without duplicates; numbers are normalised; maps are
// sorted by name. With them, equality of values is memberwise equality.
#ifndef STATOR_MODEL_ATTRIBUTE_VALUE_H_
#define STATOR_MODEL_ATTRIBUTE_VALUE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "model/decimal.h"

namespace stator {

class AttributeValue;

// Attributes by name, in ascending byte order of the names.
class AttributeMap {
 public:
  using Entry = std::pair<std::string, AttributeValue>;
  using const_iterator = std::vector<Entry>::const_iterator;
  using iterator = std::vector<Entry>::iterator;

  const_iterator begin() const;
  const_iterator end() const;
  iterator begin();
  iterator end();
  size_t size() const;
  bool empty() const;
  void reserve(size_t n);

  // nullptr if absent.
  const AttributeValue* Find(std::string_view name) const;
  AttributeValue* Find(std::string_view name);
  bool Contains(std::string_view name) const { return Find(name) != nullptr; }

  // Takes the entries in any order; of several with one name the last remains.
  static AttributeMap FromUnsorted(std::vector<Entry> entries);

  // Replaces an existing value. O(size) for a new name: to build a large map use FromUnsorted or
  // Append.
  AttributeValue& Set(std::string_view name, AttributeValue value);
  // For decoders that meet names in order: O(1). REQUIRES: name > every name present.
  AttributeValue& Append(std::string name, AttributeValue value);
  bool Erase(std::string_view name);

  bool operator==(const AttributeMap& other) const;

 private:
  std::vector<Entry> entries_;
};

using Item = AttributeMap;

class AttributeValue {
 public:
  // The order is that of the alternatives of `Storage`; the numbers are part of the item format.
  enum class Type : uint8_t { kS, kN, kB, kBool, kNull, kSS, kNS, kBS, kL, kM };

  struct Binary {
    std::string bytes;
    bool operator==(const Binary&) const = default;
  };
  struct Null {
    bool operator==(const Null&) const = default;
  };
  struct StringSet {
    std::vector<std::string> members;
    bool operator==(const StringSet&) const = default;
  };
  struct NumberSet {
    std::vector<Decimal> members;
    bool operator==(const NumberSet&) const = default;
  };
  struct BinarySet {
    std::vector<std::string> members;
    bool operator==(const BinarySet&) const = default;
  };
  using List = std::vector<AttributeValue>;

  AttributeValue() : storage_(Null{}) {}
  static AttributeValue S(std::string v) {
    return AttributeValue(Storage(std::in_place_index<0>, std::move(v)));
  }
  static AttributeValue N(Decimal v) { return AttributeValue(Storage(std::in_place_index<1>, v)); }
  static AttributeValue N(int64_t v) { return N(Decimal::FromInt(v)); }
  static AttributeValue B(std::string v) {
    return AttributeValue(Storage(std::in_place_index<2>, Binary{std::move(v)}));
  }
  static AttributeValue Bool(bool v) { return AttributeValue(Storage(std::in_place_index<3>, v)); }
  static AttributeValue NullValue() { return AttributeValue(); }
  // The three below sort their members. REQUIRES: no duplicates, not empty.
  static AttributeValue SS(std::vector<std::string> members);
  static AttributeValue NS(std::vector<Decimal> members);
  static AttributeValue BS(std::vector<std::string> members);
  static AttributeValue L(List v) {
    return AttributeValue(Storage(std::in_place_index<8>, std::move(v)));
  }
  static AttributeValue M(AttributeMap v) {
    return AttributeValue(Storage(std::in_place_index<9>, std::move(v)));
  }

  Type type() const { return static_cast<Type>(storage_.index()); }
  bool is(Type t) const { return type() == t; }

  // REQUIRES: type() is the one named.
  const std::string& s() const { return *std::get_if<0>(&storage_); }
  const Decimal& n() const { return *std::get_if<1>(&storage_); }
  const std::string& b() const { return std::get_if<2>(&storage_)->bytes; }
  bool boolean() const { return *std::get_if<3>(&storage_); }
  const std::vector<std::string>& ss() const { return std::get_if<5>(&storage_)->members; }
  const std::vector<Decimal>& ns() const { return std::get_if<6>(&storage_)->members; }
  const std::vector<std::string>& bs() const { return std::get_if<7>(&storage_)->members; }
  const List& l() const { return *std::get_if<8>(&storage_); }
  List& l() { return *std::get_if<8>(&storage_); }
  const AttributeMap& m() const { return *std::get_if<9>(&storage_); }
  AttributeMap& m() { return *std::get_if<9>(&storage_); }

  bool operator==(const AttributeValue& other) const;

 private:
  using Storage = std::variant<std::string, Decimal, Binary, bool, Null, StringSet, NumberSet,
                               BinarySet, List, AttributeMap>;
  explicit AttributeValue(Storage storage) : storage_(std::move(storage)) {}
  Storage storage_;
};

// "S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M": the names of the wire and of
// attribute_type.
std::string_view TypeName(AttributeValue::Type type);

// -- inline parts that need AttributeValue complete
// ----------------------------------------------------

inline AttributeMap::const_iterator AttributeMap::begin() const { return entries_.begin(); }
inline AttributeMap::const_iterator AttributeMap::end() const { return entries_.end(); }
inline AttributeMap::iterator AttributeMap::begin() { return entries_.begin(); }
inline AttributeMap::iterator AttributeMap::end() { return entries_.end(); }
inline size_t AttributeMap::size() const { return entries_.size(); }
inline bool AttributeMap::empty() const { return entries_.empty(); }
inline void AttributeMap::reserve(size_t n) { entries_.reserve(n); }

}  // namespace stator

#endif  // STATOR_MODEL_ATTRIBUTE_VALUE_H_
