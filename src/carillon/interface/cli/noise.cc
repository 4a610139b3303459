// SPDX-License-Identifier: Apache-2.0
#include "carillon/interface/cli/noise.h"

#include "carillon/base/error.h"
#include "carillon/interface/cli/command.h"
#include "carillon/interface/cli/options.h"

namespace carillon::cli {

namespace {

double in_range(const char* option, double value, double most, const char* shown) {
    if (value >= 0 && value <= most) return value;
    throw InputError(std::string(option) + ": must be a number from 0 to " + shown);
}

}  // namespace

void add_noise(CLI::App& app, const std::shared_ptr<NoiseOptions>& o) {
    app.add_flag("--density", o->density,
                 "run on density matrices: exact probabilities, with noise or without, for up to "
                 "about 13 qubits; the options below imply it");
    app.add_option("--noise", o->file, "noise model as JSON (docs/reference/density-matrix.md)")
        ->type_name("FILE");
    app.add_option("--depolarizing", o->depolarizing,
                   "probability that a gate on one qubit leaves it fully mixed [0]")
        ->type_name("P");
    app.add_option("--depolarizing2", o->depolarizing2,
                   "probability that a gate on two qubits leaves them fully mixed [0]")
        ->type_name("P");
    app.add_option("--readout-error", o->readout_error,
                   "probability that a measurement is read as its opposite [0]")
        ->type_name("P");
}

NoiseModel noise_for(const NoiseOptions& o) {
    NoiseModel noise;
    if (!o.file.empty()) noise = read_noise(read_file(o.file), o.file);
    if (o.depolarizing != 0)
        noise.one_qubit_depolarizing = in_range("--depolarizing", o.depolarizing, 4.0 / 3, "4/3");
    if (o.depolarizing2 != 0)
        noise.two_qubit_depolarizing =
            in_range("--depolarizing2", o.depolarizing2, 16.0 / 15, "16/15");
    if (o.readout_error != 0) {
        const double p = in_range("--readout-error", o.readout_error, 1, "1");
        noise.readout = {p, p};
    }
    return noise;
}

}  // namespace carillon::cli
