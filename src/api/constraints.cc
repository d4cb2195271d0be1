#include "api/constraints.h"

#include <algorithm>

#include "api/json_view.h"
#include "api/members.h"
#include "api/structure_view.h"

namespace stator {
namespace {

using simdjson::dom::element;

// An ARN instead of a table name is only bound by this.
constexpr size_t kMaxArnLength = 1024;

std::string AtLeast(std::string_view what, int64_t bound) {
  return "Member must have " + std::string(what) + " greater than or equal to " + std::to_string(bound);
}
std::string AtMost(std::string_view what, int64_t bound) {
  return "Member must have " + std::string(what) + " less than or equal to " + std::to_string(bound);
}
std::string MatchPattern(const Shape& shape) {
  return "Member must satisfy regular expression pattern: " + std::string(shape.pattern);
}
std::string BeOneOf(const Shape& shape) {
  std::string out = "Member must satisfy enum value set: [";
  for (size_t i = 0; i < shape.values.size(); ++i) {
    if (i > 0) out += ", ";
    out += shape.values[i];
  }
  return out + "]";
}

// -- dumps ---------------------------------------------------------------------------------------------

class Dumper {
 public:
  explicit Dumper(size_t limit) : limit_(limit) {}

  // Attribute values refer to themselves, so this stops at kMaxDepth as well as at the limit.
  void Dump(const Shape& shape, element value, int depth = 0) {
    if (out_.size() >= limit_ || depth > kMaxDepth) return;
    if (value.is_null()) {
      out_ += "null";
    } else if (value.is_string()) {
      out_ += Prefix(TextOf(value));
    } else if (value.is_array()) {
      DumpList(shape, value, depth);
    } else if (shape.kind == ShapeKind::kMap) {
      DumpMap(*shape.element, value, depth);
    } else if (value.is_object()) {
      DumpStructure(shape, value, depth);
    } else if (shape.kind == ShapeKind::kInteger || shape.kind == ShapeKind::kLong) {
      out_ += std::to_string(Members::IntOf(value));
    } else {
      out_ += simdjson::minify(value);
    }
  }
  std::string Take() && { return std::move(out_); }

 private:
  static constexpr int kMaxDepth = 40;

  // No more of a text than the limit leaves room for, cut between characters.
  std::string_view Prefix(std::string_view text) const {
    size_t room = limit_ - out_.size();
    if (text.size() <= room) return text;
    while (room > 0 && (static_cast<unsigned char>(text[room]) & 0xC0) == 0x80) --room;
    return text.substr(0, room);
  }

  void DumpList(const Shape& shape, element value, int depth) {
    const Shape& member = shape.kind == ShapeKind::kList ? *shape.element : shape;
    out_ += '[';
    bool first = true;
    for (const element item : ArrayOf(value)) {
      if (out_.size() >= limit_) break;
      if (!first) out_ += ", ";
      first = false;
      Dump(member, item, depth + 1);
    }
    out_ += ']';
  }

  void DumpMap(const Shape& element_shape, element value, int depth) {
    out_ += '{';
    bool first = true;
    for (const auto field : ObjectOf(value)) {
      if (out_.size() >= limit_) break;
      if (!first) out_ += ", ";
      first = false;
      out_ += Prefix(field.key);
      out_ += '=';
      if (out_.size() < limit_) Dump(element_shape, field.value, depth + 1);
    }
    out_ += '}';
  }

  static const Shape& MemberShape(const Shape& shape, std::string_view name) {
    for (const ShapeMember& member : shape.members) {
      if (member.name == name) return *member.shape;
    }
    return shape;  // inside an attribute value
  }

  void DumpStructure(const Shape& shape, element value, int depth) {
    out_ += shape.name;
    out_ += '(';
    bool first = true;
    for (const auto field : ObjectOf(value)) {
      if (out_.size() >= limit_) break;
      if (!first) out_ += ", ";
      first = false;
      out_ += Prefix(LowerCamel(field.key));
      out_ += '=';
      if (out_.size() < limit_) Dump(MemberShape(shape, field.key), field.value, depth + 1);
    }
    out_ += ')';
  }

  const size_t limit_;
  std::string out_;
};

// -- the walk ------------------------------------------------------------------------------------------

class Walk {
 public:
  bool Full() const { return violations_.size() >= kMaxViolations; }
  std::vector<Violation> Take() && { return std::move(violations_); }

