// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

#include "carillon/base/random.h"
#include "carillon/language/circuit/circuit.h"
#include "carillon/resource/network/network.h"

/// Small networks and circuits for the tests of this room.
namespace carillon::test_instances {

using Links = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

inline Network network(const std::vector<std::uint32_t>& capacity, const Links& links) {
    Network net;
    for (std::uint32_t c : capacity) {
        Node node;
        node.name = "n" + std::to_string(net.nodes.size());
        node.data_qubits = c;
        node.comm_qubits = 2;
        if (c == 0) node.kind = NodeKind::kRepeater;
        net.nodes.push_back(node);
    }
    for (const auto& [a, b] : links) {
        Link link;
        link.a = QpuId{a};
        link.b = QpuId{b};
        net.links.push_back(link);
    }
    return net;
}

inline Network full(const std::vector<std::uint32_t>& capacity) {
    Links links;
    for (std::uint32_t b = 0; b < capacity.size(); ++b) {
        for (std::uint32_t a = 0; a < b; ++a) links.emplace_back(a, b);
    }
    return network(capacity, links);
}

inline Network line(const std::vector<std::uint32_t>& capacity) {
    Links links;
    for (std::uint32_t b = 1; b < capacity.size(); ++b) links.emplace_back(b - 1, b);
    return network(capacity, links);
}

inline Network torus(std::uint32_t rows, std::uint32_t columns, std::uint32_t qubits) {
    Links links;
    for (std::uint32_t r = 0; r < rows; ++r) {
        for (std::uint32_t c = 0; c < columns; ++c) {
            links.emplace_back(r * columns + c, r * columns + (c + 1) % columns);
            links.emplace_back(r * columns + c, (r + 1) % rows * columns + c);
        }
    }
    return network(std::vector<std::uint32_t>(rows * columns, qubits), links);
}

/// A connected random network: a random tree and some more links.
inline Network random_network(const std::vector<std::uint32_t>& capacity, Random& random) {
    Links links;
    for (std::uint32_t b = 1; b < capacity.size(); ++b) {
        links.emplace_back(static_cast<std::uint32_t>(random.below(b)), b);
        const auto a = static_cast<std::uint32_t>(random.below(b));
        if (random.uniform() < 0.3 && a != links.back().first) links.emplace_back(a, b);
    }
    return network(capacity, links);
}

inline void cz(Circuit& c, std::size_t a, std::size_t b, BlockId where = BlockId{0}) {
    c.gate(GateKind::kZ, 1, {QubitId{a}, QubitId{b}}, {}, where);
}
inline void cp(Circuit& c, std::size_t a, std::size_t b) {
    c.gate(GateKind::kP, 1, {QubitId{a}, QubitId{b}}, {Param(0.25)});
}
inline void h(Circuit& c, std::size_t q, BlockId where = BlockId{0}) {
    c.gate(GateKind::kH, 0, {QubitId{q}}, {}, where);
}
inline void cx(Circuit& c, std::size_t a, std::size_t b) {
    h(c, b);
    cz(c, a, b);
    h(c, b);
}

inline Circuit empty(std::uint32_t qubits) {
    Circuit c;
    c.add_qubits("q", qubits);
    return c;
}

/// h, then a chain of cx: each qubit is the control of the next.
inline Circuit ghz_chain(std::uint32_t qubits) {
    Circuit c = empty(qubits);
    h(c, 0);
    for (std::uint32_t q = 1; q < qubits; ++q) cx(c, q - 1, q);
    return c;
}

inline Circuit qft(std::uint32_t qubits) {
    Circuit c = empty(qubits);
    for (std::uint32_t q = 0; q < qubits; ++q) {
        h(c, q);
        for (std::uint32_t r = q + 1; r < qubits; ++r) cp(c, r, q);
    }
    return c;
}

/// h, x, two- and three-qubit phase gates and conditional blocks on random qubits.
inline Circuit random_circuit(std::uint32_t qubits, int operations, Random& random,
                              bool blocks = false) {
    Circuit c = empty(qubits);
    const BitId bit = c.add_bits("c", 1);
    const auto pick = [&] { return static_cast<std::size_t>(random.below(qubits)); };
    for (int i = 0; i < operations; ++i) {
        const std::size_t a = pick(), b = pick(), d = pick();
        const double kind = random.uniform();
        if (kind < 0.3) {
            h(c, a);
        } else if (kind < 0.35) {
            c.gate(GateKind::kX, 0, {QubitId{a}});
        } else if (kind < 0.4 && a != b && b != d && a != d) {
            c.gate(GateKind::kZ, 2, {QubitId{a}, QubitId{b}, QubitId{d}});
        } else if (kind < 0.45 && blocks && a != b) {
            const BlockId then = c.add_block();
            cz(c, a, b, then);
            if (random.uniform() < 0.5) h(c, a, then);
            cz(c, b, a, then);
            c.if_else(c.bits_expr(bit, 1), then);
        } else if (kind < 0.5) {
            c.measure(QubitId{a}, bit);
        } else if (a != b) {
            cp(c, a, b);
        }
    }
    return c;
}

}  // namespace carillon::test_instances
