// SPDX-License-Identifier: Apache-2.0
#include "carillon/base/config.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <string>
#include <vector>

#include "carillon/base/error.h"

namespace carillon {
namespace {

std::string message_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const InputError& error) {
        return error.what();
    }
    return "(accepted)";
}

void read_variables(Config& config, std::vector<const char*> entries) {
    entries.push_back(nullptr);
    config.read_environment(entries.data());
}

TEST(Config, defaults_hold_until_something_is_said) {
    const Config config;
    EXPECT_EQ(config.whole("shots"), 1024u);
    EXPECT_EQ(config.text("precision"), "double");
    EXPECT_FALSE(config.boolean("json"));
    EXPECT_FALSE(config.is_set("max_memory"));
    EXPECT_TRUE(config.is_set("seed"));
}

TEST(Config, flags_beat_environment_beats_file_in_any_order_of_calls) {
    Config config;
    config.set_flag("seed", "3");
    read_variables(config, {"PATH=/bin", "CARILLON_SEED=2", "CARILLON_SHOTS=20"});
    config.read_json(R"({"seed": 1, "shots": 10, "threads": 4})", "carillon.json");
    EXPECT_EQ(config.whole("seed"), 3u);
    EXPECT_EQ(config.whole("shots"), 20u);
    EXPECT_EQ(config.whole("threads"), 4u);
    config.set_flag("seed", "4");  // the last of two flags
    EXPECT_EQ(config.whole("seed"), 4u);
}

TEST(Config, every_type_comes_from_file_environment_and_flag) {
    std::vector<ConfigKey> keys = {{"on", ConfigType::kBool, "", ""},
                                   {"count", ConfigType::kWhole, "", ""},
                                   {"ratio", ConfigType::kReal, "", "", {}, -1, 1},
                                   {"room", ConfigType::kSize, "", ""},
                                   {"mode", ConfigType::kChoice, "", "", {"slow", "fast"}},
                                   {"out_file", ConfigType::kPath, "", ""}};
    auto check = [](const Config& config) {
        EXPECT_TRUE(config.boolean("on"));
        EXPECT_EQ(config.whole("count"), 1000000u);
        EXPECT_EQ(config.real("ratio"), -0.5);
        EXPECT_EQ(config.whole("room"), 4u << 20);
        EXPECT_EQ(config.text("mode"), "fast");
        EXPECT_EQ(config.text("out_file"), "a b");
    };
    Config file(keys), environment(keys), flags(keys);
    file.read_json(R"({"on": true, "count": 1e6, "ratio": -0.5, "room": "4MiB", "mode": "fast",
                       "out_file": "a b"})",
                   "f");
    check(file);
    read_variables(environment,
                   {"CARILLON_ON=yes", "CARILLON_COUNT=1000000", "CARILLON_RATIO=-0.5",
                    "CARILLON_ROOM=4194304", "CARILLON_MODE=fast", "CARILLON_OUT_FILE=a b"});
    check(environment);
    flags.set_flag("on", "1");
    flags.set_flag("count", "1000000");
    flags.set_flag("ratio", "-5e-1");
    flags.set_flag("room", "4M");
    flags.set_flag("mode", "fast");
    flags.set_flag("out-file", "a b");
    check(flags);
}

/// Three values of a setting that differ.
std::vector<std::string> three_values(const ConfigKey& key) {
    switch (key.type) {
        case ConfigType::kBool:
            return {"false", "true", "false"};
        case ConfigType::kChoice:
            return {key.choices[0], key.choices[1], key.choices[key.choices.size() - 1]};
        case ConfigType::kSize:
            return {"1MiB", "2MiB", "3MiB"};
        case ConfigType::kText:
        case ConfigType::kPath:
            return {"a", "b", "c"};
        default:
            return {"1", "2", "3"};
    }
}

