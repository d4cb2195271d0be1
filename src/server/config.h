// The settings of `stator serve`: one table from which the command line, the environment, the
// configuration file, --help and the page about them are all made.
#ifndef STATOR_SERVER_CONFIG_H_
#define STATOR_SERVER_CONFIG_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/validation_form.h"
#include "auth/identities.h"
#include "base/function_ref.h"
#include "base/result.h"
#include "events/functions.h"
#include "server/log.h"
#include "storage/engine_options.h"

namespace stator {

// The defaults are in the table, not here.
struct ServerConfig {
  uint16_t port;
  std::string listen;
  std::string tls_certificate;
  std::string tls_key;
  uint16_t admin_port;
  std::string data;
  bool in_memory;
  std::vector<Identity> identities;
  std::vector<FunctionTarget> functions;
  std::vector<FailureTarget> destinations;
  Durability durability;
  int64_t sync_interval_ms;
  size_t cache_size;
  int threads;
  int io_threads;
  int64_t conflict_wait_ms;
  int64_t commit_delay_ms;
  bool control_plane_delays;
  bool service_quotas;
  int64_t ttl_delay_s;
  int64_t ttl_deletions_per_second;
  ValidationForm validation_form;
  int64_t item_collection_limit_bytes;
  int64_t stream_retention_s;
  int64_t stream_shard_s;
  int64_t stream_shards;
  int64_t stream_split_rate;
  uint64_t log_limit;
  size_t max_connections;
  size_t request_memory;
  int64_t header_timeout_ms;
  int64_t body_timeout_ms;
  int64_t idle_timeout_ms;
  int64_t write_timeout_ms;
  int64_t shutdown_timeout_ms;
  std::string kinesis_endpoint;
  std::string object_storage;
  std::string object_storage_region;
  std::string health_region;
  LogLevel log_level;
};

struct Setting {
  std::string_view name;           // as in the configuration file: "max_connections"
  std::string_view value;          // what it takes, for people: "NUMBER"; empty: on or off
  std::string_view default_value;  // as it would be written
  std::string_view help;
  bool on_command_line;  // secrets are not: every user of a machine can see command lines
  bool in_file;
  // Errors: kInvalidArgument, saying what would be valid: "must be a number from 0 to 65535".
  Result<void> (*set)(std::string_view text, ServerConfig* config);

  std::string Flag() const;         // "--max-connections"
  std::string Environment() const;  // "STATOR_MAX_CONNECTIONS"
};

std::span<const Setting> Settings();

// By the setting's name, as given on the command line.
using CommandLine = std::map<std::string, std::string, std::less<>>;

// Settings from the command line, before those of the environment, before those of the file that
// `config` names, before the defaults. `get_environment` is getenv, or the like.
//
// Errors: kInvalidArgument, with the place and the name of the setting; kIoError for the file.
Result<ServerConfig> LoadConfig(const CommandLine& command_line,
                                FunctionRef<const char*(const char*)> get_environment);

// Whether the settings go together. Errors: kInvalidArgument.
Result<void> CheckConfig(const ServerConfig& config);

// The table as Markdown.
std::string SettingsAsMarkdown();
// A configuration file with all settings at their defaults, commented out.
std::string SettingsAsToml();

}  // namespace stator

#endif  // STATOR_SERVER_CONFIG_H_
