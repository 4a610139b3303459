// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/execution/execute/compile.h"
#include "carillon/workload/placement/evaluate.h"
#include "carillon/workload/score/program_score.h"

namespace carillon {

/// A way to count what a distribution costs.
enum class ScoreModel : std::uint8_t { kCat, kSteiner, kTeleport, kPhysical, kTime, kFidelity };

/// "cat", "steiner", "teleport", "physical", "time", "fidelity".
std::string_view model_name(ScoreModel model);
/// What a model counts, in one line.
std::string_view model_meaning(ScoreModel model);
/// Models named in a comma-separated list; "all" for all. Throws: InputError for anything else.
std::set<ScoreModel> models_from_names(std::string_view list);

/// A placement or a program under several models.
struct Score {
    std::string subject;  ///< what was scored
    std::string network;
    std::set<ScoreModel> models;              ///< asked for
    std::optional<PlacementScore> placement;  ///< models cat, steiner and teleport
    std::optional<ProgramScore> program;      ///< models physical, time and fidelity
    bool by_price = false;           ///< links differ in price: placement models count steps
    std::vector<std::string> notes;  ///< what was chosen or could not be said
};

/// Scores a placement of a circuit: itself, and the program that compile() writes for it.
///
/// Args:
///     options: `placement` is the one to score; without it the compiler's own is.
Score score_circuit(const Circuit& circuit, const Network& network, const CompileOptions& options,
                    std::set<ScoreModel> models, const ScoreOptions& draws);

/// Scores a distributed program; models of placements are then noted as missing.
Score score_distributed(const DistributedProgram& program, const Network& network,
                        std::set<ScoreModel> models, const ScoreOptions& draws);

/// For a terminal.
std::string score_text(const Score& score);
/// As a JSON object, indented by two, ending in a newline.
std::string score_json(const Score& score);

}  // namespace carillon
