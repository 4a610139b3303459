// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/member.h"

#ifdef CARILLON_HAS_METIS

#include <metis.h>

#include <algorithm>
#include <mutex>
#include <numeric>

#include "carillon/base/error.h"
#include "carillon/workload/partition/fit.h"

namespace carillon {
namespace {

/// The qubit graph in METIS's arrays.
struct MetisGraph {
    explicit MetisGraph(const WeightedGraph& graph) {
        constexpr std::int64_t kMost = 1 << 20;  // so that sums of weights fit in idx_t
        for (std::uint64_t first : graph.first) offsets.push_back(static_cast<idx_t>(first));
        for (const WeightedGraph::Edge& edge : graph.edges) {
            to.push_back(static_cast<idx_t>(edge.to));
            weight.push_back(static_cast<idx_t>(std::min(edge.weight, kMost)));
        }
    }
    std::vector<idx_t> offsets, to, weight;
};

}  // namespace

bool have_metis() {
    return true;
}

std::vector<std::uint32_t> metis_homes(Workspace& work) {
    static std::mutex one_at_a_time;  // METIS draws its random numbers from the C library's
    const std::lock_guard lock(one_at_a_time);
    const PartitionProblem& p = work.problem;
    const auto room = static_cast<double>(
        std::accumulate(p.capacity.begin(), p.capacity.end(), std::uint64_t{0}));
    std::vector<std::uint32_t> node_of_part;
    std::vector<real_t> share;
    for (std::uint32_t v : p.walk) {
        node_of_part.push_back(v);
        share.push_back(static_cast<real_t>(p.capacity[v] / room));
    }
    std::vector<std::uint32_t> homes(p.graph.num_qubits,
                                     node_of_part.empty() ? 0 : node_of_part[0]);
    if (node_of_part.size() < 2 || homes.empty()) return homes;

    MetisGraph graph(p.qubits);
    idx_t vertices = static_cast<idx_t>(homes.size()), constraints = 1, cut = 0;
    idx_t parts = static_cast<idx_t>(node_of_part.size());
    real_t imbalance =
        static_cast<real_t>(std::max(1.001, room / static_cast<double>(homes.size())));
    idx_t settings[METIS_NOPTIONS];
    METIS_SetDefaultOptions(settings);
    settings[METIS_OPTION_SEED] = static_cast<idx_t>(work.random.below(1u << 30));
    settings[METIS_OPTION_NUMBERING] = 0;
    std::vector<idx_t> part(homes.size());
    const auto run = parts <= 8 ? METIS_PartGraphRecursive : METIS_PartGraphKway;
    const int status =
        run(&vertices, &constraints, graph.offsets.data(), graph.to.data(), nullptr, nullptr,
            graph.weight.data(), &parts, share.data(), &imbalance, settings, &cut, part.data());
    if (status != METIS_OK) throw InternalError("METIS ended with " + std::to_string(status));
    for (std::size_t q = 0; q < homes.size(); ++q) {
        homes[q] = node_of_part[static_cast<std::size_t>(part[q])];
    }
    return fit(p.qubits, std::move(homes), p.capacity);
}

}  // namespace carillon

#else

#include "carillon/base/error.h"

namespace carillon {

bool have_metis() {
    return false;
}

std::vector<std::uint32_t> metis_homes(Workspace&) {
    throw InternalError("this build has no METIS");
}

}  // namespace carillon

#endif
