#include "server/config.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>

#include "base/temp_dir.h"

namespace stator {
namespace {

class ConfigTest : public testing::Test {
 protected:
  Result<ServerConfig> Load(const CommandLine& command_line = {}, const std::string& toml = "") {
    CommandLine all = command_line;
    if (!toml.empty()) {
      std::ofstream(file_) << toml;
      all["config"] = file_;
    }
    return LoadConfig(all, [this](const char* name) {
      const auto it = environment_.find(name);
      return it == environment_.end() ? nullptr : it->second.c_str();
    });
  }
  std::string Error(const CommandLine& command_line, const std::string& toml = "") {
    auto config = Load(command_line, toml);
    if (config) return "(none)";
    std::string message = config.error().message;
    if (const size_t at = message.find(file_); at != std::string::npos)
      message.replace(at, file_.size(), "FILE");
    return message;
  }
  std::string Check(const CommandLine& command_line) {
    auto checked = CheckConfig(*Load(command_line));
    return checked ? "(none)" : checked.error().message;
  }

  TempDir dir_;
  const std::string file_ = dir_.file("stator.toml");
  std::map<std::string, std::string> environment_;
};

TEST_F(ConfigTest, Defaults) {
  auto config = Load();
  ASSERT_TRUE(config);
  EXPECT_EQ(config->port, 8000);
  EXPECT_EQ(config->listen, "127.0.0.1");
  EXPECT_EQ(config->durability, Durability::kSync);
  EXPECT_EQ(config->cache_size, size_t{256} << 20);
  EXPECT_EQ(config->item_collection_limit_bytes, int64_t{10} << 30);
  EXPECT_EQ(config->max_connections, 10'000u);
  EXPECT_EQ(config->log_level, LogLevel::kInfo);
  EXPECT_FALSE(config->in_memory);
}

TEST_F(ConfigTest, CommandLineBeforeEnvironmentBeforeFile) {
  const std::string toml =
      "port = 1\nthreads = 1\nio_threads = 1\nin_memory = true\ncache_size = \"1MiB\"\n";
  environment_ = {{"STATOR_PORT", "2"}, {"STATOR_THREADS", "2"}};
  auto config = Load({{"port", "3"}}, toml);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->port, 3);
  EXPECT_EQ(config->threads, 2);
  EXPECT_EQ(config->io_threads, 1);
  EXPECT_TRUE(config->in_memory);
  EXPECT_EQ(config->cache_size, size_t{1} << 20);
}

TEST_F(ConfigTest, FileNamedByTheEnvironment) {
  std::ofstream(file_) << "port = 77";
  environment_ = {{"STATOR_CONFIG", file_}};
  EXPECT_EQ(Load()->port, 77);
}

TEST_F(ConfigTest, Identities) {
  auto config = Load({}, R"([[identities]]
access_key_id = "a"
secret_access_key = "b"
[[identities]]
access_key_id = "c"
secret_access_key = "d"
account_id = "123456789012"
session_token = "t")");
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->identities.size(), 2u);
  EXPECT_EQ(config->identities[0].account_id, "000000000000");
  EXPECT_EQ(config->identities[1].session_token, "t");
  environment_ = {{"STATOR_IDENTITIES", "x:y,z:s+/=:123456789012:tok"}};
  config = Load();
  ASSERT_EQ(config->identities.size(), 2u);
  EXPECT_EQ(config->identities[0].secret_access_key, "y");
  EXPECT_FALSE(config->identities[0].session_token);
  EXPECT_EQ(config->identities[1].secret_access_key, "s+/=");
  EXPECT_EQ(config->identities[1].session_token, "tok");
}

TEST_F(ConfigTest, Errors) {
  EXPECT_EQ(Error({{"port", "65536"}}), "--port '65536': must be a number from 0 to 65535");
  EXPECT_EQ(Error({{"port", "80x"}}), "--port '80x': must be a number from 0 to 65535");
  EXPECT_EQ(Error({{"cache_size", "1.5G"}}),
            "--cache-size '1.5G': must be a size such as 4096, 64MiB or 10GiB");
  EXPECT_EQ(Error({{"cache_size", "9999999999T"}}),
            "--cache-size '9999999999T': must be a size such as 4096, 64MiB or 10GiB");
  EXPECT_EQ(Error({{"request_memory", "0"}}), "--request-memory '0': must be at least 64MiB");
  EXPECT_TRUE(Load({{"request_memory", "64MiB"}}));
  EXPECT_EQ(Error({{"durability", "interval:0"}}),
            "--durability 'interval:0': must be sync, interval:MILLISECONDS or none");
  EXPECT_EQ(Error({}, "port = 80\nprot = 1"), "FILE:2: there is no setting prot");
  EXPECT_EQ(Error({}, "config = \"x\""), "FILE:1: there is no setting config");
  EXPECT_EQ(Error({}, "port = 1.5"), "FILE:1: port must be a string, a number, true or false");
  EXPECT_EQ(Error({}, "in_memory = 7"), "FILE:1: in_memory '7': must be true or false");
  EXPECT_EQ(Error({}, "identities = 1"), "FILE:1: identities must be [[identities]] tables");
  EXPECT_EQ(Error({}, "[[identities]]\nkey = \"x\""), "FILE:2: identities: there is no member key");
  EXPECT_EQ(Error({}, "[[identities]]\naccount_id = 12"),
            "FILE:2: identities: account_id must be a string");
  EXPECT_NE(Error({}, "port = ").find("FILE:1: "), std::string::npos);
  EXPECT_EQ(Error({{"config", "/does/not/exist"}}),
            "cannot read the configuration file /does/not/exist");
  environment_ = {{"STATOR_LOG_LEVEL", "loud"}};
  EXPECT_EQ(Error({}), "STATOR_LOG_LEVEL 'loud': must be debug, info, warning, error or off");
}

TEST_F(ConfigTest, WhatMustGoTogether) {
  EXPECT_EQ(Check({{"in_memory", "true"}}), "(none)");
  EXPECT_EQ(Check({{"data", "d"}}), "(none)");
  EXPECT_EQ(Check({}),
            "say where the data is to live: --data DIR, or --in-memory to lose it at the end");
  EXPECT_EQ(Check({{"data", "d"}, {"in_memory", "true"}}),
            "--data and --in-memory exclude each other");
  EXPECT_EQ(Check({{"data", "d"}, {"tls_key", "k"}}),
            "--tls-certificate and --tls-key go together");
  EXPECT_EQ(Check({{"data", "d"}, {"listen", "localhost"}}),
            "--listen 'localhost': must be an IP address");
  for (const char* address : {"127.0.0.1", "127.8.8.8", "::1"}) {
    EXPECT_EQ(Check({{"data", "d"}, {"listen", address}}), "(none)") << address;
  }
  for (const std::string address : {"0.0.0.0", "::", "10.1.2.3"}) {
    EXPECT_EQ(Check({{"data", "d"}, {"listen", address}}),
              "--listen " + address +
                  " would let anyone who reaches this machine read and write everything: configure "
                  "identities, so that "
                  "signatures are verified, or listen on a loopback address");
  }
  environment_ = {{"STATOR_IDENTITIES", "a:b"}};
  EXPECT_EQ(Check({{"data", "d"}, {"listen", "0.0.0.0"}}), "(none)");
  environment_ = {{"STATOR_IDENTITIES", "a:b:12"}};
  EXPECT_EQ(Check({{"data", "d"}}), "identity a: account_id must be 12 digits");
}

TEST_F(ConfigTest, NamesFollowFromTheTable) {
  for (const Setting& setting : Settings()) {
    EXPECT_EQ(setting.Flag().find('_'), std::string::npos);
    EXPECT_TRUE(setting.Environment().starts_with("STATOR_"));
    EXPECT_NE(SettingsAsMarkdown().find("`" + setting.Environment() + "`"), std::string::npos)
        << setting.name;
  }
  EXPECT_NE(SettingsAsMarkdown().find(
                "| `--max-connections NUMBER` | `STATOR_MAX_CONNECTIONS` | `max_connections` | "
                "`10000` |"),
            std::string::npos);
}

// The file that `stator config` prints is accepted, and is the defaults, once the comment signs are
// gone.
TEST_F(ConfigTest, PrintedFileIsTheDefaults) {
  std::string toml;
  std::string all = SettingsAsToml();
  for (size_t at = 0; at < all.size();) {
    const size_t end = all.find('\n', at);
    const std::string line = all.substr(at, end - at);
    if (line.find(" = ") != std::string::npos && line.find("...") == std::string::npos &&
        line.find("account_id") == std::string::npos &&
        line.find("timeout_seconds") == std::string::npos) {
      toml += line.substr(2) + "\n";
    }
    at = end + 1;
  }
  auto config = Load({}, toml);
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->port, 8000);
  EXPECT_EQ(config->idle_timeout_ms, 300'000);
}

TEST_F(ConfigTest, FunctionsAndDestinations) {
  auto config = Load({{"functions", "hook=http://127.0.0.1:9000/x?a=b,run=/usr/bin/run"},
                      {"destinations", "arn:a=http://h/,arn:b=table:Lost,arn:c=/tmp/lost.jsonl"}});
  ASSERT_TRUE(config);
  ASSERT_EQ(config->functions.size(), 2u);
  EXPECT_EQ(config->functions[0].name, "hook");
  EXPECT_EQ(config->functions[0].url, "http://127.0.0.1:9000/x?a=b");
  EXPECT_EQ(config->functions[1].command, std::vector<std::string>{"/usr/bin/run"});
  ASSERT_EQ(config->destinations.size(), 3u);
  EXPECT_EQ(config->destinations[0].url, "http://h/");
  EXPECT_EQ(config->destinations[1].table, "Lost");
  EXPECT_EQ(config->destinations[2].file, "/tmp/lost.jsonl");

  config = Load({}, R"([[functions]]
name = "hook"
url = "https://example.com"
[[functions]]
name = "run"
command = ["python3", "run.py"]
timeout_seconds = 5
[[destinations]]
arn = "arn:q"
file = "lost.jsonl"
)");
  ASSERT_TRUE(config);
  ASSERT_EQ(config->functions.size(), 2u);
  EXPECT_EQ(config->functions[0].timeout_ms, 60'000);
  EXPECT_EQ(config->functions[1].command, (std::vector<std::string>{"python3", "run.py"}));
  EXPECT_EQ(config->functions[1].timeout_ms, 5'000);
  EXPECT_EQ(config->destinations[0].file, "lost.jsonl");
}

TEST_F(ConfigTest, FunctionsThatCannotBe) {
  EXPECT_EQ(Error({{"functions", "hook"}}),
            "--functions 'hook': must be NAME=URL,NAME=PROGRAM,...");
  EXPECT_EQ(Error({}, "[[functions]]\nnam = \"x\"\n"), "FILE:1: functions: there is no member nam");
  EXPECT_EQ(Error({}, "[[functions]]\ntimeout_seconds = 0\n"),
            "FILE:1: functions: timeout_seconds must be a number from 1 to 86400");
  EXPECT_EQ(Check({{"in_memory", "true"}, {"functions", "a b=/x"}}),
            "function 'a b': a name has 1 to 64 letters, digits, - and _");
  EXPECT_EQ(Check({{"in_memory", "true"}, {"functions", "a=/x,a=/y"}}),
            "function 'a': is there twice");
  EXPECT_EQ(Check({{"in_memory", "true"}, {"destinations", "queue=/x"}}),
            "destination 'queue': must have an arn");
}

}  // namespace
}  // namespace stator
