// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "carillon/resource/host/launch.h"
#include "carillon/resource/host/ranks.h"

namespace carillon::host {

struct MpiOptions {
    /// Ranks of one machine that count as a node, 0: all. To try several nodes on one machine.
    int ranks_per_node = 0;
    /// Messages go in pieces of this size.
    std::size_t piece_bytes = std::size_t{1} << 20;
    /// Silence between nodes, in ms, that is taken for a death; 0: for ever.
    long lease_ms = 10000;
    long start_ms = 60000;  ///< for the ranks to find each other
};

/// Options from CARILLON_RANKS_PER_NODE, CARILLON_MPI_PIECE, CARILLON_LEASE_MS and
/// CARILLON_START_MS.
///
/// Throws: InputError that names the variable.
MpiOptions mpi_options(const Environment& environment);

/// "Open MPI 4.1.4", "MPICH 4.0.2"; empty when this program was built without MPI.
std::string mpi_library();

/// The ranks that MPI connects. May be called once in a process.
///
/// Throws: ResourceError when this program was built without MPI, or when MPI does not find the
/// processes that the launcher started.
std::unique_ptr<Ranks> mpi_ranks(const Launch& launch, const MpiOptions& options);

}  // namespace carillon::host
