// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdio>

#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/process_mode.h"

namespace carillon {

namespace {

std::string process_list(const std::vector<ProcessOf>& all) {
    constexpr std::size_t kShown = 16;
    std::string text;
    for (std::size_t k = 0; k < std::min(all.size(), kShown); ++k)
        text += (k == 0       ? ""
                 : k % 4 == 0 ? ",\n              "
                              : ", ") +
                (all[k].name.empty() ? "rank " + std::to_string(all[k].rank) : all[k].name) +
                " = " + std::to_string(all[k].process_id);
    if (all.size() > kShown) text += " and " + std::to_string(all.size() - kShown) + " more";
    return text;
}

std::string traffic_lines(const ProcessRunResult& result, const DistributedProgram& program) {
    constexpr std::size_t kShown = 24;
    std::string text;
    std::size_t shown = 0;
    for (const auto& [qpus, traffic] : result.traffic) {
        if (shown++ == kShown) {
            text += "              and " + std::to_string(result.traffic.size() - kShown) +
                    " more directions\n";
            break;
        }
        char line[160];
        std::snprintf(line, sizeof line, "              %s -> %s: %llu bits in %llu messages%s\n",
                      program.qpus[qpus.first].name.c_str(), program.qpus[qpus.second].name.c_str(),
                      static_cast<unsigned long long>(traffic.bits),
                      static_cast<unsigned long long>(traffic.messages),
                      !traffic.predicted_bits                   ? ""
                      : *traffic.predicted_bits == traffic.bits ? ", as the compiler predicts"
                                                                : ", NOT as the compiler predicts");
        text += line;
    }
    return text;
}

}  // namespace

std::string processes_text(const ProcessRunResult& result, const DistributedProgram& program) {
    const auto number = [](std::uint64_t n) { return std::to_string(n); };
    std::string text = "processes     " + number(result.controllers.size()) +
                       " QPUs, each controlled by its own; " + number(result.holders.size()) +
                       (result.holders.size() == 1 ? " holds the qubits" : " hold the qubits") +
                       "; " + result.ranks + "\n";
    text += "              process ids: " + process_list(result.controllers) + "\n";
    text += "              qubits: " + process_list(result.holders) + "\n";
    std::uint64_t messages = 0;
    for (const auto& [qpus, traffic] : result.traffic) messages += traffic.messages;
    text += "between them  " + number(result.counters.classical_bits) + " classical bits in " +
            number(messages) + " messages, " + number(result.counters.pairs) + " Bell pairs, in " +
            number(result.counters.runs) + (result.counters.runs == 1 ? " run" : " runs");
    if (result.predicted_pairs_by_link)
        text += *result.predicted_pairs_by_link == result.counters.pairs_by_link
                    ? "; pairs by link as the compiler predicts"
                    : "; pairs by link NOT as the compiler predicts";
    return text + "\n" + traffic_lines(result, program);
}

}  // namespace carillon
