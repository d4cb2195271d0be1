// For the tests of this folder: JSON text as simdjson sees it.
#ifndef STATOR_API_TEST_JSON_H_
#define STATOR_API_TEST_JSON_H_

#include <gtest/gtest.h>
#include <simdjson.h>

#include <string_view>

#include "api/members.h"

namespace stator {

// Owns what the elements point into.
class TestJson {
 public:
  explicit TestJson(std::string_view text) : text_(text) {
    const auto parsed = parser_.parse(text_);
    EXPECT_EQ(parsed.error(), simdjson::SUCCESS) << text;
    root_ = parsed.value_unsafe();
  }
  simdjson::dom::element root() const { return root_; }
  simdjson::dom::object object() const { return root_.get_object().value_unsafe(); }
  Members members() const { return Members(root_); }

 private:
  simdjson::padded_string text_;
  simdjson::dom::parser parser_;
  simdjson::dom::element root_;
};

}  // namespace stator

#endif  // STATOR_API_TEST_JSON_H_
