#include "server/config.h"

#include <toml++/toml.h>

#include <boost/asio/ip/address.hpp>

#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "net/http_client.h"
#include "objects/object_store.h"
#include "server/function_settings.h"

namespace stator {
namespace {

Unexpected<Status> Bad(std::string message) {
  return Fail(StatusCode::kInvalidArgument, std::move(message));
}

const Setting* FindSetting(std::string_view name) {
  for (const Setting& setting : Settings()) {
    if (setting.name == name) return &setting;
  }
  return nullptr;
}

Result<void> Apply(const Setting& setting, const std::string& where, std::string_view text,
                   ServerConfig* config) {
  auto set = setting.set(text, config);
  if (!set) return Bad(where + " '" + std::string(text) + "': " + set.error().message);
  return {};
}

std::string Place(const std::string& file, const toml::node& node) {
  return file + ":" + std::to_string(node.source().begin.line) + ": ";
}

// A scalar as it would stand on the command line.
std::optional<std::string> TextOf(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  return std::nullopt;
}

Result<Identity> ReadIdentity(const std::string& file, const toml::table& table) {
  Identity identity;
  for (const auto& [key, node] : table) {
    const auto* text = node.as_string();
    if (text == nullptr)
      return Bad(Place(file, node) + "identities: " + std::string(key.str()) + " must be a string");
    if (key.str() == "access_key_id") {
      identity.access_key_id = text->get();
    } else if (key.str() == "secret_access_key") {
      identity.secret_access_key = text->get();
    } else if (key.str() == "account_id") {
      identity.account_id = text->get();
    } else if (key.str() == "session_token") {
      identity.session_token = text->get();
    } else {
      return Bad(Place(file, node) + "identities: there is no member " + std::string(key.str()));
    }
  }
  return identity;
}

// An array of tables, such as [[identities]], each read by `read`.
template <class T, class Read>
Result<void> ReadTables(const std::string& file, const toml::node& node, const std::string& name,
                        std::vector<T>* out, Read read) {
  const auto bad = [&](const toml::node& where) {
    return Bad(Place(file, where) + name + " must be [[" + name + "]] tables");
  };
  const toml::array* tables = node.as_array();
  if (tables == nullptr) return bad(node);
  out->clear();
  for (const toml::node& element : *tables) {
    const toml::table* table = element.as_table();
    if (table == nullptr) return bad(element);
    auto one = read(*table);
    if (!one) return Unexpected(std::move(one).error());
    out->push_back(std::move(*one));
  }
  return {};
}

// The same, of a reader that does not know the file.
template <class T>
Result<void> ReadTables(const std::string& file, const toml::node& node, const std::string& name,
                        std::vector<T>* out, Result<T> (*read)(const toml::table&)) {
  return ReadTables(file, node, name, out, [&](const toml::table& table) -> Result<T> {
    auto one = read(table);
    if (!one) return Bad(Place(file, table) + name + ": " + one.error().message);
    return one;
  });
}

// nullopt: it is no setting of that kind.
std::optional<Result<void>> ReadAsTables(const std::string& file, const toml::node& node,
                                         std::string_view name, ServerConfig* config) {
  if (name == "identities") {
    return ReadTables(file, node, "identities", &config->identities,
                      [&](const toml::table& table) { return ReadIdentity(file, table); });
  }
  // A string is the command line's form.
  if (node.is_string()) return std::nullopt;
  if (name == "functions") {
    return ReadTables(file, node, "functions", &config->functions, ReadFunction);
  }
  if (name == "destinations") {
    return ReadTables(file, node, "destinations", &config->destinations, ReadDestination);
  }
  return std::nullopt;
}

Result<void> ReadFile(const std::string& file, ServerConfig* config) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) return Fail(StatusCode::kIoError, "cannot read the configuration file " + file);
  toml::table table;
  try {
    table = toml::parse(text, file);
  } catch (const toml::parse_error& error) {
    return Bad(file + ":" + std::to_string(error.source().begin.line) + ": " +
               std::string(error.description()));
  }
  for (const auto& [key, node] : table) {
    const Setting* setting = FindSetting(key.str());
    if (setting == nullptr || !setting->in_file) {
      return Bad(Place(file, node) + "there is no setting " + std::string(key.str()));
    }
    if (auto read = ReadAsTables(file, node, setting->name, config)) {
      if (!*read) return std::move(*read);
      continue;
    }
    const auto value = TextOf(node);
    if (!value)
      return Bad(Place(file, node) + std::string(key.str()) +
                 " must be a string, a number, true or false");
    if (auto applied = Apply(*setting, Place(file, node) + std::string(key.str()), *value, config);
        !applied) {
      return applied;
    }
  }
  return {};
}

}  // namespace

