// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/process_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "carillon/execution/execute/format.h"

namespace carillon {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kShownProcesses = 16, kShownDirections = 24;

std::string process_list(const std::vector<ProcessOf>& all) {
    std::string text;
    for (std::size_t k = 0; k < std::min(all.size(), kShownProcesses); ++k) {
        if (k > 0) text += k % 5 == 0 ? ",\n              " : ", ";
        text += fmt::format(
            "{} {}", all[k].name.empty() ? fmt::format("rank {}:", all[k].rank) : all[k].name + ":",
            all[k].process_id);
    }
    if (all.size() > kShownProcesses)
        text += fmt::format(" and {} more", all.size() - kShownProcesses);
    return text;
}

std::string as_predicted_text(std::optional<bool> equal) {
    if (!equal) return "";
    return *equal ? ", as the compiler predicts" : ", NOT what the compiler predicts";
}

Json process_json(const ProcessOf& p) {
    Json j = {{"rank", p.rank}, {"process_id", p.process_id}, {"host", p.host}};
    if (!p.name.empty()) j["qpu"] = p.name;
    return j;
}

}  // namespace

std::uint64_t ProcessReport::messages() const {
    std::uint64_t sum = 0;
    for (const auto& [qpus, t] : traffic) sum += t.messages;
    return sum;
}

std::uint64_t ProcessReport::bits() const {
    std::uint64_t sum = 0;
    for (const auto& [qpus, t] : traffic) sum += t.bits;
    return sum;
}

std::uint64_t ProcessReport::pairs() const {
    std::uint64_t sum = 0;
    for (const auto& [link, count] : pairs_by_link) sum += count;
    return sum;
}

std::optional<bool> ProcessReport::as_predicted() const {
    if (!predicted_pairs_by_link) return std::nullopt;
    return *predicted_pairs_by_link == pairs_by_link &&
           std::ranges::all_of(traffic, [](const auto& entry) {
               return entry.second.predicted_bits == entry.second.bits;
           });
}

std::string processes_text(const ProcessReport& r) {
    std::string text =
        fmt::format("processes     {}, one process each; {} for the qubits; {}\n",
                    format_plural(r.controllers.size(), "QPU"), r.holders.size(), r.ranks);
    text += "process ids   " + process_list(r.controllers) +
            "\n              qubits: " + process_list(r.holders) + "\n";
    text += fmt::format(
        "exchanged     {} in {}, {}, in {}{}\n", format_plural(r.bits(), "classical bit"),
        format_plural(r.messages(), "message"), format_plural(r.pairs(), "Bell pair"),
        format_plural(r.runs, "run"), as_predicted_text(r.as_predicted()));
    std::size_t shown = 0;
    for (const auto& [qpus, t] : r.traffic) {
        if (shown++ == kShownDirections) {
            text += fmt::format("              and {} more directions\n",
                                r.traffic.size() - kShownDirections);
            break;
        }
        text += fmt::format("              {} -> {}: {} in {}\n", r.controllers[qpus.first].name,
                            r.controllers[qpus.second].name, format_plural(t.bits, "bit"),
                            format_plural(t.messages, "message"));
    }
    return text;
}

std::string processes_json(const ProcessReport& r) {
    Json j;
    j["ranks"] = r.ranks;
    j["runs"] = r.runs;
    j["controllers"] = Json::array();
    for (const ProcessOf& p : r.controllers) j["controllers"].push_back(process_json(p));
    j["holders"] = Json::array();
    for (const ProcessOf& p : r.holders) j["holders"].push_back(process_json(p));
    j["traffic"] = Json::array();
    for (const auto& [qpus, t] : r.traffic) {
        Json line = {{"from", r.controllers[qpus.first].name},
                     {"to", r.controllers[qpus.second].name},
                     {"messages", t.messages},
                     {"bits", t.bits}};
        line["predicted_bits"] = t.predicted_bits ? Json(*t.predicted_bits) : Json();
        j["traffic"].push_back(line);
    }
    j["pairs_by_link"] = Json::array();
    for (const auto& [link, pairs] : r.pairs_by_link)
        j["pairs_by_link"].push_back({{"link", link}, {"pairs", pairs}});
    j["as_predicted"] = r.as_predicted() ? Json(*r.as_predicted()) : Json();
    return j.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace carillon
