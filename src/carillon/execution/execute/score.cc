// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/score.h"

#include <array>
#include <utility>

#include "carillon/base/error.h"
#include "carillon/workload/validate/validate.h"

namespace carillon {
namespace {

struct ModelWords {
    std::string_view name, meaning;
};
constexpr std::array<ModelWords, 6> kModels = {{
    {"cat", "one pair per QPU beyond the first that a segment needs, as if all were linked"},
    {"steiner", "links of a smallest tree per segment over the QPUs it needs"},
    {"teleport", "a change of home pays its way, a segment a smallest forest from its homes"},
    {"physical", "pairs of the program itself, under the communication qubits there are"},
    {"time", "makespan of the schedule: random attempts, mean times, lower bound"},
    {"fidelity", "sum of ln F of pairs, ln(1 - error) of operations, -t/T2 of waiting"},
}};

bool any_of_placement(const std::set<ScoreModel>& models) {
    return models.contains(ScoreModel::kCat) || models.contains(ScoreModel::kSteiner) ||
           models.contains(ScoreModel::kTeleport);
}

bool any_of_program(const std::set<ScoreModel>& models) {
    return models.contains(ScoreModel::kPhysical) || models.contains(ScoreModel::kTime) ||
           models.contains(ScoreModel::kFidelity);
}

}  // namespace

std::string_view model_name(ScoreModel model) {
    return kModels.at(static_cast<std::size_t>(model)).name;
}

std::string_view model_meaning(ScoreModel model) {
    return kModels.at(static_cast<std::size_t>(model)).meaning;
}

std::set<ScoreModel> models_from_names(std::string_view list) {
    std::set<ScoreModel> models;
    while (!list.empty()) {
        const std::string_view name = list.substr(0, list.find(','));
        list.remove_prefix(std::min(list.size(), name.size() + 1));
        bool found = false;
        for (std::size_t m = 0; m < kModels.size(); ++m) {
            if (name != "all" && name != kModels[m].name) continue;
            models.insert(static_cast<ScoreModel>(m));
            found = true;
        }
        if (!found) {
            throw InputError("unknown cost model '" + std::string(name) +
                             "'; use cat, steiner, teleport, physical, time, fidelity or all");
        }
    }
    if (models.empty()) throw InputError("no cost model named; use all, or a list like cat,time");
    return models;
}

Score score_circuit(const Circuit& circuit, const Network& network, const CompileOptions& options,
                    std::set<ScoreModel> models, const ScoreOptions& draws) {
    Score score;
    score.subject = circuit.name;
    score.network = network.name;
    score.models = std::move(models);
    const Topology topology(network);
    score.by_price = !topology.prices().uniform();
    Placement placement;
    ProgramForm form = options.placement_form;
    if (any_of_program(score.models) || !options.placement) {
        Compilation compiled = compile(circuit, network, options);
        const Verdict verdict = validate(circuit, compiled.program);
        if (!verdict.equal) {
            throw InternalError("the program of the placement is not equal to its source: " +
                                verdict.reason);
        }
        score.notes.emplace_back("the program was proved equal to its source");
        score.program = score_program(compiled.program, network, draws);
        placement = std::move(compiled.placement);
        form = compiled.placement_form;
        if (!options.placement) score.notes.push_back("placed by " + compiled.partitioner);
    } else {
        placement = *options.placement;
    }
    if (form.split) score.notes.emplace_back("of the program with three-qubit gates split");
    if (form.rewritten)
        score.notes.emplace_back("of the program with cx and phases written as phases");
    if (any_of_placement(score.models)) {
        const LoweredCircuit lowered = lower_for(circuit, network, options.native, form);
        score.placement =
            evaluate_placement(find_interactions(lowered.circuit), network, placement);
    }
    return score;
}

Score score_distributed(const DistributedProgram& program, const Network& network,
                        std::set<ScoreModel> models, const ScoreOptions& draws) {
    Score score;
    score.subject = program.name;
    score.network = network.name;
    score.models = std::move(models);
    score.program = score_program(program, network, draws);
    if (any_of_placement(score.models)) {
        score.notes.emplace_back(
            "cat, steiner and teleport are models of placements; a program is counted as it is "
            "(physical)");
    }
    return score;
}

}  // namespace carillon
