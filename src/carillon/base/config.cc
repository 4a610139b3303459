// SPDX-License-Identifier: Apache-2.0
#include "carillon/base/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

#include "carillon/base/error.h"
#include "carillon/base/json_reader.h"
#include "carillon/base/suggest.h"

namespace carillon {

namespace {

constexpr std::string_view kPrefix = "CARILLON_";
/// Variables that are not settings.
constexpr std::string_view kOtherVariables[] = {
    "CARILLON_CONFIG", "CARILLON_TEST_DATA",
    // How ranks find each other: read at the start, before any setting (docs/reference/ranks.md).
    "CARILLON_MPI", "CARILLON_RANKS_PER_NODE", "CARILLON_MPI_PIECE", "CARILLON_LEASE_MS",
    "CARILLON_START_MS"};
constexpr const char* kUsualFile = "carillon.json";

std::string variable_of(std::string_view name) {
    std::string variable(kPrefix);
    for (const char c : name)
        variable += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    return variable;
}

std::string flag_of(std::string_view name) {
    std::string flag = "--" + std::string(name);
    std::replace(flag.begin() + 2, flag.end(), '_', '-');
    return flag;
}

std::optional<bool> parse_bool(std::string_view text) {
    for (const std::string_view yes : {"true", "yes", "on", "1"}) {
        if (text == yes) return true;
    }
    for (const std::string_view no : {"false", "no", "off", "0"}) {
        if (text == no) return false;
    }
    return std::nullopt;
}

template <class T>
std::optional<T> parse_number(std::string_view text) {
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string range_of(const ConfigKey& key) {
    if (key.most == std::numeric_limits<double>::max()) return fmt::format(">= {}", key.least);
    return fmt::format("from {} to {}", key.least, key.most);
}

}  // namespace

std::vector<ConfigKey> standard_config_keys() {
    using enum ConfigType;
    return {
        {"seed", kWhole, "0", "seed of every random choice"},
        {"shots", kWhole, "1024", "repetitions of a program", {}, 1, 1e15},
        {"threads", kWhole, "0", "threads to use; 0 = one per core", {}, 0, 65536},
        {"precision", kChoice, "double", "numbers of a state vector", {"float", "double"}},
        {"max_memory", kSize, "", "most memory a state may take"},
        {"bind",
         kChoice,
         "",
         "what every rank, and its threads, get for themselves",
         {"none", "core", "socket", "numa", "gpu"}},
        {"huge_pages", kChoice, "", "huge pages for states", {"auto", "always", "never"}},
        {"lock_memory", kBool, "false", "states are never swapped out"},
        {"spill", kText, "", "folder for states that do not fit in memory"},
        {"compress", kText, "none", "how they are packed: none, lossless or an error bound"},
        {"verify",
         kChoice,
         "auto",
         "proof that a distributed program equals its source",
         {"auto", "off", "validator", "full"}},
        {"network", kText, "", "network to run on: a generator string or a JSON file"},
        {"comm", kWhole, "", "communication qubits of every QPU", {}, 1, 1048576},
        {"html", kPath, "", "write the report as a page to this file"},
        {"json", kBool, "false", "print results as JSON"},
        {"quiet", kBool, "false", "print results only"},
    };
}

std::string_view config_source_name(ConfigSource source) {
    switch (source) {
        case ConfigSource::kDefault:
            return "default";
        case ConfigSource::kFile:
            return "file";
        case ConfigSource::kEnvironment:
            return "environment";
        case ConfigSource::kFlag:
            return "flag";
    }
    throw InternalError("config_source_name: no such source");
}

Config::Config(std::vector<ConfigKey> keys) {
    for (ConfigKey& key : keys) add_key(std::move(key));
}

void Config::add_key(ConfigKey key) {
    if (find(key.name)) throw InternalError("config: key " + key.name + " is added twice");
    Setting setting;
    if (!key.standard.empty()) {
        auto parsed = parse(key, key.standard);
        if (parsed.index() != 0)
            throw InternalError("config: default of " + key.name + " is wrong");
        setting.value = std::get<0>(std::move(parsed));
        setting.written = key.standard;
    }
    keys_.push_back(std::move(key));
    settings_.push_back(std::move(setting));
}

std::variant<Config::Value, std::string> Config::parse(const ConfigKey& key,
                                                       std::string_view text) {
    switch (key.type) {
        case ConfigType::kBool: {
            if (const auto value = parse_bool(text)) return Value(*value);
            return std::string("must be true or false");
        }
        case ConfigType::kWhole: {
            const auto value = parse_number<std::uint64_t>(text);
            const auto number = static_cast<double>(value.value_or(0));
            if (value && number >= key.least && number <= key.most) return Value(*value);
            return "must be a whole number " + range_of(key);
        }
        case ConfigType::kReal: {
            const auto value = parse_number<double>(text);
            if (value && *value >= key.least && *value <= key.most) return Value(*value);
            return "must be a number " + range_of(key);
        }
        case ConfigType::kSize: {
            if (const auto value = parse_size(text)) return Value(*value);
            return std::string("must be a size such as 4GiB or 500MB");
        }
        case ConfigType::kChoice: {
            const auto it = std::find(key.choices.begin(), key.choices.end(), text);
            if (it != key.choices.end()) return Value(*it);
            return fmt::format("must be one of {}", fmt::join(key.choices, ", "));
        }
        case ConfigType::kText:
        case ConfigType::kPath: {
            if (!text.empty()) return Value(std::string(text));
            return std::string("must not be empty");
        }
    }
    throw InternalError("config: no such type");
}

void Config::set(std::size_t index, std::string_view written, ConfigSource source,
                 std::string place) {
    auto parsed = parse(keys_[index], written);
    if (const auto* wanted = std::get_if<std::string>(&parsed)) {
        const std::string head =
            source == ConfigSource::kEnvironment ? "environment variable " : "";
        throw InputError(fmt::format("{}{}: {}, got \"{}\"", head, place, *wanted, written));
    }
    Setting& setting = settings_[index];
    if (source < setting.source) return;
    setting.value = std::get<0>(std::move(parsed));
    setting.written = std::string(written);
    setting.source = source;
    setting.place = std::move(place);
}

void Config::read_json(std::string_view text, const std::string& file) {
    const JsonDocument document(text, file);
    const JsonValue root = document.root();
    std::vector<std::string_view> names;
    for (const ConfigKey& key : keys_) names.push_back(key.name);
    root.allow_keys(names);
    for (const auto& [name, value] : root.members()) {
        const std::size_t index = *find(name);
        const ConfigKey& key = keys_[index];
        std::string written;
        switch (key.type) {
            case ConfigType::kBool:
                written = value.boolean() ? "true" : "false";
                break;
            case ConfigType::kWhole:
                written = std::to_string(value.whole());
                break;
            case ConfigType::kReal:
                written = fmt::format("{}", value.real());
                break;
            case ConfigType::kSize:
                written = value.is_number() ? std::to_string(value.whole()) : value.text();
                break;
            default:
                written = value.text();
        }
        const auto parsed = parse(key, written);
        if (const auto* wanted = std::get_if<std::string>(&parsed)) {
            value.fail(fmt::format("{}, got {}", *wanted, value.shown()));
        }
        const SourcePosition at = value.position();
        set(index, written, ConfigSource::kFile,
            fmt::format("{}:{}:{}", at.file, at.line, at.column));
    }
}

void Config::read_file(const std::string& path) {
    read_json(read_text_file(path), path);
}

void Config::read_environment(const char* const* environment) {
    std::vector<std::string> variables;
    for (const ConfigKey& key : keys_) variables.push_back(variable_of(key.name));
    for (; *environment; ++environment) {
        const std::string_view entry = *environment;
        if (!entry.starts_with(kPrefix)) continue;
        const std::size_t equals = std::min(entry.find('='), entry.size());
        const std::string_view variable = entry.substr(0, equals);
        if (std::find(std::begin(kOtherVariables), std::end(kOtherVariables), variable) !=
            std::end(kOtherVariables)) {
            continue;
        }
        const auto it = std::find(variables.begin(), variables.end(), variable);
        if (it == variables.end()) {
            const std::vector<std::string_view> known(variables.begin(), variables.end());
            throw InputError(fmt::format("environment variable {}: there is no such setting{}",
                                         variable, suggestion(variable, known)));
        }
        const std::string_view value =
            equals < entry.size() ? entry.substr(equals + 1) : std::string_view();
        set(static_cast<std::size_t>(it - variables.begin()), value, ConfigSource::kEnvironment,
            std::string(variable));
    }
}

void Config::set_flag(std::string_view name, std::string_view value) {
    std::string key(name);
    std::replace(key.begin(), key.end(), '-', '_');
    const auto index = find(key);
    if (!index) {
        std::vector<std::string> flags;
        for (const ConfigKey& k : keys_) flags.push_back(flag_of(k.name));
        const std::vector<std::string_view> known(flags.begin(), flags.end());
        throw InputError(fmt::format("{}: there is no such flag{}", flag_of(key),
                                     suggestion(flag_of(key), known)));
    }
    set(*index, value, ConfigSource::kFlag, flag_of(key));
}

std::optional<std::size_t> Config::find(std::string_view name) const {
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        if (keys_[i].name == name) return i;
    }
    return std::nullopt;
}

const Config::Setting& Config::setting(std::string_view name) const {
    if (const auto index = find(name)) return settings_[*index];
    throw InternalError(fmt::format("config: no key {}", name));
}

bool Config::is_set(std::string_view name) const {
    return !std::holds_alternative<std::monostate>(setting(name).value);
}

namespace {

template <class T, class Value>
const T& value_of(const Value& value, std::string_view name) {
    if (const T* held = std::get_if<T>(&value)) return *held;
    throw InternalError(fmt::format("config: {} is not set, or not of this type", name));
}

}  // namespace

bool Config::boolean(std::string_view name) const {
    return value_of<bool>(setting(name).value, name);
}

std::uint64_t Config::whole(std::string_view name) const {
    return value_of<std::uint64_t>(setting(name).value, name);
}

double Config::real(std::string_view name) const {
    return value_of<double>(setting(name).value, name);
}

const std::string& Config::text(std::string_view name) const {
    return value_of<std::string>(setting(name).value, name);
}

std::vector<Config::Explained> Config::explain() const {
    std::vector<Explained> list;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        list.push_back({keys_[i].name, settings_[i].written, keys_[i].help, settings_[i].source,
                        settings_[i].place});
    }
    return list;
}

