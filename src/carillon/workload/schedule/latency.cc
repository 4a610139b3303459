// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/schedule/latency.h"

#include <algorithm>
#include <limits>
#include <queue>

namespace carillon {

namespace {
constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max();
}

ClassicalLatency::ClassicalLatency(const Network& network) : neighbours_(network.nodes.size()) {
    for (const Link& link : network.links) {
        const std::int64_t ps = Time::from_ns(link.latency_ns).ps;
        neighbours_.at(link.a.value).emplace_back(link.b.value, ps);
        neighbours_.at(link.b.value).emplace_back(link.a.value, ps);
    }
    for (auto& list : neighbours_) std::sort(list.begin(), list.end());
}

Time ClassicalLatency::between(QpuId a, QpuId b) {
    const auto& list = neighbours_.at(a.value);
    const auto direct =
        std::lower_bound(list.begin(), list.end(), std::pair{b.value, std::int64_t{0}});
    if (direct != list.end() && direct->first == b.value) return Time{direct->second};
    const std::int64_t far = row(a.value).at(b.value);
    return Time{far == kFar ? 0 : far};
}

const std::vector<std::int64_t>& ClassicalLatency::row(std::uint32_t from) {
    const auto [it, fresh] = rows_.try_emplace(from);
    std::vector<std::int64_t>& distance = it->second;
    if (!fresh) return distance;
    distance.assign(neighbours_.size(), kFar);
    distance[from] = 0;
    using Entry = std::pair<std::int64_t, std::uint32_t>;
    std::priority_queue<Entry, std::vector<Entry>, std::greater<>> frontier;
    frontier.emplace(0, from);
    while (!frontier.empty()) {
        const auto [d, node] = frontier.top();
        frontier.pop();
        if (d > distance[node]) continue;
        for (const auto& [to, length] : neighbours_[node])
            if (d + length < distance[to]) {
                distance[to] = d + length;
                frontier.emplace(distance[to], to);
            }
    }
    return distance;
}

}  // namespace carillon
