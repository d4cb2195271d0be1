#include <pthread.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/operations.h"
#include "api/service.h"
#include "backup/backups.h"
#include "events/event_sources.h"
#include "kinesis/delivery.h"
#include "kinesis/streams.h"
#include "server/admin_handler.h"
#include "server/commands.h"
#include "server/config.h"
#include "server/delivery_metrics.h"
#include "server/engine_metrics.h"
#include "server/environment.h"
#include "server/http_server.h"
#include "server/kinesis_client.h"
#include "server/log.h"
#include "server/mapping_metrics.h"
#include "server/metrics.h"
#include "server/program_pages.h"
#include "server/request_handler.h"
#include "server/system_random.h"
#include "server/time_to_live_metrics.h"
#include "server/version.h"
#include "storage/open.h"
#include "table/database.h"
#include "transfer/bulk_puts.h"
#include "transfer/exports.h"
#include "transfer/imports.h"

namespace stator {
namespace {

constexpr std::chrono::milliseconds kAdminStop{100};
// For functions that were called: what they do not finish is sent again after the next start.
constexpr std::chrono::milliseconds kFunctionStop{2000};
// For the tables and logs that deletes on a full disk need: what is in memtables, those of the store
// of logs among them (storage/rocksdb_options.cc).
constexpr uint64_t kReserveBytes = uint64_t{160} << 20;

ReportEvent LogEvents(const char* what) {
  return [what](EventLevel level, const std::string& message) {
    Log(level == EventLevel::kInfo      ? LogLevel::kInfo
        : level == EventLevel::kWarning ? LogLevel::kWarning
                                        : LogLevel::kError,
        what, {{"event", message}});
  };
}

EngineOptions EngineOptionsOf(const ServerConfig& config, const Clock* clock) {
  EngineOptions options;
  options.durability = config.durability;
  options.sync_interval_micros = config.sync_interval_ms * 1000;
  options.conflict_wait_micros = config.conflict_wait_ms * 1000;
  options.commit_delay_micros = config.commit_delay_ms * 1000;
  options.io_threads = config.io_threads;
  options.block_cache_bytes = config.cache_size;
  options.reserve_bytes = kReserveBytes;
  options.log_limit_bytes = config.log_limit;
  options.clock = clock;
  options.report = LogEvents("storage");
  return options;
}

Result<std::unique_ptr<Database>> OpenDatabase(const ServerConfig& config, const Clock* clock,
                                               Random* random) {
  const EngineOptions engine_options = EngineOptionsOf(config, clock);
  std::unique_ptr<Engine> engine;
  if (config.in_memory) {
    engine = NewMemoryEngine(engine_options);
  } else {
    auto opened = OpenRocksEngine(config.data, engine_options);
    if (!opened) return Unexpected(std::move(opened).error());
    engine = std::move(*opened);
  }
  DatabaseOptions options;
  options.clock = clock;
  options.random = random;
  options.item_collection_limit_bytes = config.item_collection_limit_bytes;
  options.control_plane_delay_factor = config.control_plane_delays ? 1 : 0;
  options.service_quotas = config.service_quotas;
  options.time_to_live = {config.ttl_delay_s * 1'000'000, config.ttl_deletions_per_second};
  options.log.retention_micros = config.stream_retention_s * 1'000'000;
  options.log.roll_micros = config.stream_shard_s * 1'000'000;
  options.log.max_open_shards = static_cast<size_t>(config.stream_shards);
  options.log.split_rate = static_cast<uint64_t>(config.stream_split_rate);
  options.report = LogEvents("tables");
  return Database::Open(std::move(engine), std::move(options));
}

HttpServerOptions ServerOptionsOf(const ServerConfig& config) {
  HttpServerOptions options;
  options.address = config.listen;
  options.port = config.port;
  options.threads = config.threads > 0
                        ? config.threads
                        : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  options.max_connections = config.max_connections;
  options.body_budget = config.request_memory;
  options.limits.header_timeout = std::chrono::milliseconds(config.header_timeout_ms);
  options.limits.body_timeout = std::chrono::milliseconds(config.body_timeout_ms);
  options.limits.idle_timeout = std::chrono::milliseconds(config.idle_timeout_ms);
  options.limits.write_timeout = std::chrono::milliseconds(config.write_timeout_ms);
  options.tls_certificate = config.tls_certificate;
  options.tls_key = config.tls_key;
  return options;
}

std::vector<std::string> OperationNames() {
  std::vector<std::string> names;
  for (const OperationInfo& operation : Operations()) {
    // Kinesis has operations that are called like others.
    std::string name = operation.prefix == kKinesis ? "Kinesis." : "";
    names.push_back(name.append(operation.name));
  }
  return names;
}

// Every connection is a file descriptor; the usual soft limit of 1,024 is for programs that use
// select(). Lowers max_connections to what the hard limit allows: connections must not take the
// descriptors that the data needs, as a database that cannot open its files fails.
void FitConnectionsToDescriptors(ServerConfig* config) {
  constexpr size_t kForData = 1200;  // the engine's files, the admin port, logs
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return;
  const size_t files = limit.rlim_cur;
  const size_t most = files > 2 * kForData ? files - kForData : files / 2;
  if (config->max_connections <= most) return;
  Log(LogLevel::kWarning,
      "the limit on open files (ulimit -n) does not allow max_connections, which is lowered",
      {{"open_files", static_cast<int64_t>(files)},
       {"max_connections", static_cast<int64_t>(config->max_connections)},
       {"lowered_to", static_cast<int64_t>(most)}});
  config->max_connections = most;
}

// Blocks the signals that stop the server, in this thread and all that it starts.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGINT);
    sigaddset(&set_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set_, &before_);
  }
  // A second signal, during the stop, ends the process at once.
  void Wait() {
    int signal = 0;
    sigwait(&set_, &signal);
    Log(LogLevel::kInfo, "stopping", {{"signal", signal}});
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }

