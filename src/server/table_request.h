// CreateTable requests in files: what `stator load --create` takes and `stator dump --schema`
// writes.
#ifndef STATOR_SERVER_TABLE_REQUEST_H_
#define STATOR_SERVER_TABLE_REQUEST_H_

#include <simdjson.h>

#include <string>

#include "base/result.h"
#include "server/api_client.h"

namespace stator {

struct TableRequest {
  std::string name;
  std::string json;
};

// Errors: kInvalidArgument, with the name of the file.
Result<TableRequest> ReadTableRequest(const std::string& file);

// The request that makes a table like the one of which DescribeTable says `table`, but for what
// belongs to an account: keys of encryption, replicas, warm throughput.
std::string TableRequestOf(const simdjson::dom::element& table);

// Makes the table unless it is there, and waits until it can be written to. A table of this name
// that is being deleted is waited for, too.
Result<void> EnsureTable(ApiClient* client, const TableRequest& request);

}  // namespace stator

#endif  // STATOR_SERVER_TABLE_REQUEST_H_
