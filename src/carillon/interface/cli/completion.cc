// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>

#include "carillon/interface/cli/command.h"

namespace carillon::cli {

namespace {

/// Options of every verb, gathered from a fresh parser, so that completion never lags behind.
std::vector<std::pair<std::string, std::vector<std::string>>> all_options() {
    std::vector<std::pair<std::string, std::vector<std::string>>> result;
    for (const Command& command : commands()) {
        CLI::App app;
        command.install(app);
        std::vector<std::string> options;
        for (const CLI::Option* option : app.get_options())
            for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
        result.emplace_back(command.help.name, options);
    }
    return result;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::string bash_script() {
    std::vector<std::string> verbs;
    for (const auto& [verb, options] : all_options()) verbs.push_back(verb);
    std::string script = R"(_carillon() {
    local current=${COMP_WORDS[COMP_CWORD]} words=
    if [ "$COMP_CWORD" -eq 1 ]; then
        words=')" + joined(verbs) +
                         R"( --help --version'
    else case ${COMP_WORDS[1]} in
)";
    for (const auto& [verb, options] : all_options())
        script += "        " + verb + ") words='" + joined(options) + "' ;;\n";
    script += R"(    esac fi
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -o filenames -F _carillon carillon
)";
    return script;
}

std::string fish_script() {
    std::string script;
    for (const Command& command : commands())
        script += "complete -c carillon -n __fish_use_subcommand -a " +
                  std::string(command.help.name) + " -d '" + std::string(command.help.summary) +
                  "'\n";
    for (const auto& [verb, options] : all_options())
        for (const std::string& option : options)
            script += "complete -c carillon -n '__fish_seen_subcommand_from " + verb + "' -l " +
                      option.substr(2) + "\n";
    return script;
}

std::string zsh_script() {
    // zsh runs bash completions after bashcompinit.
    return "autoload -U +X bashcompinit && bashcompinit\n" + bash_script();
}

}  // namespace

Command completion_command() {
    return {{"completion",
             "print a shell completion script",
             "Prints a script that completes commands, options and file names. Load it in the "
             "shell's start-up file.",
             {"source <(carillon completion bash)",
              "carillon completion fish > ~/.config/fish/completions/carillon.fish"}},
            [](CLI::App& app) -> std::function<int()> {
                auto shell = std::make_shared<std::string>();
                app.add_option("shell", *shell, "bash, zsh or fish")
                    ->required()
                    ->check(CLI::IsMember({"bash", "zsh", "fish"}));
                return [shell] {
                    std::cout << (*shell == "fish"  ? fish_script()
                                  : *shell == "zsh" ? zsh_script()
                                                    : bash_script());
                    return 0;
                };
            }};
}

}  // namespace carillon::cli