 private:
  sigset_t set_;
  sigset_t before_;
};

// In the words of the setting.
std::string DurabilityName(const ServerConfig& config) {
  if (config.in_memory) return "in memory";
  switch (config.durability) {
    case Durability::kSync:
      return "sync";
    case Durability::kInterval:
      return "interval:" + std::to_string(config.sync_interval_ms);
    case Durability::kNone:
      return "none";
  }
  return "";
}

void LogStart(const ServerConfig& config, uint16_t port) {
  if (config.in_memory) {
    Log(LogLevel::kWarning, "the data is in memory only and will be lost at the end");
  } else if (config.durability != Durability::kSync) {
    Log(LogLevel::kWarning,
        "durability is relaxed: answered writes may be lost when the machine fails");
  }
  if (config.identities.empty()) Log(LogLevel::kInfo, "no identities: signatures are not verified");
  const char* scheme = config.tls_certificate.empty() ? "http" : "https";
  Log(LogLevel::kInfo, "ready",
      {{"version", kVersion},
       {"scheme", scheme},
       {"address", config.listen},
       {"port", port},
       {"admin_port", config.admin_port},
       {"durability", DurabilityName(config)},
       {"data", config.in_memory ? std::string_view("in memory") : config.data}});
}

kinesis::DeliveryOptions DeliveryOptionsOf(const ServerConfig& config) {
  kinesis::DeliveryOptions options;
  options.report = LogEvents("kinesis");
  if (!config.kinesis_endpoint.empty()) {
    options.connect = [endpoint = *ParseEndpoint(config.kinesis_endpoint)](
                          const std::string& region) { return ConnectKinesis(endpoint, region); };
  }
  return options;
}

ObjectStoreOptions ObjectOptionsOf(const ServerConfig& config) {
  const Credentials credentials = EnvironmentCredentials();
  return {.url = config.object_storage,
          .region = config.object_storage_region,
          .access_key_id = credentials.access_key_id,
          .secret_access_key = credentials.secret_access_key,
          .session_token = credentials.session_token};
}

ImportOptions ImportOptionsOf(const ServerConfig& config) {
  ImportOptions options;
  options.report = LogEvents("imports");
  if (config.object_storage.empty()) return options;
  options.open_objects = [objects = ObjectOptionsOf(config)](const std::atomic<bool>* cancel) {
    ObjectStoreOptions own = objects;
    own.cancel = cancel;
    return OpenObjectStore(own);
  };
  return options;
}

