// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/command.h"

namespace carillon::cli {

std::vector<Command> commands(host::Ranks* ranks) {
    return {
        run_command(ranks), compile_command(),       validate_command(),      estimate_command(),
        score_command(),    simulate_command(ranks), ensemble_command(ranks), evolve_command(ranks),
        network_command(),  doctor_command(),        completion_command(),
    };
}

}  // namespace carillon::cli