  void Structure(const Shape& shape, simdjson::dom::object object) {
    const StructureView view(shape, object);
    for (size_t i = 0; i < shape.members.size() && !Full(); ++i) {
      const ShapeMember& member = shape.members[i];
      if (!view.Has(i) && !member.required) continue;
      const Step step(this, member.name, Step::kMemberName);
      if (view.Has(i)) {
        Value(*member.shape, view[i]);
      } else {
        Report(std::nullopt, "Member must not be null");
      }
    }
  }

 private:
  // One more element of the path, while it lives.
  class Step {
   public:
    enum Kind { kMemberName, kKey };
    Step(Walk* walk, std::string_view name, Kind kind) : walk_(walk) {
      walk_->path_.push_back({name, kind});
    }
    ~Step() { walk_->path_.pop_back(); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Walk* walk_;
  };
  struct PathElement {
    std::string_view name;
    Step::Kind kind;
  };

  void Report(std::optional<std::string> value, std::string constraint) {
    if (Full()) return;
    Violation violation{.value = std::move(value), .constraint = std::move(constraint)};
    for (const PathElement& element : path_) {
      if (!violation.path.empty()) {
        violation.path += '.';
        violation.model_path += '.';
      }
      violation.model_path += element.name;
      if (element.kind == Step::kMemberName) {
        violation.path += LowerCamel(element.name);
      } else {
        violation.path.append(element.name).append(".member");
        violation.model_path += ".member";
      }
    }
    violations_.push_back(std::move(violation));
  }

  void Value(const Shape& shape, element value) {
    switch (shape.kind) {
      case ShapeKind::kString:
        return String(shape, value);
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
        return Number(shape, value);
      case ShapeKind::kList:
        return List(shape, value);
      case ShapeKind::kMap:
        return Map(shape, value);
      case ShapeKind::kStructure:
        return Structure(shape, ObjectOf(value));
      default:
        return;  // no constraints
    }
  }

  void Number(const Shape& shape, element value) {
    const int64_t number = Members::IntOf(value);
    if (number < shape.min) Report(std::to_string(number), AtLeast("value", shape.min));
    if (number > shape.max) Report(std::to_string(number), AtMost("value", shape.max));
  }

  void String(const Shape& shape, element value) {
    const std::string_view text = TextOf(value);
    if (IsFine(shape, text)) return;
    for (std::string& constraint : BrokenBy(shape, text)) Report(std::string(text), std::move(constraint));
  }

  static bool HasBounds(const Shape& shape) { return shape.min != Shape::kNoMin || shape.max != Shape::kNoMax; }
  static bool HasConstraints(const Shape& shape) {
    return HasBounds(shape) || shape.matches != nullptr || !shape.values.empty();
  }

  static bool IsFine(const Shape& shape, std::string_view text) {
    return !HasConstraints(shape) || BrokenBy(shape, text).empty();
  }

  static std::vector<std::string> BrokenBy(const Shape& shape, std::string_view text) {
    std::vector<std::string> broken;
    const auto length = static_cast<int64_t>(Utf16Length(text));
    if (shape.table_name_or_arn && text.starts_with("arn:")) {
      if (text.size() > kMaxArnLength) broken.push_back(AtMost("length", kMaxArnLength));
      return broken;
    }
    // Captured: an empty name of a table is only too short (facts 1.9).
    const bool only_length = shape.table_name_or_arn && text.empty();
    if (shape.matches != nullptr && !only_length && !shape.matches(text)) {
      broken.push_back(MatchPattern(shape));
    }
    if (length < shape.min) broken.push_back(AtLeast("length", shape.min));
    if (length > shape.max) broken.push_back(AtMost("length", shape.max));
    if (!shape.values.empty() && std::find(shape.values.begin(), shape.values.end(), text) == shape.values.end()) {
      broken.push_back(BeOneOf(shape));
    }
    return broken;
  }

  // All constraints of the members of a list or map, as the reports about the whole of it print them.
  static std::string AllOf(const Shape& shape) {
    std::vector<std::string> all;
    if (shape.max != Shape::kNoMax) all.push_back(AtMost("length", shape.max));
    if (shape.min != Shape::kNoMin) all.push_back(AtLeast("length", shape.min));
    if (shape.matches != nullptr) all.push_back(MatchPattern(shape));
    if (!shape.values.empty()) all.push_back(BeOneOf(shape));
    std::string out = "[";
    for (size_t i = 0; i < all.size(); ++i) {
      if (i > 0) out += ", ";
      out += all[i];
    }
    return out + "]";
  }

  void Length(const Shape& shape, element value, size_t length) {
    if (static_cast<int64_t>(length) < shape.min) {
      Report(DumpValue(shape, value), AtLeast("length", shape.min));
    } else if (static_cast<int64_t>(length) > shape.max) {
      Report(DumpValue(shape, value), AtMost("length", shape.max));
    }
  }

