// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/builder.h"

namespace carillon::schedule_test {

constexpr QpuId kAlice{0}, kBob{1};

inline Network two_nodes() {
    Network network;
    network.nodes.resize(2);
    for (Node& node : network.nodes) {
        node.data_qubits = 2;
        node.comm_qubits = 2;
        node.durations = {10, 100, 300, 50};
    }
    Link link;
    link.a = QpuId{0};
    link.b = QpuId{1};
    link.attempt_rate_hz = 1e6;
    link.latency_ns = 40;
    link.fidelity = 0.9;
    network.links.push_back(link);  // one pair every 1000 ns
    return network;
}

inline Network ring(std::uint32_t n) {
    Network network = two_nodes();
    network.nodes.resize(n, network.nodes[0]);
    network.links.resize(n, network.links[0]);
    for (std::uint32_t i = 0; i < n; ++i) {
        network.links[i].a = QpuId{i};
        network.links[i].b = QpuId{(i + 1) % n};
    }
    return network;
}

inline std::vector<std::pair<QpuId, QpuId>> ends(const Network& network) {
    std::vector<std::pair<QpuId, QpuId>> list;
    for (const Link& l : network.links) list.emplace_back(l.a, l.b);
    return list;
}

/// A CNOT from Alice's d0 to Bob's d0 through communication qubits a and b.
inline void telegate(ProgramBuilder& p, LocalQubit a, LocalQubit b, LocalQubit control = 0,
                     LocalQubit target = 0) {
    p.pair(kAlice, a, kBob, b, LinkId{0});
    p.gate(kAlice, GateKind::kX, 1, {control, a});
    const BitId m = p.protocol_bit(kAlice);
    p.measure(kAlice, a, m);
    p.reset(kAlice, a);
    const BitId got = p.message(kAlice, m, kBob);
    p.gate(kBob, GateKind::kX, 0, {b}, {}, {got});
    p.gate(kBob, GateKind::kX, 1, {b, target});
    p.gate(kBob, GateKind::kH, 0, {b});
    const BitId k = p.protocol_bit(kBob);
    p.measure(kBob, b, k);
    p.reset(kBob, b);
    const BitId back = p.message(kBob, k, kAlice);
    p.gate(kAlice, GateKind::kZ, 0, {control}, {}, {back});
}

inline DistributedProgram telegates(int count, bool one_comm_qubit) {
    ProgramBuilder p("telegates");
    p.add_qpu("alice", 2, 2);
    p.add_qpu("bob", 2, 2);
    for (int i = 0; i < count; ++i) {
        const LocalQubit comm = 2 + (one_comm_qubit ? 0 : i % 2);
        telegate(p, comm, comm);
    }
    return p.finish();
}

}  // namespace carillon::schedule_test
