// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/schedule/dependencies.h"

namespace carillon {

/// Communication qubits that can stand for each other.
struct CommPools {
    struct Pool {
        QpuId qpu;
        std::vector<LocalQubit> qubits;
        bool in_turn = false;  ///< one qubit, whose stays keep their order
    };
    std::vector<Pool> pools;
    std::vector<std::uint32_t> of_stay;  ///< by stay of the dependency graph
};

/// Sorts the communication qubits of every QPU into pools.
///
/// All of a QPU are one pool when it has no coupling map; else those with the same neighbours are,
/// so that every gate finds its operands coupled whichever of them is taken. A qubit
/// that holds a source qubit at the program's start or end, or that the program leaves in another
/// state than |0>, keeps its stays in their order.
CommPools find_comm_pools(const DistributedProgram& program, const Network& network,
                          const DependencyGraph& graph);

}  // namespace carillon
