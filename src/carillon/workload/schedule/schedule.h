// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"
#include "carillon/workload/program/timeline.h"
#include "carillon/workload/schedule/dependencies.h"

namespace carillon {

struct ScheduleOptions {
    /// With a seed every pair takes a random number of attempts, as on a real link; without one
    /// every pair takes its link's mean time.
    std::optional<std::uint64_t> entanglement_seed;
    /// Pairs are made ahead of their use while communication qubits are free; else only when the
    /// instruction that uses them waits for nothing else.
    bool prefetch = true;
    std::uint32_t most_tries = 16;  ///< list schedules made, of which the best is kept
    /// Copies are opened as late as their first gate allows (mean times only), so that they are
    /// held no longer than they must.
    bool open_late = false;
};

/// Places a distributed program in time.
///
/// List schedules (search_schedule()): an instruction starts as soon as all it depends on is done
/// (its qubits, its bits, messages with their latency), a pair as soon as both communication qubits
/// and a channel of its link are free; a link has `multiplexing` channels, and a pair is attempted
/// on one or several of them. Which of the pairs that wait for one link goes first is what the
/// tries differ in. Then pairs are made as late as their use allows, and messages between the same
/// two nodes travel together where nothing has to wait for it. A pair whose unused halves grow
/// older than a node's memory cut-off is discarded and made again.
///
/// With an entanglement seed the best rule for mean times is played with random ones: pairs start
/// as early as they can, since when they will be ready is not known.
///
/// Time grows as n log n in the number of instructions. Missing durations and rates count as no
/// time.
///
/// Throws: InputError as find_dependencies().
Timeline schedule(const DistributedProgram& program, const Network& network,
                  const ScheduleOptions& options = {});

/// The same from a dependency graph already at hand.
Timeline schedule(const DistributedProgram& program, const Network& network,
                  const DependencyGraph& graph, const ScheduleOptions& options = {});

}  // namespace carillon