TEST(Config, every_setting_obeys_file_then_environment_then_flag) {
    for (const ConfigKey& key : standard_config_keys()) {
        const std::vector<std::string> values = three_values(key);
        const bool bare = key.type == ConfigType::kBool || key.type == ConfigType::kWhole;
        const std::string json =
            "{\"" + key.name + "\": " + (bare ? values[0] : '"' + values[0] + '"') + "}";
        std::string variable = "CARILLON_";
        for (const char c : key.name) variable += static_cast<char>(std::toupper(c));
        const std::string entry = variable + "=" + values[1];
        const auto held = [&](const Config& config) {
            for (const Config::Explained& e : config.explain())
                if (e.name == key.name) return e.value + " from " + e.place;
            return std::string("nothing");
        };
        std::string flag = key.name;
        std::replace(flag.begin(), flag.end(), '_', '-');
        Config config;
        config.read_json(json, "f.json");
        EXPECT_NE(held(config).find(values[0] + " from f.json:1:"), std::string::npos) << key.name;
        read_variables(config, {entry.c_str()});
        EXPECT_EQ(held(config), values[1] + " from " + variable);
        config.set_flag(flag, values[2]);
        EXPECT_EQ(held(config), values[2] + " from --" + flag);
        read_variables(config, {entry.c_str()});
        config.read_json(json, "f.json");
        EXPECT_EQ(held(config), values[2] + " from --" + flag);
    }
}

struct WrongFile {
    const char* text;
    const char* message;
};

TEST(Config, a_wrong_file_names_line_column_and_key) {
    const WrongFile cases[] = {
        {"{\n  \"shots\": 5,\n  \"seeed\": 1\n}",
         "carillon.json:3:3: unknown key \"seeed\"; did you mean \"seed\"?"},
        {"{\"seed\": \"x\"}", "carillon.json:1:10: seed: must be a whole number >= 0, got \"x\""},
        {"{\"seed\": -1}", "carillon.json:1:10: seed: must be a whole number >= 0, got -1"},
        {"{\"shots\": 0}",
         "carillon.json:1:11: shots: must be a whole number from 1 to 1000000000000000, got 0"},
        {"{\"json\": \"yes\"}", "carillon.json:1:10: json: must be true or false, got \"yes\""},
        {"{\"precision\": \"half\"}",
         "carillon.json:1:15: precision: must be one of float, double, got \"half\""},
        {"{\"max_memory\": \"4 gigs\"}",
         "carillon.json:1:16: max_memory: must be a size such as 4GiB or 500MB, got \"4 gigs\""},
        {"{\"html\": \"\"}", "carillon.json:1:10: html: must not be empty, got \"\""},
        {"{\"html\": null}", "carillon.json:1:10: html: must be a string, got null"},
        {"{\"seed\": 1, \"seed\": 2}", "carillon.json:1:13: key \"seed\" is given twice"},
        {"[]", "carillon.json:1:1: must be an object, got an array"},
    };
    for (const WrongFile& c : cases) {
        EXPECT_EQ(message_of([&] { Config().read_json(c.text, "carillon.json"); }), c.message);
    }
}

TEST(Config, a_wrong_variable_or_flag_is_named) {
    Config config;
    EXPECT_EQ(message_of([&] { read_variables(config, {"CARILLON_SEED=ten"}); }),
              "environment variable CARILLON_SEED: must be a whole number >= 0, got \"ten\"");
    EXPECT_EQ(message_of([&] { read_variables(config, {"CARILLON_SEDE=1"}); }),
              "environment variable CARILLON_SEDE: there is no such setting; did you mean "
              "\"CARILLON_SEED\"?");
    EXPECT_EQ(message_of([&] { read_variables(config, {"CARILLON_HTML="}); }),
              "environment variable CARILLON_HTML: must not be empty, got \"\"");
    EXPECT_EQ(message_of([&] { config.set_flag("max-memory", "-1"); }),
              "--max-memory: must be a size such as 4GiB or 500MB, got \"-1\"");
    EXPECT_EQ(message_of([&] { config.set_flag("max-memry", "1"); }),
              "--max-memry: there is no such flag; did you mean \"--max-memory\"?");
    EXPECT_EQ(message_of([&] { config.set_flag("verify", "Auto"); }),
              "--verify: must be one of auto, off, validator, full, got \"Auto\"");
}

TEST(Config, variables_that_are_no_settings_are_left_alone) {
    Config config;
    read_variables(config, {"CARILLON_CONFIG=x", "CARILLON_TEST_DATA=y", "CARILLONS=z", "HOME=h"});
    EXPECT_EQ(config.whole("seed"), 0u);
}

