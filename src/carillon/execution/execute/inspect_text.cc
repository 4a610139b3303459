// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/inspect.h"
#include "carillon/execution/execute/process_report.h"
#include "carillon/execution/execute/simulate.h"

namespace carillon {

std::string answers_text(const StateAnswers& answers) {
    std::string out;
    if (answers.observable) {
        const ObservableAnswer& a = *answers.observable;
        out += fmt::format("expectation   {:.12g}\n", a.value);
        out += fmt::format("              {} in {}, {} over the state, {}\n",
                           format_plural(a.terms.size(), "term"),
                           format_plural(a.groups, "commuting group"),
                           a.passes == 1 ? "1 pass" : format_count(a.passes) + " passes",
                           format_duration(a.seconds * 1e9));
    }
    if (!answers.amplitudes.empty()) {
        std::size_t widest = 9;
        for (const auto& [bits, value] : answers.amplitudes) widest = std::max(widest, bits.size());
        out += fmt::format("{:<{}} {:>16} {:>16} {:>12}\n", "amplitude", widest, "real",
                           "imaginary", "probability");
        for (const auto& [bits, value] : answers.amplitudes)  // + 0.0: never "-0"
            out += fmt::format("{:<{}} {:>16.9g} {:>16.9g} {:>12.6g}\n", bits, widest,
                               value.real() + 0.0, value.imag() + 0.0, std::norm(value));
    }
    if (!answers.state_out.empty())
        out += fmt::format("state         written to {}\n", printable(answers.state_out));
    return out;
}

std::string simulation_json(const SimulateResult& result, const SimulateOptions& options,
                            const ProcessReport* processes) {
    using Json = nlohmann::ordered_json;
    Json j;
    if (!result.counts.empty() || !options.questions.any()) {
        j["counts"] = result.counts;
        j["distinct"] = result.distinct;
    }
    j["shots"] = options.shots;
    j["seed"] = options.seed;
    if (const auto& a = result.answers.observable) {
        j["expectation"] = {{"value", a->value},
                            {"terms", a->terms},
                            {"groups", a->groups},
                            {"passes", a->passes},
                            {"seconds", a->seconds}};
    }
    if (!result.answers.amplitudes.empty()) {
        Json all = Json::object();
        for (const auto& [bits, value] : result.answers.amplitudes)
            all[bits] = {value.real(), value.imag()};
        j["amplitudes"] = std::move(all);
    }
    if (result.binding) j["binding"] = Json::parse(host::bind_json(*result.binding));
    if (result.metrics) j["metrics"] = Json::parse(host::metrics_json(*result.metrics));
    if (result.pages) j["memory"] = Json::parse(host::page_json(*result.pages));
    if (const auto& disk = result.disk) {
        j["disk"] = {{"most_bytes", disk->most_on_disk_bytes},
                     {"written_bytes", disk->written_bytes},
                     {"read_bytes", disk->read_bytes},
                     {"sweeps", disk->sweeps},
                     {"seconds", disk->sweep_s},
                     {"disk_seconds", disk->io_s},
                     {"compute_seconds", disk->compute_s},
                     {"overlap", disk->overlap()},
                     {"direct", disk->direct},
                     {"fidelity_bound", disk->fidelity()},
                     {"notes", disk->notes}};
    }
    if (!result.answers.state_out.empty()) j["state_out"] = result.answers.state_out;
    if (processes != nullptr) j["processes"] = Json::parse(processes_json(*processes));
    return j.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace carillon
