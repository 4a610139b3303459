// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/partition/assignment.h"
#include "carillon/workload/partition/bisection.h"
#include "carillon/workload/partition/deadline.h"
#include "carillon/workload/partition/hypergraph.h"
#include "carillon/workload/placement/interactions.h"
#include "carillon/workload/placement/placement.h"
#include "carillon/workload/placement/steiner.h"

namespace carillon {

/// A program to be placed on a network, with all that is derived from them once and then only read.
struct PartitionProblem {
    /// Throws: InputError when the program has more qubits than the network has room.
    /// Args:
    ///     embedding, detached: as in PartitionOptions.
    PartitionProblem(const Circuit& circuit, const Network& network, bool embedding = true,
                     bool detached = true);

    const Circuit& circuit;
    const Network& network;
    std::vector<std::uint32_t> capacity;  ///< by node
    Topology topology;
    SteinerCost steiner;  ///< to copy from
    Interactions interactions;
    Hypergraph graph;  ///< without idle nets
    Hypergraph timed;  ///< with idle nets; empty until add_time()
    WeightedGraph qubits;
    std::vector<std::uint32_t> walk;  ///< nodes with room, neighbours near each other
    /// No placement costs less, as far as is easily known: qubits that all hang together and need m
    /// QPUs take m - 1 pairs.
    std::int64_t least = 0;

    bool enough(std::int64_t cost) const { return cost <= least; }
    void add_time();

  private:
    Hypergraph limited(Hypergraph full) const;

    bool embedding_, detached_;
};

/// What one search changes while it runs; searches with workspaces of their own may run at once.
struct Workspace {
    Workspace(const PartitionProblem& p, std::uint64_t seed, Deadline until = {})
        : problem(p),
          topology(p.topology),
          steiner(p.steiner, topology),
          random(seed),
          deadline(until) {}
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    const PartitionProblem& problem;
    Topology topology;
    SteinerCost steiner;
    Random random;
    Deadline deadline;
};

/// A seed for search number `index`, unrelated to those of others.
std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t index);

/// Homes (by slice and qubit) and sites that a search found.
struct Candidate {
    Assignment::Snapshot state;
    std::vector<std::uint32_t> cuts;  ///< empty: qubits never move
    std::string method;               ///< what found it; empty: nothing found yet
};

/// The candidate as an assignment that can be searched further in `work`.
Assignment resume(Workspace& work, const Candidate& candidate);

/// Static homes with sites: a cover, then descent.
Candidate with_sites(Workspace& work, std::vector<std::uint32_t> homes, std::string method);

Placement to_placement(const Assignment& assignment);

}  // namespace carillon
