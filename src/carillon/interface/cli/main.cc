// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/main.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <string>

#include "carillon/base/error.h"
#include "carillon/base/suggest.h"
#include "carillon/base/version.h"
#include "carillon/interface/cli/command.h"
#include "carillon/resource/host/started.h"

namespace carillon::cli {

namespace {

/// Text broken into lines of at most 80 characters.
std::string wrapped(std::string_view text) {
    constexpr std::size_t kWidth = 80;
    std::string lines;
    std::size_t column = 0;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(text.size(), word.size() + 1));
        if (word.empty()) continue;
        if (column > 0 && column + 1 + word.size() > kWidth) lines += '\n', column = 0;
        if (column > 0) lines += ' ', ++column;
        lines += word;
        column += word.size();
    }
    return lines;
}

std::string help_text(const CommandHelp& help) {
    std::string text = wrapped(help.details) + "\n\nExamples:\n";
    for (const std::string_view example : help.examples) text += "  " + std::string(example) + "\n";
    return text;
}

std::string unknown_verb(const std::string& verb) {
    std::vector<std::string_view> names;
    for (const Command& command : commands()) names.push_back(command.help.name);
    return "unknown command \"" + verb + "\"" + suggestion(verb, names);
}

/// Silences what is for people, as long as it lives: on ranks that would only repeat it.
class Silence {
  public:
    explicit Silence(bool wanted) {
        if (!wanted) return;
        out_ = std::cout.rdbuf(nullptr);
        err_ = std::cerr.rdbuf(nullptr);
    }
    ~Silence() {
        if (out_ != nullptr) std::cout.rdbuf(out_);
        if (err_ != nullptr) std::cerr.rdbuf(err_);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

  private:
    std::streambuf* out_ = nullptr;
    std::streambuf* err_ = nullptr;
};

int parse_and_run(int argc, char** argv, host::Ranks& ranks) {
    CLI::App app("Carillon makes many quantum processors work as one computer.", "carillon");
    app.set_version_flag("--version", std::string(kVersion));
    app.require_subcommand(1);
    app.footer("carillon COMMAND --help explains a command and shows examples.");
    struct Action {
        CLI::App* verb;
        std::function<int()> act;
        bool over_ranks;
    };
    std::vector<Action> actions;
    for (const Command& command : commands(&ranks)) {
        CLI::App* sub =
            app.add_subcommand(std::string(command.help.name), std::string(command.help.summary));
        sub->footer(help_text(command.help));
        actions.push_back({sub, command.install(*sub), command.over_ranks});
    }
    if (argc > 1 && argv[1][0] != '-') {
        bool known = false;
        for (const Command& command : commands()) known |= command.help.name == argv[1];
        if (!known) throw InputError(unknown_verb(argv[1]));
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error);
        throw InputError(error.what());
    }
    for (const Action& action : actions)
        if (action.verb->parsed() && (action.over_ranks || ranks.rank() == 0)) return action.act();
    return 0;
}

}  // namespace

int run(int argc, char** argv) {
    return host::run_as_started("carillon", [&](host::Ranks& ranks) {
        const Silence silence(ranks.rank() != 0);
        return parse_and_run(argc, argv, ranks);
    });
}

}  // namespace carillon::cli