// Of jobs that ask something of the service (objects/object_store.h).
template <class Options>
Options DemandingOptionsOf(const ServerConfig& config, const char* what) {
  Options options;
  options.report = LogEvents(what);
  if (config.object_storage.empty()) return options;
  options.takes_demands = TakesDemands(config.object_storage);
  options.open_objects = [objects = ObjectOptionsOf(config)](const ObjectDemands& demands,
                                                             const std::atomic<bool>* cancel) {
    ObjectStoreOptions own = objects;
    own.demands = demands;
    own.cancel = cancel;
    return OpenObjectStore(own);
  };
  return options;
}

// A folder of the data directory, or one in memory.
std::shared_ptr<FileSpace> SpaceOf(const ServerConfig& config, const std::string& name) {
  return config.in_memory ? FileSpace::InMemory() : FileSpace::OnDisk(config.data + "/" + name);
}

// Ends a thread before the engine that it works on.
template <class Worker>
struct Stops {
  Worker* worker;
  ~Stops() { worker->Stop(); }
};

// Until a signal says to stop.
Result<void> Serve(ServerConfig config) {
  StopSignals signals;
  StartLog(config.log_level);
  FitConnectionsToDescriptors(&config);

  const SystemClock clock;
  SystemRandom random;
  auto identities = Identities::Create(config.identities);
  if (!identities) return Unexpected(std::move(identities).error());
  // Outlives the engine, whose completions reach it.
  std::unique_ptr<kinesis::Streams> streams;
  std::unique_ptr<Backups> backups;
  std::unique_ptr<Imports> imports;
  std::unique_ptr<Exports> exports;
  std::unique_ptr<BulkPuts> bulk_puts;
  auto database = OpenDatabase(config, &clock, &random);
  if (!database) return Unexpected(std::move(database).error());
  auto opened = kinesis::Streams::Open(&(*database)->engine(),
                                       {.clock = &clock, .report = LogEvents("kinesis")});
  if (!opened) return Unexpected(std::move(opened).error());
  streams = *std::move(opened);
  const Stops<kinesis::Streams> stops_streams{streams.get()};
  const std::shared_ptr<FileSpace> images = SpaceOf(config, "backups");
  auto opened_backups = Backups::Open(database->get(), images, {.report = LogEvents("backups")});
  if (!opened_backups) return Unexpected(std::move(opened_backups).error());
  backups = *std::move(opened_backups);
  const Stops<Backups> stops_backups{backups.get()};
  auto opened_imports =
      Imports::Open(database->get(), SpaceOf(config, "imports"), ImportOptionsOf(config));
  if (!opened_imports) return Unexpected(std::move(opened_imports).error());
  imports = *std::move(opened_imports);
  const Stops<Imports> stops_imports{imports.get()};
  auto opened_exports = Exports::Open({.database = database->get(),
                                       .recovery = &backups->recovery(),
                                       .images = images,
                                       .scratch = SpaceOf(config, "exports")},
                                      DemandingOptionsOf<ExportOptions>(config, "exports"));
  if (!opened_exports) return Unexpected(std::move(opened_exports).error());
  exports = *std::move(opened_exports);
  const Stops<Exports> stops_exports{exports.get()};
  auto opened_bulk_puts =
      BulkPuts::Open(database->get(), DemandingOptionsOf<BulkPutOptions>(config, "bulk puts"));
  if (!opened_bulk_puts) return Unexpected(std::move(opened_bulk_puts).error());
  bulk_puts = *std::move(opened_bulk_puts);
  const Stops<BulkPuts> stops_bulk_puts{bulk_puts.get()};
  kinesis::Delivery delivery(database->get(), streams.get(), DeliveryOptionsOf(config));
  delivery.Start();
  const Service service(database->get(), config.validation_form, streams.get(), backups.get(),
                        imports.get(), exports.get(), bulk_puts.get());
  Metrics metrics(OperationNames());
  const EngineMetrics engine_metrics(&(*database)->engine(), DurabilityName(config));
  const TimeToLiveMetrics ttl_metrics(&(*database)->sweeper());
  const DeliveryMetrics delivery_metrics(&delivery);
  auto functions = Functions::Create(config.functions, config.destinations);
  if (!functions) return Unexpected(std::move(functions).error());
  auto event_sources =
      EventSources::Start(database->get(), std::move(*functions), LogEvents("events"));
  if (!event_sources) return Unexpected(std::move(event_sources).error());
  const MappingMetrics mapping_metrics(event_sources->get());
  std::atomic<bool> ready{false};

  auto server = HttpServer::Start(ServerOptionsOf(config), &clock, [&] {
    return std::make_unique<RequestHandler>(
        RequestHandler::Options{.service = &service,
                                .identities = &*identities,
                                .clock = &clock,
                                .mappings = &(*event_sources)->api(),
                                .counters = metrics.AddLoop(),
                                .random_seed = random.Next(),
                                .health_region = config.health_region});
  });
  if (!server) return Unexpected(std::move(server).error());
  std::unique_ptr<HttpServer> admin;
  if (config.admin_port != 0) {
    HttpServerOptions options;
    options.port = config.admin_port;
    options.max_connections = 100;
    auto started = HttpServer::Start(options, &clock, [&] {
      return std::make_unique<AdminHandler>(
          std::vector<const prometheus::Collectable*>{&metrics, &engine_metrics, &ttl_metrics,
                                                      &delivery_metrics, &mapping_metrics},
          [&ready] { return ready.load(); });
    });
    if (!started) {
      (*server)->Stop(std::chrono::milliseconds(0));
      delivery.Stop();
      (*event_sources)->Stop(std::chrono::milliseconds(0));
      streams->Stop();
      bulk_puts->Stop();
      exports->Stop();
      backups->Stop();
      imports->Stop();
      database->reset();  // before the loops that its answers go to
      return Fail(started.error().code,
                  "the admin port: " + started.error().message + " (--admin-port)");
    }
    admin = std::move(*started);
  }
  metrics.Watch(&(*server)->shared());
  ready = true;
  ForgetProgramPages();
  LogStart(config, (*server)->port());

  signals.Wait();
  ready = false;
  (*server)->Stop(std::chrono::milliseconds(config.shutdown_timeout_ms));
  if (admin) admin->Stop(kAdminStop);
  (*event_sources)
      ->Stop(std::min(std::chrono::milliseconds(config.shutdown_timeout_ms), kFunctionStop));
  // In this order: what the database still answers goes to the server's loops, which are stopped
  // but there.
  delivery.Stop();
  streams->Stop();
  bulk_puts->Stop();
  exports->Stop();
  backups->Stop();
  imports->Stop();
  database->reset();
  metrics.Watch(nullptr);
  server->reset();
  Log(LogLevel::kInfo, "stopped");
  return {};
}

