// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace carillon {

enum class ConfigType : std::uint8_t {
    kBool,    ///< true/false, yes/no, on/off, 1/0
    kWhole,   ///< a whole number >= 0
    kReal,    ///< a finite number
    kSize,    ///< bytes: 4GiB, 500MB, 1048576
    kChoice,  ///< one of `choices`
    kText,
    kPath,
};

/// Where a value came from, from weak to strong.
enum class ConfigSource : std::uint8_t { kDefault, kFile, kEnvironment, kFlag };

/// A setting. `max_memory` is written `max_memory` in the file, `CARILLON_MAX_MEMORY` in the
/// environment and `--max-memory` on the command line.
struct ConfigKey {
    std::string name;
    ConfigType type = ConfigType::kText;
    std::string standard;  ///< the default as a user would write it; "" = not set
    std::string help;
    std::vector<std::string> choices = {};  ///< of a kChoice
    double least = 0;                       ///< of a kWhole or kReal
    double most = std::numeric_limits<double>::max();
};

/// The settings every program of ours knows.
std::vector<ConfigKey> standard_config_keys();

/// Settings merged from defaults, a JSON file, the environment and flags; the stronger source wins
/// whatever the order of the calls, and among equals the later call.
///
/// Everything that reads throws InputError naming the key and the place: `carillon.json:3:12:
/// unknown key "seeed"; did you mean "seed"?`, `environment variable CARILLON_SEED: must be ...`,
/// `--seed: must be ...`.
class Config {
  public:
    explicit Config(std::vector<ConfigKey> keys = standard_config_keys());

    /// One more key, e.g. of one subcommand. Throws InternalError when it exists or its default is
    /// wrong.
    void add_key(ConfigKey key);

    /// A JSON object with one member per key.
    void read_json(std::string_view text, const std::string& file);
    /// Throws: ResourceError when the file cannot be read.
    void read_file(const std::string& path);
    /// Takes the variables that begin with CARILLON_ from a list such as `environ`, `NAME=value`
    /// each, ending with a null pointer. CARILLON_CONFIG, CARILLON_TEST_DATA and those of
    /// docs/reference/ranks.md are no settings and left alone.
    void read_environment(const char* const* environment);
    /// Takes the value of `--max-memory`; `name` may be written with `-` or `_`.
    void set_flag(std::string_view name, std::string_view value);

    bool is_set(std::string_view name) const;
    /// The value, of the type the key was declared with; InternalError for another type, an unknown
    /// key, or a key that is not set.
    bool boolean(std::string_view name) const;
    std::uint64_t whole(std::string_view name) const;  ///< kWhole and kSize
    double real(std::string_view name) const;
    const std::string& text(std::string_view name) const;  ///< kChoice, kText and kPath

    struct Explained {
        std::string name, value, help;
        ConfigSource source = ConfigSource::kDefault;
        std::string place;  ///< `default`, `carillon.json:3:12`, `CARILLON_SEED`, `--seed`
    };
    /// Every key with its value and where that came from.
    std::vector<Explained> explain() const;
    /// The same as a table.
    std::string explain_text() const;

    const std::vector<ConfigKey>& keys() const { return keys_; }

  private:
    using Value = std::variant<std::monostate, bool, std::uint64_t, double, std::string>;
    struct Setting {
        Value value;
        std::string written;  ///< as the user wrote it
        ConfigSource source = ConfigSource::kDefault;
        std::string place = "default";
    };
    std::optional<std::size_t> find(std::string_view name) const;
    const Setting& setting(std::string_view name) const;
    void set(std::size_t index, std::string_view written, ConfigSource source, std::string place);
    /// The value of a text, or what the text must be.
    static std::variant<Value, std::string> parse(const ConfigKey& key, std::string_view text);

    std::vector<ConfigKey> keys_;
    std::vector<Setting> settings_;
};

/// Standard keys, from the file `config_path` (or else CARILLON_CONFIG, or else ./carillon.json
/// where that exists) and the environment; flags are for the caller to add.
Config load_config(const std::string& config_path, const char* const* environment,
                   std::vector<ConfigKey> keys = standard_config_keys());

/// Bytes of `4GiB`, `1.5 GB`, `512M` (M = MiB), `1048576`; nothing when it is none of these.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// Bytes in the largest unit that divides them: `4GiB`, `1000B`.
std::string show_size(std::uint64_t bytes);

/// "default", "file", "environment", "flag".
std::string_view config_source_name(ConfigSource source);

}  // namespace carillon
