// A Kinesis service elsewhere, for table changes that go to a stream there.
#ifndef STATOR_SERVER_KINESIS_CLIENT_H_
#define STATOR_SERVER_KINESIS_CLIENT_H_

#include <memory>
#include <string>

#include "kinesis/remote_stream.h"
#include "net/http_client.h"

namespace stator {

// The credentials are those of the environment (server/environment.h).
std::unique_ptr<kinesis::RemoteStreams> ConnectKinesis(const Endpoint& endpoint,
                                                       const std::string& region);

}  // namespace stator

#endif  // STATOR_SERVER_KINESIS_CLIENT_H_