std::string Config::explain_text() const {
    const auto list = explain();
    std::size_t names = 0, values = 7;
    for (const Explained& e : list) {
        names = std::max(names, e.name.size());
        values = std::max(values, e.value.size());
    }
    std::string out;
    for (const Explained& e : list) {
        out += fmt::format("{:<{}}  {:<{}}  {}\n", e.name, names,
                           e.value.empty() ? "not set" : e.value, values, e.place);
    }
    return out;
}

Config load_config(const std::string& config_path, const char* const* environment,
                   std::vector<ConfigKey> keys) {
    Config config(std::move(keys));
    std::string path = config_path;
    constexpr std::string_view kVariable = "CARILLON_CONFIG=";
    for (const char* const* entry = environment; path.empty() && *entry; ++entry) {
        const std::string_view text = *entry;
        if (text.starts_with(kVariable)) path = text.substr(kVariable.size());
    }
    std::error_code ignored;
    if (path.empty() && std::filesystem::is_regular_file(kUsualFile, ignored)) path = kUsualFile;
    if (!path.empty()) config.read_file(path);
    config.read_environment(environment);
    return config;
}

namespace {

struct SizeUnit {
    std::string_view name;
    double bytes;
};
constexpr double kKibi = 1024;
constexpr SizeUnit kUnits[] = {{"", 1},
                               {"B", 1},
                               {"kB", 1e3},
                               {"KB", 1e3},
                               {"MB", 1e6},
                               {"GB", 1e9},
                               {"TB", 1e12},
                               {"K", kKibi},
                               {"KiB", kKibi},
                               {"M", kKibi* kKibi},
                               {"MiB", kKibi* kKibi},
                               {"G", kKibi* kKibi* kKibi},
                               {"GiB", kKibi* kKibi* kKibi},
                               {"T", kKibi* kKibi* kKibi* kKibi},
                               {"TiB", kKibi* kKibi* kKibi* kKibi}};

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    std::string_view unit = text.substr(digits);
    if (unit.starts_with(' ')) unit.remove_prefix(1);
    const auto it = std::find_if(std::begin(kUnits), std::end(kUnits),
                                 [&](const SizeUnit& u) { return u.name == unit; });
    if (it == std::end(kUnits)) return std::nullopt;
    if (it->bytes == 1) return parse_number<std::uint64_t>(text.substr(0, digits));
    const auto count = parse_number<double>(text.substr(0, digits));
    constexpr double kMost = 9.2e18;  // fits a signed 64-bit number
    if (!count || !(*count * it->bytes <= kMost)) return std::nullopt;
    return static_cast<std::uint64_t>(std::llround(*count * it->bytes));
}

std::string show_size(std::uint64_t bytes) {
    constexpr std::string_view kNames[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    std::size_t unit = 0;
    while (bytes >= 1024 && bytes % 1024 == 0 && unit + 1 < std::size(kNames)) {
        bytes /= 1024;
        ++unit;
    }
    return fmt::format("{}{}", bytes, kNames[unit]);
}

}  // namespace carillon
