// The admin port: /metrics, /livez and /readyz.
#ifndef STATOR_SERVER_ADMIN_HANDLER_H_
#define STATOR_SERVER_ADMIN_HANDLER_H_

#include <functional>
#include <vector>

#include <prometheus/collectable.h>

#include "server/http_handler.h"

namespace stator {

class AdminHandler final : public HttpHandler {
 public:
  // `collectables` must outlive the handler. `ready` says whether requests should be sent here.
  AdminHandler(std::vector<const prometheus::Collectable*> collectables,
               std::function<bool()> ready);

  void Handle(const HttpRequest& request, HttpDone done) override;

 private:
  const std::vector<const prometheus::Collectable*> collectables_;
  const std::function<bool()> ready_;
};

}  // namespace stator

#endif  // STATOR_SERVER_ADMIN_HANDLER_H_
