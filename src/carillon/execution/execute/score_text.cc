// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "carillon/execution/execute/format.h"
#include "carillon/execution/execute/score.h"

namespace carillon {
namespace {

using Json = nlohmann::ordered_json;

std::string pairs_text(const Score& score, std::uint64_t pairs) {
    return score.by_price ? format_count(pairs) + " steps" : format_plural(pairs, "pair");
}

std::string physical_text(const ProgramScore& p) {
    std::string text = format_plural(p.pairs, "pair");
    std::string separator = ": ";
    for (const auto& [purpose, n] : p.by_purpose) {
        text += fmt::format("{}{} {}", separator, format_count(n), purpose);
        separator = ", ";
    }
    if (p.transfers > 0) text += "; " + format_plural(p.transfers, "qubit") + " carried over";
    return text;
}

std::string time_text(const TimeScore& t) {
    const std::string expected =
        t.samples == 0 ? ""
                       : fmt::format("{} +- {} expected ({} draws, slowest {}), ",
                                     format_duration(t.expected_ns), format_duration(t.error_ns),
                                     t.samples, format_duration(t.slowest_ns));
    return fmt::format("{}{} at mean times, at least {}", expected,
                       format_duration(t.mean_times_ns), format_duration(t.lower_bound_ns));
}

std::string fidelity_text(const FidelityScore& f) {
    const std::string carried =
        f.transfers == 0 ? "" : fmt::format("transfers {:.4f} + ", f.transfers);
    return fmt::format(
        "{}: ln F = {:.4f} = pairs {:.4f} + {}gates {:.4f} + readout {:.4f} + waiting {:.4f}",
        format_probability(f.log_fidelity), f.log_fidelity, f.pairs, carried, f.gates, f.readout,
        f.waiting);
}

std::string model_text(const Score& score, ScoreModel model) {
    const std::string missing = "-";
    switch (model) {
        case ScoreModel::kCat:
            return score.placement ? pairs_text(score, score.placement->cat) : missing;
        case ScoreModel::kSteiner:
            return score.placement ? pairs_text(score, score.placement->steiner) : missing;
        case ScoreModel::kTeleport:
            return score.placement ? pairs_text(score, score.placement->teleport) : missing;
        case ScoreModel::kPhysical:
            return score.program ? physical_text(*score.program) : missing;
        case ScoreModel::kTime:
            return score.program ? time_text(score.program->time) : missing;
        case ScoreModel::kFidelity:
            return score.program ? fidelity_text(score.program->fidelity) : missing;
    }
    return missing;
}

Json placement_json(const PlacementScore& p, ScoreModel model) {
    return model == ScoreModel::kCat       ? Json(p.cat)
           : model == ScoreModel::kSteiner ? Json(p.steiner)
                                           : Json(p.teleport);
}

Json program_json(const ProgramScore& p, ScoreModel model) {
    if (model == ScoreModel::kPhysical)
        return {{"pairs", p.pairs},
                {"transfers", p.transfers},
                {"by_purpose", Json(p.by_purpose)},
                {"classical_bits", p.classical_bits},
                {"local_gates", p.local_gates},
                {"local_swaps", p.local_swaps},
                {"comm_in_use", p.comm_in_use},
                {"longest_service_gates", p.longest_service}};
    if (model == ScoreModel::kTime)
        return {{"expected_ns", p.time.samples ? Json(p.time.expected_ns) : Json(nullptr)},
                {"standard_error_ns", p.time.error_ns},
                {"slowest_ns", p.time.slowest_ns},
                {"samples", p.time.samples},
                {"mean_times_ns", p.time.mean_times_ns},
                {"lower_bound_ns", p.time.lower_bound_ns},
                {"rounds", p.time.rounds}};
    return {{"log_fidelity", p.fidelity.log_fidelity}, {"pairs", p.fidelity.pairs},
            {"transfers", p.fidelity.transfers},       {"gates", p.fidelity.gates},
            {"readout", p.fidelity.readout},           {"waiting", p.fidelity.waiting},
            {"waiting_ns", p.fidelity.waiting_ns}};
}

}  // namespace

std::string score_text(const Score& score) {
    std::string out = printable(score.subject) + " on " + printable(score.network) + "\n\n";
    for (const ScoreModel model : score.models) {
        out += fmt::format("{:<10} {}\n", model_name(model), model_text(score, model));
        out += fmt::format("{:<10}   {}\n", "", model_meaning(model));
    }
    out += '\n';
    if (const auto& p = score.placement)
        out += fmt::format(
            "placement  {}, {} of them detached; {}, {}\n",
            format_plural(p->remote_gates, "remote gate"), format_count(p->detached_gates),
            format_plural(p->moves, "change") + " of home", format_count(p->kept) + " kept copies");
    if (const auto& p = score.program)
        out += fmt::format(
            "program    {}, {} of them swaps; {} sent; at most {} of a QPU in use; "
            "a pair half serves up to {}\n",
            format_plural(p->local_gates, "local gate"), format_count(p->local_swaps),
            format_plural(p->classical_bits, "classical bit"),
            format_plural(p->comm_in_use, "communication qubit"),
            format_plural(p->longest_service, "gate"));
    for (const std::string& note : score.notes) out += "note       " + printable(note) + '\n';
    return out;
}

std::string score_json(const Score& score) {
    Json json = {{"format", "carillon-score"},
                 {"version", 1},
                 {"program", score.subject},
                 {"network", score.network},
                 {"unit", score.by_price ? "steps" : "pairs"}};
    Json models = Json::object();
    for (const ScoreModel model : score.models) {
        const bool of_placement = model <= ScoreModel::kTeleport;
        Json value = nullptr;
        if (of_placement && score.placement) value = placement_json(*score.placement, model);
        if (!of_placement && score.program) value = program_json(*score.program, model);
        models[std::string(model_name(model))] = std::move(value);
    }
    json["models"] = std::move(models);
    if (const auto& p = score.placement)
        json["placement"] = {{"remote_gates", p->remote_gates},
                             {"detached_gates", p->detached_gates},
                             {"moves", p->moves},
                             {"kept", p->kept}};
    json["notes"] = score.notes;
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace carillon