int RunServe(const CommandLine& command_line) {
  auto config = LoadConfig(command_line, [](const char* name) { return std::getenv(name); });
  if (!config) {
    std::cerr << "stator: " << config.error().message << "\n";
    return 2;
  }
  if (auto checked = CheckConfig(*config); !checked) {
    std::cerr << "stator: " << checked.error().message << "\n";
    return 2;
  }
  if (auto served = Serve(*std::move(config)); !served) {
    std::cerr << "stator: " << served.error().message << "\n";
    return 1;
  }
  return 0;
}

}  // namespace

void AddServeCommand(CLI::App* app, int* exit_code) {
  auto* command = app->add_subcommand("serve", "Serve the API");
  command->footer(
      "Every setting can also be given in the environment (--max-connections is "
      "STATOR_MAX_CONNECTIONS) and in the\n"
      "configuration file (max_connections); the command line goes before the environment, it "
      "before the file.\n"
      "`stator config` prints a configuration file.");
  auto values = std::make_shared<CommandLine>();
  for (const Setting& setting : Settings()) {
    if (!setting.on_command_line) continue;
    const auto store = [values, name = std::string(setting.name)](const std::string& value) {
      (*values)[name] = value;
    };
    if (setting.value.empty()) {
      // Also --in-memory=false, against what the environment or the file says.
      command->add_flag_function(
          setting.Flag(), [store](int64_t count) { store(count > 0 ? "true" : "false"); },
          std::string(setting.help));
    } else {
      command->add_option_function<std::string>(setting.Flag(), store, std::string(setting.help))
          ->type_name(std::string(setting.value))
          ->default_str(std::string(setting.default_value));
    }
  }
  command->callback([values, exit_code] { *exit_code = RunServe(*values); });
}

}  // namespace stator