TEST(Config, a_wrong_value_in_a_weaker_place_is_still_an_error) {
    Config config;
    config.set_flag("seed", "3");
    EXPECT_NE(message_of([&] { read_variables(config, {"CARILLON_SEED=x"}); }), "(accepted)");
}

TEST(Config, explain_says_where_each_value_came_from) {
    Config config;
    config.read_json("{\n \"shots\": 10\n}", "carillon.json");
    read_variables(config, {"CARILLON_THREADS=2"});
    config.set_flag("precision", "float");
    std::vector<std::string> said;
    for (const Config::Explained& e : config.explain()) {
        if (!e.value.empty()) said.push_back(e.name + " " + e.value + " " + e.place);
    }
    const std::vector<std::string> first = {"seed 0 default", "shots 10 carillon.json:2:11",
                                            "threads 2 CARILLON_THREADS",
                                            "precision float --precision"};
    EXPECT_EQ(std::vector<std::string>(said.begin(), said.begin() + 4), first);
    EXPECT_EQ(config.explain().size(), standard_config_keys().size());
    const std::string table = config.explain_text();
    EXPECT_TRUE(std::regex_search(table, std::regex("\nshots +10 +carillon.json:2:11"))) << table;
    EXPECT_TRUE(std::regex_search(table, std::regex("\nmax_memory +not set +default"))) << table;
}

TEST(Config, our_own_mistakes_are_internal_errors) {
    Config config;
    EXPECT_THROW(config.add_key({"seed", ConfigType::kWhole, "0", ""}), InternalError);
    EXPECT_THROW(config.add_key({"n", ConfigType::kWhole, "many", ""}), InternalError);
    EXPECT_THROW(config.whole("json"), InternalError);
    EXPECT_THROW(config.whole("max_memory"), InternalError);  // not set
    EXPECT_THROW(config.text("nothing"), InternalError);
    config.add_key({"depth", ConfigType::kWhole, "7", "", {}, 1, 9});
    EXPECT_EQ(config.whole("depth"), 7u);
}

TEST(Config, load_takes_the_named_file_then_the_variable) {
    const auto folder = std::filesystem::temp_directory_path();
    const std::string stem = "carillon-config-test-" + std::to_string(getpid());
    const std::string one = (folder / (stem + "-1.json")).string();
    const std::string two = (folder / (stem + "-2.json")).string();
    std::ofstream(one) << R"({"shots": 11})";
    std::ofstream(two) << R"({"shots": 22})";
    const std::string variable = "CARILLON_CONFIG=" + two;
    const char* environment[] = {variable.c_str(), "CARILLON_SEED=5", nullptr};
    EXPECT_EQ(load_config(one, environment).whole("shots"), 11u);
    const Config config = load_config("", environment);
    EXPECT_EQ(config.whole("shots"), 22u);
    EXPECT_EQ(config.whole("seed"), 5u);
    std::filesystem::remove(one);
    std::filesystem::remove(two);
    EXPECT_THROW(load_config(one, environment), ResourceError);
}

TEST(Size, units_are_binary_or_decimal_as_written) {
    EXPECT_EQ(parse_size("4GiB"), 4294967296u);
    EXPECT_EQ(parse_size("4G"), 4294967296u);
    EXPECT_EQ(parse_size("4 GB"), 4000000000u);
    EXPECT_EQ(parse_size("1.5KiB"), 1536u);
    EXPECT_EQ(parse_size("123"), 123u);
    EXPECT_EQ(parse_size("18446744073709551615"), 18446744073709551615u);
    for (const char* wrong :
         {"", "GiB", "-1", "1.5", "4 gib", "1e3", "99999999999TiB", "1..2MB", "0x10"}) {
        EXPECT_FALSE(parse_size(wrong).has_value()) << wrong;
    }
    EXPECT_EQ(show_size(4294967296u), "4GiB");
    EXPECT_EQ(show_size(1000), "1000B");
    EXPECT_EQ(show_size(0), "0B");
}

}  // namespace
}  // namespace carillon
