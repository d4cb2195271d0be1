// A signed request in any form must be answered, never crash, and be verified only with the right
// secret.
//
// Input: "<path>?<query>\n", lines of "<name>:<value>\n", "\n", the body.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "auth/sigv4.h"

namespace {

class FixedClock final : public stator::Clock {
 public:
  int64_t NowMicros() const override { return 1370772015'000000; }
  int64_t MonotonicMicros() const override { return 0; }
};

std::string_view Cut(std::string_view* rest, char end) {
  const size_t at = std::min(rest->find(end), rest->size());
  const std::string_view piece = rest->substr(0, at);
  rest->remove_prefix(std::min(at + 1, rest->size()));
  return piece;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const FixedClock clock;
  static const stator::Identities none;
  static const stator::Identities known =
      *stator::Identities::Create({{"AKID", "a secret that no input contains", "111122223333"}});
  static stator::SigV4Verifier open(&none, &clock);
  static stator::SigV4Verifier strict(&known, &clock);

  std::string_view rest(reinterpret_cast<const char*>(data), size);
  stator::RequestView request;
  request.method = "POST";
  std::string_view target = Cut(&rest, '\n');
  request.path = Cut(&target, '?');
  request.query = target;
  std::vector<stator::HeaderView> headers;
  for (std::string_view line = Cut(&rest, '\n'); !line.empty(); line = Cut(&rest, '\n')) {
    const std::string_view name = Cut(&line, ':');
    headers.push_back({name, line});
  }
  request.headers = headers;
  request.body = rest;
  const auto anyone = open.Verify(request);
  if (anyone && (*anyone)->account_id != stator::kDefaultAccountId) std::abort();
  if (strict.Verify(request)) std::abort();
  return 0;
}
