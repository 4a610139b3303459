// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/command.h"

namespace carillon::cli {

const std::vector<Command>& commands() {
    static const std::vector<Command> all = {
        run_command(),    compile_command(),    validate_command(), estimate_command(),
        score_command(),  simulate_command(),   ensemble_command(), network_command(),
        doctor_command(), completion_command(),
    };
    return all;
}

}  // namespace carillon::cli
