// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/distribute/distribute.h"
#include "carillon/workload/partition/partition.h"
#include "carillon/workload/placement/placement.h"
#include "carillon/workload/transpile/lower.h"

namespace carillon {

/// What a placement is chosen by.
enum class Objective : std::uint8_t {
    kPairs,     ///< fewest Bell pairs of the program (least price, where links differ)
    kTime,      ///< shortest makespan at mean times, then fewest pairs
    kFidelity,  ///< highest expected fidelity, then fewest pairs
};

/// "pairs", "time" or "fidelity". Throws: InputError for anything else.
Objective objective_from_name(std::string_view name);
std::string_view objective_name(Objective objective);

/// Makespan and fidelity of a placement once written, compiled locally and scheduled.
struct Prediction {
    double makespan_ns = 0;   ///< model `time`, at mean times
    double log_fidelity = 0;  ///< model `fidelity`
};

/// A placement that was considered, and what it costs.
struct Choice {
    std::string name;            ///< what found it
    std::uint64_t steiner = 0;   ///< price in the cost model `steiner`: limits ignored
    std::uint64_t physical = 0;  ///< price of the program under the limits; 0 if refused. Prices
                                 ///< are Bell pairs where all links have one price, else steps
    std::optional<Prediction> prediction;
    std::string refused;  ///< why it cannot be emitted; empty: it can
    bool chosen = false;
};

/// What a choice is compared by: less is better, first number first.
std::pair<double, double> worth(const Choice& choice, Objective objective);

struct PlaceOptions {
    PartitionOptions partition;
    DistributeLimits limits;
    Objective objective = Objective::kPairs;
    bool native = true;    ///< predictions are for native gates and coupling maps
    bool compare = false;  ///< look at other partitioners too and predict what each would give
};

/// A placement to compile with.
struct Placed {
    Placement placement;
    PlacementCost cost;
    std::string method;           ///< what found it
    std::string reason;           ///< why it and no other
    std::vector<Choice> choices;  ///< all that were considered, the chosen one among them
    PartitionResult search;       ///< members, bounds and gap of the first search, the widest; no
                                  ///< placement, and the cost of the one that was chosen

    const Choice& chosen() const;
};

/// The best placement by an objective, under the communication qubits of the network and the
/// limits.
///
/// For pairs, the partitioner's own is taken when the limits cost it nothing. Otherwise those of
/// several partitioners are priced as they would be written (PairCounter), and the cheapest are
/// searched further by that price (search_bounded()). For time and fidelity every one of these is
/// compiled and scheduled. Programs above 20,000 operations, and low effort, make do with the
/// partitioner's own.
///
/// Throws: InputError when the program does not fit, or has no placement that can be written.
Placed place_program(const LoweredCircuit& lowered, const Network& network,
                     const PlaceOptions& options);

}  // namespace carillon
