// SPDX-License-Identifier: Apache-2.0
#include "common/study.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "carillon/base/error.h"

namespace carillon::bench {

struct Study::State {
    CLI::App app;
};

Study::Study(const std::string& what) : state_(new State{CLI::App(what)}) {}
Study::~Study() = default;

Study& Study::option(const std::string& name, std::string& value, const std::string& help) {
    state_->app.add_option(name, value, help);
    return *this;
}

Study& Study::option(const std::string& name, std::uint64_t& value, const std::string& help) {
    state_->app.add_option(name, value, help)->capture_default_str();
    return *this;
}

Study& Study::option(const std::string& name, double& value, const std::string& help) {
    state_->app.add_option(name, value, help)->capture_default_str();
    return *this;
}

Study& Study::option(const std::string& name, Effort& value, const std::string& help) {
    state_->app.add_option_function<std::string>(
        name, [&value](const std::string& word) { value = effort_from_name(word); }, help);
    return *this;
}

Study& Study::words(const std::string& name, std::vector<std::string>& values,
                    const std::vector<std::string>& names, const std::string& help) {
    state_->app.add_option(name, values, help)
        ->expected(static_cast<int>(names.size()))
        ->type_name(CLI::detail::join(names, " "));
    return *this;
}

Study& Study::only(std::string& text) {
    return option("--only", text, "rows whose name holds this text");
}

Study& Study::flag(const std::string& name, bool& value, const std::string& help) {
    state_->app.add_flag_function(
        name, [&value](std::int64_t) { value = true; }, help);
    return *this;
}

Study& Study::data(std::filesystem::path& folder, Data use) {
    auto* option = state_->app.add_option("DATA", folder, "folder of published instances")
                       ->envname("CARILLON_TEST_DATA");
    if (use == Data::kNeeded) option->required();
    return *this;
}

int Study::run(int argc, char** argv, const std::function<int()>& study) {
    try {
        state_->app.parse(argc, argv);
        return study();
    } catch (const CLI::CallForHelp& help) {
        return state_->app.exit(help);
    } catch (const CLI::ParseError& error) {
        state_->app.exit(error);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
    return 2;
}

}  // namespace carillon::bench
