// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/bounds/static_model.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "carillon/workload/placement/cost.h"

namespace carillon {

StaticModel::StaticModel(const Interactions& interactions, const Network& network)
    : num_qubits(static_cast<std::uint32_t>(interactions.of_qubit.size())),
      num_operations(interactions.num_operations),
      topology(network) {
    const std::vector<std::uint32_t> capacity = node_capacities(network);
    for (std::uint32_t v = 0; v < capacity.size(); ++v) {
        if (capacity[v] == 0) continue;
        hosts.push_back(v);
        room.push_back(capacity[v]);
    }
    std::vector<std::uint32_t> number(interactions.segments.size());
    for (std::uint32_t s = 0; s < interactions.segments.size(); ++s) {
        if (interactions.segments[s].gates.empty()) continue;
        number[s] = static_cast<std::uint32_t>(qubit_of.size());
        qubit_of.push_back(interactions.segments[s].qubit.value);
    }
    std::map<std::vector<std::uint32_t>, std::uint32_t> known;
    for (const Interaction& gate : interactions.gates) {
        std::vector<std::uint32_t> segments;
        for (std::uint32_t s : gate.segments) segments.push_back(number[s]);
        std::sort(segments.begin(), segments.end());
        const auto [at, added] =
            known.try_emplace(segments, static_cast<std::uint32_t>(gates.size()));
        if (added) gates.push_back({segments, {}});
        gates[at->second].operations.push_back(gate.operation);
    }
    gates_of.resize(qubit_of.size());
    for (std::uint32_t g = 0; g < gates.size(); ++g) {
        for (std::uint32_t s : gates[g].segments) gates_of[s].push_back(g);
    }
}

BoundScope StaticModel::scope() const {
    const bool wide = std::any_of(gates.begin(), gates.end(),
                                  [](const Gate& gate) { return gate.segments.size() > 2; });
    return wide ? BoundScope::kStaticUnfolded : BoundScope::kStatic;
}

std::int64_t StaticModel::cost(SteinerCost& steiner, const std::vector<std::uint32_t>& homes,
                               const std::vector<std::uint32_t>& sites) const {
    std::int64_t sum = 0;
    std::vector<std::uint32_t> nodes;
    for (std::uint32_t s = 0; s < qubit_of.size(); ++s) {
        nodes.assign(1, hosts[homes[qubit_of[s]]]);
        for (std::uint32_t g : gates_of[s]) nodes.push_back(hosts[sites[g]]);
        std::sort(nodes.begin(), nodes.end());
        nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
        sum += steiner(nodes);
    }
    return sum;
}

Placement StaticModel::placement(const std::vector<std::uint32_t>& homes,
                                 const std::vector<std::uint32_t>& sites) const {
    Placement placement;
    for (std::uint32_t home : homes) placement.home.push_back(QpuId{hosts[home]});
    placement.site.resize(num_operations);
    for (std::uint32_t g = 0; g < gates.size(); ++g) {
        for (std::uint32_t operation : gates[g].operations) {
            placement.site[operation] = QpuId{hosts[sites[g]]};
        }
    }
    return placement;
}

std::vector<std::uint32_t> StaticModel::equal_hosts(SteinerCost& steiner) const {
    const auto swapped_alike = [&](std::uint32_t a, std::uint32_t b) {
        if (room[a] != room[b]) return false;
        if (steiner.complete()) return true;
        if (hosts.size() > 12) return false;
        std::vector<std::uint32_t> nodes, other;
        for (std::uint32_t set = 1; set < 1u << hosts.size(); ++set) {
            const bool has_a = set >> a & 1, has_b = set >> b & 1;
            if (!has_a || has_b) continue;  // the others look the same from both sides
            nodes.clear();
            other.clear();
            for (std::uint32_t h = 0; h < hosts.size(); ++h) {
                if (!(set >> h & 1)) continue;
                nodes.push_back(hosts[h]);
                other.push_back(hosts[h == a ? b : h]);
            }
            if (steiner(nodes) != steiner(other)) return false;
        }
        return true;
    };
    std::vector<std::uint32_t> first(hosts.size());
    for (std::uint32_t h = 0; h < hosts.size(); ++h) {
        first[h] = h;
        for (std::uint32_t earlier = 0; earlier < h && first[h] == h; ++earlier) {
            if (first[earlier] == earlier && swapped_alike(earlier, h)) first[h] = earlier;
        }
    }
    return first;
}

std::vector<std::uint32_t> StaticModel::orbits(SteinerCost& steiner) const {
    constexpr std::size_t kMostHosts = 6;
    if (steiner.complete() || hosts.size() > kMostHosts) return equal_hosts(steiner);
    const std::uint32_t sets = 1u << hosts.size();
    std::vector<std::uint32_t> name(hosts.size()), first(hosts.size());
    std::iota(name.begin(), name.end(), 0);
    std::iota(first.begin(), first.end(), 0);
    std::vector<std::uint32_t> cost(sets), nodes;
    for (std::uint32_t set = 1; set < sets; ++set) {
        nodes.clear();
        for (std::uint32_t h = 0; h < hosts.size(); ++h) {
            if (set >> h & 1) nodes.push_back(hosts[h]);
        }
        cost[set] = steiner(nodes);
    }
    const auto alike = [&] {
        for (std::uint32_t h = 0; h < hosts.size(); ++h) {
            if (room[h] != room[name[h]]) return false;
        }
        for (std::uint32_t set = 1; set < sets; ++set) {
            std::uint32_t renamed = 0;
            for (std::uint32_t h = 0; h < hosts.size(); ++h) renamed |= (set >> h & 1) << name[h];
            if (cost[set] != cost[renamed]) return false;
        }
        return true;
    };
    do {
        if (!alike()) continue;
        for (std::uint32_t h = 0; h < hosts.size(); ++h) {
            first[name[h]] = std::min(first[name[h]], h);
        }
    } while (std::next_permutation(name.begin(), name.end()));
    return first;
}

}  // namespace carillon
