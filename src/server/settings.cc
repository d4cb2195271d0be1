// The table of settings of config.h, and how each is read.
#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <utility>

#include "server/config.h"
#include "server/function_settings.h"

namespace stator {
namespace {

constexpr int64_t kMaxMillis = 1'000'000'000;
constexpr int64_t kMaxSeconds = 400ll * 86'400;
// With less the largest request that DynamoDB takes, of 16 MiB, would never be served.
constexpr int64_t kMinRequestMemory = int64_t{64} << 20;

Unexpected<Status> Bad(std::string message) {
  return Fail(StatusCode::kInvalidArgument, std::move(message));
}

Result<int64_t> ParseNumber(std::string_view text, int64_t min, int64_t max) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < min || value > max) {
    return Bad("must be a number from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return value;
}

// "64MiB", "10GB" (as GiB), "4096".
Result<int64_t> ParseSize(std::string_view text) {
  constexpr std::pair<std::string_view, int> kUnits[] = {
      {"K", 10}, {"M", 20}, {"G", 30}, {"T", 40}};
  const auto bad = [] { return Bad("must be a size such as 4096, 64MiB or 10GiB"); };
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < 0) return bad();
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (text.empty()) return value;
  for (const auto& [unit, shift] : kUnits) {
    if (!text.starts_with(unit)) continue;
    text.remove_prefix(1);
    if (!text.empty() && text != "B" && text != "iB") return bad();
    if (value > std::numeric_limits<int64_t>::max() >> shift) return bad();
    return value << shift;
  }
  return bad();
}

Result<bool> ParseBool(std::string_view text) {
  if (text == "true" || text == "1") return true;
  if (text == "false" || text == "0") return false;
  return Bad("must be true or false");
}

template <auto kMember, int64_t kMin, int64_t kMax>
Result<void> SetNumber(std::string_view text, ServerConfig* config) {
  auto value = ParseNumber(text, kMin, kMax);
  if (!value) return Unexpected(std::move(value).error());
  auto& member = config->*kMember;
  member = static_cast<std::remove_reference_t<decltype(member)>>(*value);
  return {};
}

template <auto kMember, int64_t kMin = 0>
Result<void> SetSize(std::string_view text, ServerConfig* config) {
  auto value = ParseSize(text);
  if (!value) return Unexpected(std::move(value).error());
  if (*value < kMin) return Bad("must be at least " + std::to_string(kMin >> 20) + "MiB");
  auto& member = config->*kMember;
  member = static_cast<std::remove_reference_t<decltype(member)>>(*value);
  return {};
}

template <auto kMember>
Result<void> SetText(std::string_view text, ServerConfig* config) {
  config->*kMember = std::string(text);
  return {};
}

template <auto kMember>
Result<void> SetBool(std::string_view text, ServerConfig* config) {
  auto value = ParseBool(text);
  if (!value) return Unexpected(std::move(value).error());
  config->*kMember = *value;
  return {};
}

// LoadConfig reads the file that it names.
Result<void> SetNothing(std::string_view, ServerConfig*) { return {}; }

Result<void> SetDurability(std::string_view text, ServerConfig* config) {
  constexpr std::string_view kInterval = "interval:";
  if (text == "sync") {
    config->durability = Durability::kSync;
  } else if (text == "none") {
    config->durability = Durability::kNone;
  } else if (text.starts_with(kInterval)) {
    auto millis = ParseNumber(text.substr(kInterval.size()), 1, kMaxMillis);
    if (!millis) return Bad("must be sync, interval:MILLISECONDS or none");
    config->durability = Durability::kInterval;
    config->sync_interval_ms = *millis;
  } else {
    return Bad("must be sync, interval:MILLISECONDS or none");
  }
  return {};
}

Result<void> SetDelays(std::string_view text, ServerConfig* config) {
  if (text != "none" && text != "service") return Bad("must be none or service");
  config->control_plane_delays = text == "service";
  return {};
}

Result<void> SetValidationForm(std::string_view text, ServerConfig* config) {
  if (text != "new" && text != "old") return Bad("must be new or old");
  config->validation_form = text == "new" ? ValidationForm::kNew : ValidationForm::kOld;
  return {};
}

Result<void> SetLogLevel(std::string_view text, ServerConfig* config) {
  auto level = ParseLogLevel(text);
  if (!level) return Unexpected(std::move(level).error());
  config->log_level = *level;
  return {};
}

// "KEY:SECRET[:ACCOUNT[:TOKEN]],...": none of them has a colon or a comma in it.
Result<void> SetIdentities(std::string_view text, ServerConfig* config) {
  config->identities.clear();
  while (!text.empty()) {
    const size_t end = std::min(text.find(','), text.size());
    std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::vector<std::string> parts;
    for (;;) {
      const size_t colon = one.find(':');
      parts.emplace_back(one.substr(0, colon));
      if (colon == std::string_view::npos) break;
      one.remove_prefix(colon + 1);
    }
    if (parts.size() < 2 || parts.size() > 4)
      return Bad("must be KEY:SECRET[:ACCOUNT[:TOKEN]],...");
    Identity identity{std::move(parts[0]), std::move(parts[1])};
    if (parts.size() > 2) identity.account_id = std::move(parts[2]);
    if (parts.size() > 3) identity.session_token = std::move(parts[3]);
    config->identities.push_back(std::move(identity));
  }
  return {};
}

Result<void> SetFunctions(std::string_view text, ServerConfig* config) {
  auto functions = ParseFunctions(text);
  if (!functions) return Unexpected(std::move(functions).error());
  config->functions = std::move(*functions);
  return {};
}

Result<void> SetDestinations(std::string_view text, ServerConfig* config) {
  auto destinations = ParseDestinations(text);
  if (!destinations) return Unexpected(std::move(destinations).error());
  config->destinations = std::move(*destinations);
  return {};
}

using C = ServerConfig;
constexpr Setting kSettings[] = {
    {"port", "NUMBER", "8000", "Port of the API; 0: any free one", true, true,
     SetNumber<&C::port, 0, 65535>},
    {"data", "DIR", "", "Directory of the data; made if it is not there", true, true,
     SetText<&C::data>},
    {"in_memory", "", "false", "Keep the data in memory only, and lose it at the end", true, true,
     SetBool<&C::in_memory>},
    {"config", "FILE", "", "Configuration file (TOML) with any of these settings", true, false,
     SetNothing},
    {"listen", "ADDRESS", "127.0.0.1",
     "IP address to listen on; any but a loopback one requires identities", true, true,
     SetText<&C::listen>},
    {"tls_certificate", "FILE", "", "Certificate chain (PEM); serves HTTPS instead of HTTP", true,
     true, SetText<&C::tls_certificate>},
    {"tls_key", "FILE", "", "Private key of the certificate (PEM)", true, true,
     SetText<&C::tls_key>},
    {"identities", "KEY:SECRET[:ACCOUNT[:TOKEN]],...", "",
     "Access keys; without any, every well-formed signature is accepted. In the file: "
     "[[identities]] tables with "
     "access_key_id, secret_access_key, account_id, session_token",
     false, true, SetIdentities},
    {"functions", "NAME=TARGET,...", "",
     "Functions of event source mappings: URLs that get the event as a POST, or programs that get "
     "it on standard input. In the file: [[functions]] tables with name, url or command, "
     "timeout_seconds",
     true, true, SetFunctions},
    {"destinations", "ARN=TARGET,...", "",
     "Where their dead letters go, by the ARN that a mapping names: a URL, table:NAME or a file. "
     "In "
     "the file: [[destinations]] tables with arn and url, table or file",
     true, true, SetDestinations},
    {"admin_port", "NUMBER", "0", "Port of /metrics, /livez and /readyz, on 127.0.0.1; 0: none",
     true, true, SetNumber<&C::admin_port, 0, 65535>},
    {"durability", "MODE", "sync",
     "When a write is forced to disk: sync (before it is answered), interval:MILLISECONDS, none",
     true, true, SetDurability},
    {"cache_size", "SIZE", "256MiB", "Cache of what is read from the data directory", true, true,
     SetSize<&C::cache_size>},
    {"threads", "NUMBER", "0", "Threads that serve requests; 0: as many as processors", true, true,
     SetNumber<&C::threads, 0, 1024>},
    {"io_threads", "NUMBER", "4", "Threads that wait for reads from disk", true, true,
     SetNumber<&C::io_threads, 1, 1024>},
    {"conflict_wait_ms", "NUMBER", "50", "How long a write waits for a transaction on its item",
     true, true, SetNumber<&C::conflict_wait_ms, 0, kMaxMillis>},
    {"item_collection_limit_bytes", "SIZE", "10GiB",
     "Largest item collection of a table with local indexes", true, true,
     SetSize<&C::item_collection_limit_bytes>},
    {"control_plane_delays", "MODE", "none",
     "How long tables stay in CREATING and the like: none (as long as it takes), service (as long "
     "as DynamoDB's)",
     true, true, SetDelays},
    {"service_quotas", "", "false",
     "Refuse what DynamoDB's default quotas refuse: capacity per table, decreases per day", true,
     true, SetBool<&C::service_quotas>},
    {"ttl_delay_s", "NUMBER", "0",
     "Seconds from when an item expires (time to live) to when it is deleted; DynamoDB takes "
     "minutes "
     "to days",
     true, true, SetNumber<&C::ttl_delay_s, 0, kMaxMillis>},
    {"ttl_deletions_per_second", "NUMBER", "5000",
     "Most items to delete in a second because they have expired; 0: none", true, true,
     SetNumber<&C::ttl_deletions_per_second, 0, 1'000'000>},
    {"validation_form", "FORM", "new",
     "Words of validation errors: new (most regions since late 2026), old", true, true,
     SetValidationForm},
    {"stream_retention_s", "NUMBER", "86400",
     "How long records of a stream can be read, in seconds", true, true,
     SetNumber<&C::stream_retention_s, 1, kMaxSeconds>},
    {"stream_shard_s", "NUMBER", "14400",
     "How long a shard of a stream is open before another follows it, in seconds", true, true,
     SetNumber<&C::stream_shard_s, 1, kMaxSeconds>},
    {"stream_shards", "NUMBER", "16",
     "Most open shards of a stream; a busy one is split until it has so many", true, true,
     SetNumber<&C::stream_shards, 1, 1024>},
    {"stream_split_rate", "NUMBER", "1000",
     "Records a second for each open shard from which on the shards of a stream are split", true,
     true, SetNumber<&C::stream_split_rate, 1, 1'000'000'000>},
    {"log_limit", "SIZE", "0",
     "Most that the records of all streams, those of Kinesis included, may take together: then "
     "writes that add to them are refused, after an alarm at 80 %; 0: no limit but the disk's",
     true, true, SetSize<&C::log_limit>},
    {"max_connections", "NUMBER", "10000", "Open connections; further ones are closed at once",
     true, true, SetNumber<&C::max_connections, 1, 10'000'000>},
    {"request_memory", "SIZE", "256MiB",
     "Memory for large requests and answers under way, all together; at least 64MiB", true, true,
     SetSize<&C::request_memory, kMinRequestMemory>},
    {"header_timeout_ms", "NUMBER", "10000", "Longest time for the head of a request to arrive",
     true, true, SetNumber<&C::header_timeout_ms, 1, kMaxMillis>},
    {"body_timeout_ms", "NUMBER", "30000",
     "Longest time for 64 KiB of a request's body, or the rest of it", true, true,
     SetNumber<&C::body_timeout_ms, 1, kMaxMillis>},
    {"idle_timeout_ms", "NUMBER", "300000", "Longest pause between the requests of a connection",
     true, true, SetNumber<&C::idle_timeout_ms, 1, kMaxMillis>},
    {"write_timeout_ms", "NUMBER", "30000",
     "Longest time for a client to take 64 KiB of its answer, or all of it", true, true,
     SetNumber<&C::write_timeout_ms, 1, kMaxMillis>},
    {"shutdown_timeout_ms", "NUMBER", "10000",
     "Longest time for requests under way to end when the server stops", true, true,
     SetNumber<&C::shutdown_timeout_ms, 0, kMaxMillis>},
    {"kinesis_endpoint", "URL", "",
     "Kinesis service for table changes that go to streams this server does not have; credentials "
     "are those of AWS_ACCESS_KEY_ID and its like in the environment",
     true, true, SetText<&C::kinesis_endpoint>},
    {"object_storage", "URL", "",
     "Where imports and bulk puts come from and exports go: a service with the S3 API "
     "(https://s3.example.com), or a folder with one folder for each bucket (file:///srv/buckets); "
     "credentials are those of AWS_ACCESS_KEY_ID and its like in the environment",
     true, true, SetText<&C::object_storage>},
    {"object_storage_region", "REGION", "us-east-1", "Region that requests to it are signed for",
     true, true, SetText<&C::object_storage_region>},
    {"health_region", "REGION", "us-east-1", "Region named in the answer to a GET", true, true,
     SetText<&C::health_region>},
    {"log_level", "LEVEL", "info", "debug (every request), info, warning, error or off", true, true,
     SetLogLevel},
    {"commit_delay_ms", "NUMBER", "0",
     "For tests: how long every write is held back before it is stored", true, true,
     SetNumber<&C::commit_delay_ms, 0, kMaxMillis>},
};

std::string Spelled(std::string_view prefix, std::string_view name, char separator, bool upper) {
  std::string out(prefix);
  for (char c : name) {
    out += c == '_' ? separator : upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return out;
}

}  // namespace

std::span<const Setting> Settings() { return kSettings; }

std::string Setting::Flag() const { return Spelled("--", name, '-', false); }
std::string Setting::Environment() const { return Spelled("STATOR_", name, '_', true); }

}  // namespace stator
