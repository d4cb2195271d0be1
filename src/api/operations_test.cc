#include "api/operations.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <string>

#include "api/describe.h"
#include "api/json_view.h"
#include "api/test_json.h"

namespace stator {
namespace {

TEST(Operations, AllOfTheApis) {
  size_t streams = 0;
  for (const OperationInfo& info : Operations()) {
    EXPECT_EQ(FindOperation(std::string(info.prefix) + "." + std::string(info.name)), &info);
    EXPECT_EQ(info.input->kind, ShapeKind::kStructure) << info.name;
    if (info.prefix == "DynamoDBStreams_20120810") ++streams;
  }
  EXPECT_EQ(streams, 4u);
  EXPECT_EQ(Operations().size(), 57u + 5u + 4u + 39u);
}

// A misspelt member would never be refused.
TEST(Operations, UnsupportedMembersExist) {
  for (const OperationInfo& info : Operations()) {
    for (std::string_view path : info.unsupported_members) {
      const std::string whole(path);
      const Shape* shape = info.input;
      while (!path.empty()) {
        const size_t dot = path.find('.');
        const std::string_view name = path.substr(0, dot);
        path = dot == std::string_view::npos ? "" : path.substr(dot + 1);
        const Shape* next = nullptr;
        for (const ShapeMember& member : shape->members) {
          if (member.name == name) next = member.shape;
        }
        ASSERT_NE(next, nullptr) << info.name << ": " << whole;
        shape = next->kind == ShapeKind::kList ? next->element : next;
      }
    }
  }
}

TEST(Describe, IsJsonOfAllOperations) {
  const TestJson json(DescribeOperationsJson());
  size_t count = 0;
  bool refuses_policies = false;
  for (const auto element : ArrayOf(json.root())) {
    ++count;
    const Members operation(element);
    const OperationInfo* info = FindOperation(std::string(*operation.String("target")) + "." +
                                              std::string(*operation.String("name")));
    ASSERT_NE(info, nullptr);
    EXPECT_EQ(*operation.Bool("supported"), info->handler != nullptr);
    EXPECT_EQ(operation.List("members")->size(), info->input->members.size());
    if (info->name != "CreateTable") continue;
    const auto members = operation.List("members");
    for (const auto member : *members) {
      if (Members(member).String("name") == "ResourcePolicy") refuses_policies = *Members(member).Bool("refused");
    }
  }
  EXPECT_EQ(count, Operations().size());
  EXPECT_TRUE(refuses_policies);
}

}  // namespace
}  // namespace stator
