// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/hold_clock.h"

#include <algorithm>
#include <cmath>
#include <queue>

namespace carillon {

HoldClock::HoldClock(const Network& network) : network_(network), links_(network.links.size()) {
    for (const Node& node : network.nodes)
        qubits_.emplace_back(node.data_qubits + node.comm_qubits);
}

Time HoldClock::free(QpuId qpu, std::span<const LocalQubit> qubits) const {
    Time latest;
    for (const LocalQubit q : qubits) latest = std::max(latest, qubits_[qpu.value][q]);
    return latest;
}

void HoldClock::set(QpuId qpu, std::span<const LocalQubit> qubits, Time end) {
    for (const LocalQubit q : qubits) at({qpu, q}) = end;
}

void HoldClock::gate(QpuId qpu, std::span<const LocalQubit> qubits,
                     std::span<const BitId> conditions) {
    Time start = free(qpu, qubits);
    for (const BitId b : conditions) {
        const auto known = bits_.find({qpu.value, b.value});
        if (known != bits_.end()) start = std::max(start, known->second);
    }
    const Durations& d = network_.node(qpu).durations;
    const auto width = static_cast<double>(qubits.size());
    // A gate on more than two qubits stands for six of two per qubit beyond (a Toffoli has six).
    const double ns = width <= 1   ? d.one_qubit_ns
                      : width == 2 ? d.two_qubit_ns
                                   : d.two_qubit_ns * 6 * (width - 2);
    set(qpu, qubits, start + Time::from_ns(ns));
}

void HoldClock::measure(QpuId qpu, LocalQubit qubit, BitId bit) {
    Time& busy = at({qpu, qubit});
    busy += Time::from_ns(network_.node(qpu).durations.measure_ns);
    if (bit.valid()) bits_[{qpu.value, bit.value}] = busy;
}

void HoldClock::reset(QpuId qpu, LocalQubit qubit) {
    at({qpu, qubit}) += Time::from_ns(network_.node(qpu).durations.reset_ns);
}

void HoldClock::delay(QpuId qpu, std::span<const LocalQubit> qubits, double ns) {
    set(qpu, qubits, free(qpu, qubits) + Time::from_ns(ns));
}

void HoldClock::barrier(QpuId qpu, std::span<const LocalQubit> qubits) {
    set(qpu, qubits, free(qpu, qubits));
}

void HoldClock::send(QpuId from, BitId bit, QpuId to, BitId into) {
    const auto known = bits_.find({from.value, bit.value});
    const Time sent = known == bits_.end() ? Time{} : known->second;
    bits_[{to.value, into.value}] = sent + latency(from, to);
}

void HoldClock::pair(Location a, Location b, LinkId id) {
    const Link& link = network_.link(id);
    const double fail = std::pow(1 - link.success_probability, std::max(link.multiplexing, 1u));
    const Time takes = link.attempt_rate_hz > 0
                           ? Time::from_ns(1e9 / (link.attempt_rate_hz * (1 - fail)))
                           : Time{};
    Time& busy = links_[id.value];
    busy = std::max({busy, at(a), at(b)}) + takes;
    at(a) = at(b) = busy;
}

void HoldClock::transfer(Location leaves, Location arrives, LinkId id) {
    Time& busy = links_[id.value];
    busy = std::max({busy, at(leaves), at(arrives)}) +
           Time::from_ns(network_.link(id).transfer_time_ns);
    at(leaves) = at(arrives) = busy;
}

void HoldClock::meet(std::span<const QpuId> participants) {
    Time latest;
    for (const QpuId q : participants)
        for (const Time t : qubits_[q.value]) latest = std::max(latest, t);
    for (const QpuId q : participants) std::ranges::fill(qubits_[q.value], latest);
}

/// Of the link between the two, else the least sum along a path.
Time HoldClock::latency(QpuId from, QpuId to) {
    const auto known = latencies_.find({from.value, to.value});
    if (known != latencies_.end()) return known->second;
    std::vector<double> least(network_.nodes.size(), HUGE_VAL);
    using Reached = std::pair<double, std::uint32_t>;
    std::priority_queue<Reached, std::vector<Reached>, std::greater<>> open;
    const auto reach = [&](std::uint32_t node, double ns) {
        if (ns < least[node]) open.emplace(least[node] = ns, node);
    };
    reach(from.value, 0);
    while (!open.empty()) {
        const auto [ns, node] = open.top();
        open.pop();
        if (ns > least[node]) continue;
        for (const Link& link : network_.links) {
            if (link.a.value == node) reach(link.b.value, ns + link.latency_ns);
            if (link.b.value == node) reach(link.a.value, ns + link.latency_ns);
        }
    }
    for (const Link& link : network_.links)
        if ((link.a == from && link.b == to) || (link.a == to && link.b == from))
            least[to.value] = link.latency_ns;
    const double ns = std::isfinite(least[to.value]) ? least[to.value] : 0;
    return latencies_[{from.value, to.value}] = Time::from_ns(ns);
}

}  // namespace carillon
