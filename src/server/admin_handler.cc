#include "server/admin_handler.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <iterator>
#include <utility>

namespace stator {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kPrometheusText = "text/plain; version=0.0.4; charset=utf-8";

HttpAnswer Text(int status, std::string body, std::string_view content_type = kText) {
  HttpAnswer answer;
  answer.status = status;
  answer.content_type = content_type;
  answer.body = std::move(body);
  return answer;
}

}  // namespace

AdminHandler::AdminHandler(std::vector<const prometheus::Collectable*> collectables,
                           std::function<bool()> ready)
    : collectables_(std::move(collectables)), ready_(std::move(ready)) {}

void AdminHandler::Handle(const HttpRequest& request, HttpDone done) {
  if (request.method != "GET" && request.method != "HEAD") return done(Text(405, "only GET\n"));
  if (request.path == "/livez") return done(Text(200, "ok\n"));
  if (request.path == "/readyz")
    return done(ready_() ? Text(200, "ok\n") : Text(503, "not ready\n"));
  if (request.path != "/metrics")
    return done(Text(404, "there are /metrics, /livez and /readyz\n"));
  std::vector<prometheus::MetricFamily> families;
  for (const auto* collectable : collectables_) {
    auto more = collectable->Collect();
    families.insert(families.end(), std::make_move_iterator(more.begin()),
                    std::make_move_iterator(more.end()));
  }
  done(Text(200, prometheus::TextSerializer().Serialize(families), kPrometheusText));
}

}  // namespace stator
