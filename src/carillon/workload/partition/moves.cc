// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/moves.h"

#include <algorithm>
#include <cmath>

#include "carillon/workload/partition/migration.h"

namespace carillon {
namespace {

constexpr std::size_t kMostSlices = 256;
constexpr std::size_t kMostHomes = 4'000'000;  ///< slices times qubits
constexpr double kHot = 1;                     ///< first temperature with the fewest slices
constexpr double kWarm = 0.5;                  ///< first temperature with more

/// Layers of multi-qubit gates when each is done as early as its operands allow.
std::uint32_t depth(const Hypergraph& graph) {
    std::vector<std::uint32_t> layer(graph.num_qubits);
    std::uint32_t deepest = 0;
    for (const Hypergraph::Gate& gate : graph.gates) {
        std::uint32_t now = 0;
        for (std::uint32_t n : graph.nets_of(gate)) now = std::max(now, layer[graph.nets[n].qubit]);
        ++now;
        for (std::uint32_t n : graph.nets_of(gate)) layer[graph.nets[n].qubit] = now;
        deepest = std::max(deepest, now);
    }
    return deepest;
}

/// Work on a level relative to others.
double share(std::size_t cuts, std::size_t stride) {
    return std::sqrt(static_cast<double>(cuts) / static_cast<double>(stride) + 1);
}

}  // namespace

std::vector<std::uint32_t> move_positions(const Hypergraph& graph, std::size_t most) {
    const std::size_t slices = std::min<std::size_t>(depth(graph), most + 1);
    std::vector<std::uint32_t> cuts;
    for (std::size_t t = 1; t < slices; ++t) {
        const std::uint32_t at = graph.gates[t * graph.gates.size() / slices].position;
        if (at > 0 && (cuts.empty() || at > cuts.back())) cuts.push_back(at);
    }
    return cuts;
}

Assignment with_slices(const Assignment& placed, const Hypergraph& timed,
                       std::vector<std::uint32_t> cuts) {
    std::vector<Assignment::Node> homes;
    for (std::size_t t = 0, from = 0; t <= cuts.size(); ++t) {
        while (t > 0 && from < placed.cuts().size() && placed.cuts()[from] <= cuts[t - 1]) ++from;
        for (std::uint32_t q = 0; q < timed.num_qubits; ++q) homes.push_back(placed.home(from, q));
    }
    Assignment sliced(timed, placed.steiner(), placed.capacity(), std::move(cuts),
                      std::move(homes));
    std::vector<std::pair<std::uint32_t, Assignment::Node>> sites;
    for (std::uint32_t g = 0; g < placed.sites().size(); ++g) sites.emplace_back(g, placed.site(g));
    sliced.set_sites(sites);
    // Both graphs have the same middles: idle nets stand beside none.
    for (std::uint32_t m = 0; placed.num_kept() > 0 && m < timed.middles.size(); ++m) {
        for (Assignment::Node node : placed.kept(m)) sliced.keep(m, node);
    }
    sliced.forget_journal();
    return sliced;
}

Assignment anneal_moves(const Assignment& placed, const Hypergraph& timed, Random& random,
                        std::uint64_t work, std::int64_t enough, Deadline deadline) {
    const std::size_t most =
        std::min(kMostSlices, kMostHomes / std::max<std::size_t>(1, timed.num_qubits));
    const std::vector<std::uint32_t> cuts = move_positions(timed, most);
    std::vector<std::size_t> strides;  // every so manieth cut
    for (std::size_t stride = 1; stride == 1 || stride < cuts.size(); stride *= 2) {
        strides.push_back(stride);
    }
    Assignment a = placed;
    MigrationOptions options;
    options.hot = kHot;
    options.enough = enough;
    options.deadline = deadline;
    double levels = 0;
    for (std::size_t stride : strides) levels += share(cuts.size(), stride);
    for (auto stride = strides.rbegin(); stride != strides.rend(); ++stride) {
        std::vector<std::uint32_t> some;
        for (std::size_t i = *stride - 1; i < cuts.size(); i += *stride) some.push_back(cuts[i]);
        a = with_slices(a, timed, std::move(some));
        options.work = static_cast<std::uint64_t>(static_cast<double>(work) *
                                                  share(cuts.size(), *stride) / levels);
        migrate(a, random, options);
        options.hot = kWarm;
    }
    return a;
}

}  // namespace carillon
