// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/fold_stops.h"

#include <algorithm>

#include "carillon/workload/placement/steiner.h"

namespace carillon {

std::vector<FoldStop> fold_tree(const Topology& topology, std::span<const QpuId> homes,
                                QpuId last) {
    std::vector<QpuId> terminals(homes.begin(), homes.end());
    std::ranges::sort(terminals);
    terminals.erase(std::unique(terminals.begin(), terminals.end()), terminals.end());
    const auto at = std::ranges::find(terminals, last);
    if (at == terminals.end()) last = terminals.back();
    std::erase(terminals, last);
    terminals.insert(terminals.begin(), last);
    std::vector<FoldStop> stops = {{last, true, {}}};
    for (const auto& [nearer, next] : steiner_tree(topology, terminals)) {
        const auto source = stops.size();
        std::ranges::find(stops, nearer, &FoldStop::qpu)->sources.push_back(source);
        stops.push_back({next, true, {}});
    }
    return stops;
}

std::vector<FoldStop> fold_chain(std::span<const QpuId> chain) {
    std::vector<FoldStop> stops;
    for (std::size_t i = chain.size(); i-- > 0;) {
        const bool seen = std::ranges::find(stops, chain[i], &FoldStop::qpu) != stops.end();
        if (!stops.empty()) stops.back().sources = {stops.size()};
        stops.push_back({chain[i], !seen, {}});
    }
    return stops;
}

std::vector<QpuId> fold_nodes(const Topology& topology, std::span<const QpuId> homes, QpuId last) {
    std::vector<QpuId> nodes;
    for (const FoldStop& stop : fold_tree(topology, homes, last)) nodes.push_back(stop.qpu);
    return nodes;
}

}  // namespace carillon
