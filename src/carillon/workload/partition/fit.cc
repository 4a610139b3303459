// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/partition/fit.h"

#include <algorithm>
#include <limits>

namespace carillon {
namespace {

using Node = std::uint32_t;

/// A qubit's best way out of a node that is too full.
struct Exit {
    std::int64_t loss = std::numeric_limits<std::int64_t>::max();
    std::uint32_t qubit = 0;
    Node to = 0;
};

}  // namespace

std::vector<Node> fit(const WeightedGraph& qubits, std::vector<Node> homes,
                      std::span<const std::uint32_t> capacity) {
    std::vector<std::uint32_t> used(capacity.size());
    for (Node home : homes) ++used[home];
    std::vector<std::vector<std::uint32_t>> living(capacity.size());
    for (std::uint32_t q = 0; q < homes.size(); ++q) living[homes[q]].push_back(q);
    std::vector<std::int64_t> pull(capacity.size());
    for (Node full = 0; full < capacity.size(); ++full) {
        while (used[full] > capacity[full]) {
            Exit best;
            for (std::uint32_t q : living[full]) {
                if (homes[q] != full) continue;
                std::fill(pull.begin(), pull.end(), 0);
                for (std::uint64_t e = qubits.first[q]; e < qubits.first[q + 1]; ++e) {
                    pull[homes[qubits.edges[e].to]] += qubits.edges[e].weight;
                }
                for (Node to = 0; to < capacity.size(); ++to) {
                    const std::int64_t loss = pull[full] - pull[to];
                    if (used[to] < capacity[to] && loss < best.loss) best = {loss, q, to};
                }
            }
            homes[best.qubit] = best.to;
            --used[full];
            ++used[best.to];
        }
    }
    return homes;
}

}  // namespace carillon