  void List(const Shape& shape, element value) {
    const simdjson::dom::array array = ArrayOf(value);
    Length(shape, value, array.size());
    const Shape& member = *shape.element;
    if (member.kind == ShapeKind::kAttributeValue) return;  // its decoder judges it
    bool members_fine = true;
    size_t position = 0;
    for (const element item : array) {
      if (Full()) return;
      ++position;
      if (!item.is_null() && member.kind == ShapeKind::kString) {
        members_fine = members_fine && IsFine(member, TextOf(item));
        continue;
      }
      const std::string number = std::to_string(position);
      const Step step(this, number, Step::kKey);
      if (item.is_null()) {
        Report(std::nullopt, "Member must not be null");
      } else {
        Value(member, item);
      }
    }
    if (!members_fine) {
      Report(DumpValue(shape, value), "Member must satisfy constraint: " + AllOf(member));
    }
  }

  // The two batch operations take names of one character, though their texts say three (facts 1.9, 6.1).
  static bool IsFineKey(const Shape& shape, std::string_view key) {
    if (!shape.table_name_or_arn) return IsFine(shape, key);
    Shape lenient = shape;
    lenient.min = 1;
    return IsFine(lenient, key);
  }

  static bool IsFineElement(const Shape& shape, element value) {
    if (shape.kind == ShapeKind::kString) return IsFine(shape, TextOf(value));
    if (shape.kind == ShapeKind::kList) {
      const auto length = static_cast<int64_t>(ArrayOf(value).size());
      return length >= shape.min && length <= shape.max;
    }
    return true;
  }

  void Map(const Shape& shape, element value) {
    const simdjson::dom::object object = ObjectOf(value);
    Length(shape, value, object.size());
    const Shape& member = *shape.element;
    bool keys_fine = true;
    bool elements_fine = true;
    for (const auto field : object) {
      keys_fine = keys_fine && IsFineKey(*shape.key, field.key);
      elements_fine = elements_fine && (field.value.is_null() || IsFineElement(member, field.value));
    }
    if (!keys_fine) Report(DumpValue(shape, value), "Map keys must satisfy constraint: " + AllOf(*shape.key));
    if (!elements_fine) Report(DumpValue(shape, value), "Map value must satisfy constraint: " + AllOf(member));
    if (member.kind != ShapeKind::kAttributeValue) Elements(member, object);
  }

  void Elements(const Shape& shape, simdjson::dom::object object) {
    for (const auto field : object) {
      if (Full()) return;
      const Step step(this, field.key, Step::kKey);
      if (field.value.is_null()) {
        Report(std::nullopt, "Member must not be null");
      } else if (shape.kind == ShapeKind::kList) {
        Shape unbounded = shape;  // the length has been reported for the whole map
        unbounded.min = Shape::kNoMin;
        unbounded.max = Shape::kNoMax;
        List(unbounded, field.value);
      } else if (shape.kind != ShapeKind::kString) {
        Value(shape, field.value);
      }
    }
  }

  std::vector<PathElement> path_;
  std::vector<Violation> violations_;
};

}  // namespace

std::string Violation::ToString() const {
  const std::string tail = "ailed to satisfy constraint: " + constraint;
  switch (form) {
    case Form::kBare:
      return "F" + tail;
    case Form::kNoValue:
      return "Value at '" + model_path + "' f" + tail;
    case Form::kValue:
      break;
  }
  return "Value " + (value ? "'" + *value + "'" : "null") + " at '" + path + "' f" + tail;
}

std::vector<Violation> FindViolations(const Shape& input, simdjson::dom::object body) {
  Walk walk;
  walk.Structure(input, body);
  return std::move(walk).Take();
}

std::string DescribeViolations(const std::vector<Violation>& violations) {
  std::string out = std::to_string(violations.size());
  out += violations.size() == 1 ? " validation error detected: " : " validation errors detected: ";
  for (size_t i = 0; i < violations.size(); ++i) {
    if (i > 0) out += "; ";
    out += violations[i].ToString();
  }
  return out;
}

std::string DumpValue(const Shape& shape, simdjson::dom::element value, size_t limit) {
  Dumper dumper(limit);
  dumper.Dump(shape, value);
  return std::move(dumper).Take();
}

size_t Utf16Length(std::string_view text) {
  size_t length = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) length += byte >= 0xF0 ? 2 : 1;
  }
  return length;
}

std::string LowerCamel(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] | 0x20);
  return out;
}

}  // namespace stator
