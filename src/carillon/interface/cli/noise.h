// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "carillon/execution/execute/simulate_density.h"

namespace carillon::cli {

/// The noise of a run; any of it asks for density matrices.
struct NoiseOptions {
    bool density = false;
    std::string file;
    double depolarizing = 0, depolarizing2 = 0, readout_error = 0;

    bool any() const {
        return density || !file.empty() || depolarizing != 0 || depolarizing2 != 0 ||
               readout_error != 0;
    }
};

void add_noise(CLI::App& app, const std::shared_ptr<NoiseOptions>& o);

/// Throws: InputError when a probability is out of its range or the file is not a noise model.
NoiseModel noise_for(const NoiseOptions& o);

}  // namespace carillon::cli
