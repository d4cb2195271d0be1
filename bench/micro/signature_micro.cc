// Checking the signature of a request, with access keys and without; hashing by itself.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "auth/sha256.h"
#include "auth/sigv4.h"

namespace stator::bench {
namespace {

class FixedClock final : public Clock {
 public:
  int64_t NowMicros() const override { return 1370772015'000000; }
  int64_t MonotonicMicros() const override { return 0; }
};

void Verify(benchmark::State& state, bool known_keys) {
  const FixedClock clock;
  const auto identities = known_keys ? Identities::Create({{"AKIDEXAMPLE", "secret"}})
                                     : Result<Identities>(Identities());
  SigV4Verifier verifier(&*identities, &clock);
  const std::string body(static_cast<size_t>(state.range(0)), 'x');
  // The signature is wrong, which costs the same as a right one.
  const std::string authorization =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20130609/us-east-1/dynamodb/aws4_request, "
      "SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=" +
      std::string(64, '0');
  const std::vector<HeaderView> headers = {
      {"Host", "127.0.0.1:8000"},
      {"X-Amz-Target", "DynamoDB_20120810.GetItem"},
      {"Content-Type", "application/x-amz-json-1.0"},
      {"User-Agent", "Boto3/1.34 md/Botocore#1.34 ua/2.0 os/linux"},
      {"X-Amz-Date", "20130609T100015Z"},
      {"Authorization", authorization},
      {"Content-Length", "300"}};
  const RequestView request{"POST", "/", "", headers, body};
  for (auto _ : state) {
    const auto caller = verifier.Verify(request);
    if (static_cast<bool>(caller) == known_keys) state.SkipWithError("not the expected answer");
  }
}

void SignatureVerified(benchmark::State& state) { Verify(state, true); }
void SignatureFormOnly(benchmark::State& state) { Verify(state, false); }

void Sha256Of(benchmark::State& state) {
  const std::string data(static_cast<size_t>(state.range(0)), 'x');
  for (auto _ : state) benchmark::DoNotOptimize(Sha256(data));
  state.SetBytesProcessed(state.range(0) * static_cast<int64_t>(state.iterations()));
}

BENCHMARK(SignatureVerified)->Arg(300)->Arg(30'000);
BENCHMARK(SignatureFormOnly)->Arg(300);
BENCHMARK(Sha256Of)->Arg(300)->Arg(30'000);

}  // namespace
}  // namespace stator::bench
