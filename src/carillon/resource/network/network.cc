// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/network/network.h"

#include <algorithm>
#include <cmath>

#include "carillon/base/error.h"

namespace carillon {

std::uint64_t Network::total_data_qubits() const {
    std::uint64_t total = 0;
    for (const Node& node : nodes) {
        if (node.kind == NodeKind::kQpu && node.available) total += node.data_qubits;
    }
    return total;
}

const Node& plain_node() {
    static const Node node = [] {
        Node n;
        n.comm_qubits = 2;
        n.durations = {
            .one_qubit_ns = 100, .two_qubit_ns = 1000, .measure_ns = 5000, .reset_ns = 5000};
        return n;
    }();
    return node;
}

const Link& plain_link() {
    static const Link link = [] {
        Link l;
        l.attempt_rate_hz = 1e6;
        l.success_probability = 0.1;
        l.latency_ns = 1000;
        l.transfer_time_ns = 10000;
        return l;
    }();
    return link;
}

double mean_pair_time_ns(const Link& link) {
    if (link.attempt_rate_hz <= 0) return 0;
    return 1e9 / (link.attempt_rate_hz * link.success_probability * link.multiplexing);
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> coupling_edges(CouplingShape shape,
                                                                    std::uint32_t qubits) {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
    if (shape == CouplingShape::kAll) return edges;
    std::uint32_t width = qubits;  // of a row; a line is a grid of one row
    if (shape == CouplingShape::kGrid) {
        width = static_cast<std::uint32_t>(std::ceil(std::sqrt(static_cast<double>(qubits))));
    }
    for (std::uint32_t q = 0; q < qubits; ++q) {
        if ((q + 1) % width != 0 && q + 1 < qubits) edges.emplace_back(q, q + 1);
        if (q + width < qubits) edges.emplace_back(q, q + width);
    }
    if (shape == CouplingShape::kRing && qubits > 2) edges.emplace_back(0, qubits - 1);
    return edges;
}

void fill_capacity(Network& network, std::uint32_t program_qubits) {
    auto open = [](const Node& n) {
        return n.kind == NodeKind::kQpu && n.available && n.data_qubits == 0;
    };
    const std::uint64_t given = network.total_data_qubits();
    const auto blank =
        static_cast<std::uint64_t>(std::count_if(network.nodes.begin(), network.nodes.end(), open));
    const std::uint64_t missing = program_qubits > given ? program_qubits - given : 0;
    if (missing > 0 && blank == 0) {
        throw InputError("the program needs " + std::to_string(program_qubits) +
                         " data qubits, the available QPUs of network \"" + network.name +
                         "\" have " + std::to_string(given) +
                         ": give them more data qubits, or add QPUs");
    }
    const std::uint64_t share = blank > 0 ? (missing + blank - 1) / blank : 0;
    for (Node& node : network.nodes) {
        if (open(node)) node.data_qubits = static_cast<std::uint32_t>(share);
        if (node.coupling_shape != CouplingShape::kAll && node.data_qubits > 0) {
            node.coupling =
                coupling_edges(node.coupling_shape, node.data_qubits + node.comm_qubits);
            node.coupling_shape = CouplingShape::kAll;
        }
    }
}

std::string_view node_kind_name(NodeKind kind) {
    switch (kind) {
        case NodeKind::kQpu:
            return "qpu";
        case NodeKind::kRepeater:
            return "repeater";
        case NodeKind::kSatellite:
            return "satellite";
        case NodeKind::kHost:
            return "host";
    }
    throw InternalError("node_kind_name: no such kind");
}

std::string_view link_kind_name(LinkKind kind) {
    switch (kind) {
        case LinkKind::kFibre:
            return "fibre";
        case LinkKind::kFreeSpace:
            return "free-space";
        case LinkKind::kSatellite:
            return "satellite";
        case LinkKind::kMicrowave:
            return "microwave";
        case LinkKind::kDirect:
            return "direct";
    }
    throw InternalError("link_kind_name: no such kind");
}

std::string_view link_carries_name(LinkCarries carries) {
    switch (carries) {
        case LinkCarries::kPairs:
            return "pairs";
        case LinkCarries::kQubits:
            return "qubits";
        case LinkCarries::kBoth:
            return "both";
    }
    throw InternalError("link_carries_name: no such kind");
}

std::string_view coupling_shape_name(CouplingShape shape) {
    switch (shape) {
        case CouplingShape::kAll:
            return "all";
        case CouplingShape::kLine:
            return "line";
        case CouplingShape::kRing:
            return "ring";
        case CouplingShape::kGrid:
            return "grid";
    }
    throw InternalError("coupling_shape_name: no such shape");
}

}  // namespace carillon
