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
};

/// Places a distributed program in time.
///
/// A deterministic list schedule: an instruction starts as soon as all it depends on is done (its
/// qubits, its bits, messages with their latency); a link makes one Bell pair at a time, as soon as
/// both communication qubits are free, ahead of its use; among pairs that wait for one link the one
/// with the longest way to the program's end goes first. Time grows as n log n in the number of
/// instructions. Missing durations and rates count as no time.
///
/// Throws: InputError as find_dependencies().
Timeline schedule(const DistributedProgram& program, const Network& network,
                  const ScheduleOptions& options = {});

/// The same from a dependency graph already at hand.
Timeline schedule(const DistributedProgram& program, const Network& network,
                  const DependencyGraph& graph, const ScheduleOptions& options = {});

}  // namespace carillon
