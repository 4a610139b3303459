// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "carillon/workload/program/program.h"

namespace carillon {

/// What random_program() makes.
struct RandomProgramOptions {
    std::vector<std::pair<QpuId, QpuId>> links;  ///< ends of link 0, 1, ...
    std::uint32_t qpus = 2;
    std::uint32_t data_qubits = 4;  ///< per QPU, at least 2
    std::uint32_t comm_qubits = 2;  ///< per QPU, at least 1
    std::uint32_t operations = 50;  ///< source operations
    bool control_flow = true;       ///< with if, while, assignments and run-time angles
    bool carried = false;           ///< half of the cat copies are carried, without a pair
};

/// A well-formed program of random local gates, telegates (with pairs or carried) over random
/// links, measurements, resets and control flow: input for tests and studies. Same seed, same
/// program.
DistributedProgram random_program(const RandomProgramOptions& options, std::uint64_t seed);

}  // namespace carillon
