// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"
#include "carillon/workload/bounds/bound.h"
#include "carillon/workload/placement/cost.h"
#include "carillon/workload/placement/placement.h"

namespace carillon {

/// How long to search. Counted in steps of work, never in seconds, so that results repeat.
enum class Effort : std::uint8_t { kLow, kNormal, kHigh };

/// "low", "normal" or "high". Throws: InputError for anything else.
Effort effort_from_name(std::string_view name);

/// How a search stands.
struct PartitionProgress {
    std::string member;      ///< what ended just now
    std::uint64_t best = 0;  ///< pairs of the best placement so far
    double seconds = 0;      ///< since the start
};

struct PartitionOptions {
    std::uint64_t seed = 0;
    Effort effort = Effort::kNormal;
    bool allow_moves = true;  ///< qubits may change their home (teledata) where that is cheaper
    bool embedding = true;    ///< copies may be kept through embeddable segments
    bool detached = true;     ///< gates may be done where none of their operands lives
    /// How homes are found. One member alone, whose sites only are searched further: "contiguous"
    /// (qubits in order along the network), "order" (neighbours of the interaction graph in order),
    /// "multilevel" (recursive bisection of qubits and network together), "spectral", "metis",
    /// "scotch". "auto": the best of some, then annealed, then moved in time. "portfolio": all,
    /// several annealed with seeds of their own, good ones recombined. "auto" is "portfolio" at
    /// high effort and with a time limit.
    std::string method = "auto";
    std::vector<QpuId> homes;  ///< when given: home of every qubit, kept; only sites are searched
    /// Seconds; when positive, "auto" and "portfolio" search on until then (results then depend on
    /// the speed of the machine) and stop soon after.
    double time_limit_s = 0;
    /// Seconds for an integer program that looks for the static optimum after the search, and
    /// proves it or a lower bound; 0: none.
    double prove_s = 0;
    int threads = 0;  ///< searches at once; 0: one per core. Results do not depend on it.
    /// Called whenever a search ends, by one thread at a time.
    std::function<void(const PartitionProgress&)> progress;
};

/// One search of a portfolio.
struct PartitionMember {
    std::string name;
    std::uint64_t pairs = 0;  ///< what its placement costs
    double seconds = 0;
    std::string refused;  ///< why its result was not used; empty: it was
};

struct PartitionResult {
    Placement placement;
    PlacementCost cost;
    std::string method;                    ///< what found the homes
    std::vector<PartitionMember> members;  ///< in the order they were started
    /// How differently those that start from nothing group the qubits, on average: 0 (alike) to 1
    /// (variation of information over joint entropy).
    double diversity = 0;

    /// No placement of the kind that was searched costs less: any placement, or, where neither
    /// moves nor kept copies were allowed, any static one; gates folded or not.
    LowerBound bound;
    double gap = 0;                        ///< 1 - bound / cost with folding
    bool optimal = false;                  ///< the cost with folding equals the bound
    LowerBound static_bound;               ///< no static placement costs less; its scope says
                                           ///< whether folded gates are meant too
    bool static_bound_is_optimum = false;  ///< and one costs just that (proved)
    std::string bound_note;  ///< why the integer program did not solve it; empty: it did, or was
                             ///< not asked

    /// Puts another placement's cost beside the same bounds.
    void set_cost(const PlacementCost& other);
};

/// Homes, moves and gate sites that need few Bell pairs.
///
/// Same circuit, network and options, same result, unless there is a time limit. On networks of up
/// to 64 nodes never more pairs than the contiguous placement (beyond, the search estimates trees).
///
/// Args:
///     lowered: its multi-qubit gates are controlled z and p.
/// Throws: InputError when the program does not fit on the network, when QPUs that it needs are not
///     connected, when options are wrong, or when the build has no such member.
PartitionResult partition(const Circuit& lowered, const Network& network,
                          const PartitionOptions& options = {});

}  // namespace carillon
