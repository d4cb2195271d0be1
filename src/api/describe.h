// What Stator supports, as it knows itself: the source of docs/operations.md.
#ifndef STATOR_API_DESCRIBE_H_
#define STATOR_API_DESCRIBE_H_

#include <string>

namespace stator {

// [{"target":"DynamoDB_20120810","name":"PutItem","supported":true,
//   "members":[{"name":"TableName","refused":false}, ...],"refused_parts":["A.B", ...]}, ...]
// Members are the top-level ones; refused_parts are members inside them that are refused.
std::string DescribeOperationsJson();

}  // namespace stator

#endif  // STATOR_API_DESCRIBE_H_