Result<ServerConfig> LoadConfig(const CommandLine& command_line,
                                FunctionRef<const char*(const char*)> get_environment) {
  ServerConfig config{};
  for (const Setting& setting : Settings()) {
    if (auto applied = Apply(setting, std::string(setting.name), setting.default_value, &config);
        !applied) {
      return Unexpected(std::move(applied).error());
    }
  }
  std::string file;
  if (const char* named = get_environment("STATOR_CONFIG")) file = named;
  if (const auto it = command_line.find("config"); it != command_line.end()) file = it->second;
  if (!file.empty()) {
    if (auto read = ReadFile(file, &config); !read) return Unexpected(std::move(read).error());
  }
  for (const Setting& setting : Settings()) {
    const std::string name = setting.Environment();
    if (const char* value = get_environment(name.c_str())) {
      if (auto applied = Apply(setting, name, value, &config); !applied)
        return Unexpected(std::move(applied).error());
    }
    if (const auto it = command_line.find(setting.name); it != command_line.end()) {
      if (auto applied = Apply(setting, setting.Flag(), it->second, &config); !applied) {
        return Unexpected(std::move(applied).error());
      }
    }
  }
  return config;
}

Result<void> CheckConfig(const ServerConfig& config) {
  if (config.in_memory == !config.data.empty()) {
    return Bad(
        config.in_memory
            ? "--data and --in-memory exclude each other"
            : "say where the data is to live: --data DIR, or --in-memory to lose it at the end");
  }
  if (config.tls_certificate.empty() != config.tls_key.empty()) {
    return Bad("--tls-certificate and --tls-key go together");
  }
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(config.listen, error);
  if (error) return Bad("--listen '" + config.listen + "': must be an IP address");
  if (!address.is_loopback() && config.identities.empty()) {
    return Bad("--listen " + config.listen +
               " would let anyone who reaches this machine read and write everything: configure "
               "identities, so that "
               "signatures are verified, or listen on a loopback address");
  }
  if (!config.kinesis_endpoint.empty()) {
    if (auto endpoint = ParseEndpoint(config.kinesis_endpoint); !endpoint) {
      return Bad("--kinesis-endpoint: " + endpoint.error().message);
    }
  }
  if (!config.object_storage.empty()) {
    if (auto checked = CheckObjectStoreUrl(config.object_storage); !checked) {
      return Bad("--object-storage: " + checked.error().message);
    }
  }
  auto identities = Identities::Create(config.identities);
  if (!identities) return Unexpected(std::move(identities).error());
  auto functions = Functions::Create(config.functions, config.destinations);
  if (!functions) return Unexpected(std::move(functions).error());
  return {};
}

std::string SettingsAsMarkdown() {
  std::string out =
      "| Command line | Environment | In the file | Default | |\n"
      "|---|---|---|---|---|\n";
  const auto code = [](const std::string& text) { return text.empty() ? text : "`" + text + "`"; };
  for (const Setting& setting : Settings()) {
    const std::string value(setting.value);
    out +=
        "| " +
        code(!setting.on_command_line ? "" : setting.Flag() + (value.empty() ? "" : " " + value)) +
        " | " + code(setting.Environment()) + " | " +
        code(setting.in_file ? std::string(setting.name) : "") + " | " +
        code(std::string(setting.default_value)) + " | " + std::string(setting.help) + " |\n";
  }
  return out;
}

std::string SettingsAsToml() {
  std::string out;
  for (const Setting& setting : Settings()) {
    if (!setting.in_file || setting.name == "identities" || setting.name == "functions" ||
        setting.name == "destinations") {
      continue;
    }
    const std::string value(setting.default_value);
    const bool bare =
        value == "true" || value == "false" ||
        (!value.empty() && value.find_first_not_of("0123456789") == std::string::npos);
    out += "# " + std::string(setting.help) + "\n# " + std::string(setting.name) + " = " +
           (bare ? value : "\"" + value + "\"") + "\n\n";
  }
  out +=
      "# Access keys; without any, every well-formed signature is accepted\n"
      "# [[identities]]\n# access_key_id = \"...\"\n# secret_access_key = \"...\"\n"
      "# account_id = \"000000000000\"\n# session_token = \"...\"\n\n"
      "# Functions that event source mappings may call: a url, or a command\n"
      "# [[functions]]\n# name = \"...\"\n# url = \"http://...\"\n# command = [\"...\", "
      "\"...\"]\n# timeout_seconds = 60\n\n"
      "# Where their dead letters go: a url, a table or a file\n"
      "# [[destinations]]\n# arn = \"arn:aws:sqs:...\"\n# url = \"http://...\"\n# table = \"...\"\n"
      "# file = \"...\"\n";
  return out;
}

}  // namespace stator
