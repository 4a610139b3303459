// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <iostream>

#include "carillon/base/config.h"
#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/options.h"
#include "carillon/resource/host/host.h"
#include "carillon/workload/bounds/integer_program.h"
#include "carillon/workload/partition/member.h"

namespace carillon::cli {

namespace {

/// Partitioners and solvers that this build went without.
void add_missing_libraries(HostReport& report) {
    for (const AbsentMember& absent : absent_members()) {
        report.missing.push_back(
            {std::string(absent.name), "a member of the placement portfolio",
             "apt install " + std::string(absent.package) + ", then build again"});
    }
    if (!have_integer_programs()) {
        report.missing.push_back({"cbc", "proofs of optimal placements (--prove)",
                                  "apt install coinor-libcbc-dev, then build again"});
    }
}

}  // namespace

Command doctor_command() {
    return {{"doctor",
             "show this machine, what Carillon uses of it, and what is missing",
             "Prints the machine as a tree (packages, NUMA nodes, caches, cores, devices), memory, "
             "instruction sets, MPI, and "
             "what is missing with the package that would add it. --settings shows every setting "
             "and where it comes from.",
             {"carillon doctor", "carillon doctor --json",
              "CARILLON_SHOTS=500 carillon doctor --settings"}},
            [](CLI::App& app) -> std::function<int()> {
                auto options = std::make_shared<Options>();
                auto settings = std::make_shared<bool>(false);
                app.add_flag("--settings", *settings,
                             "show every setting with its value and its source");
                add_output(app, options);
                return [&app, options, settings] {
                    settle(app, *options);
                    if (*settings) {
                        std::cout << load_config(options->config, environ).explain_text();
                        return 0;
                    }
                    HostReport report = discover_host();
                    add_missing_libraries(report);
                    std::cout << (options->json ? host_json(report) : host_text(report));
                    return 0;
                };
            }};
}

}  // namespace carillon::cli
