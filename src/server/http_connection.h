// One client's connection: reads requests, keeps answers in order, and bounds what a client can
// cost.
//
// HTTP/1.1 and 1.0, keep-alive, pipelining, chunked bodies, Expect: 100-continue, half-closed
// clients. The limits and time-outs are those of HttpLimits.
#ifndef STATOR_SERVER_HTTP_CONNECTION_H_
#define STATOR_SERVER_HTTP_CONNECTION_H_

#include <openssl/ssl.h>

#include "server/event_loop.h"

namespace stator {

// Serves the socket until either side closes it. `socket` belongs to the loop's io_context; `tls`
// is nullptr for plain HTTP, else outlives the connection. Call it on the loop's thread.
void ServeConnection(EventLoop* loop, Socket socket, SSL_CTX* tls);

}  // namespace stator

#endif  // STATOR_SERVER_HTTP_CONNECTION_H_
