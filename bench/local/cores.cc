// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <string>

#include "chips.h"

namespace carillon {
namespace {

using enum GateKind;

constexpr std::uint32_t kSide = 4;

/// A core whose cells in `ports` are communication qubits.
Node core(const std::string& name, const std::vector<std::uint32_t>& ports) {
    Node node;
    node.name = name;
    std::vector<std::uint32_t> local(kSide * kSide);
    const auto is_port = [&](std::uint32_t cell) {
        for (const std::uint32_t p : ports)
            if (p == cell) return true;
        return false;
    };
    for (std::uint32_t cell = 0; cell < local.size(); ++cell)
        if (!is_port(cell)) local[cell] = node.data_qubits++;
    for (const std::uint32_t p : ports) local[p] = node.data_qubits + node.comm_qubits++;
    for (std::uint32_t cell = 0; cell < local.size(); ++cell) {
        if ((cell + 1) % kSide != 0) node.coupling.emplace_back(local[cell], local[cell + 1]);
        if (cell + kSide < local.size())
            node.coupling.emplace_back(local[cell], local[cell + kSide]);
    }
    return node;
}

Circuit empty(std::string name, std::uint32_t qubits) {
    Circuit circuit;
    circuit.name = std::move(name) + " " + std::to_string(qubits);
    circuit.add_qubits("q", qubits);
    return circuit;
}

}  // namespace

Network cores(std::uint32_t columns, std::uint32_t rows) {
    Network network;
    const auto join = [&](std::uint32_t a, std::uint32_t b) {
        Link l = plain_link();
        l.a = QpuId{a};
        l.b = QpuId{b};
        network.links.push_back(l);
    };
    for (std::uint32_t y = 0; y < rows; ++y)
        for (std::uint32_t x = 0; x < columns; ++x) {
            std::vector<std::uint32_t> ports;
            if (x > 0) ports.push_back(kSide);                           // row 1, column 0
            if (x + 1 < columns) ports.push_back(2 * kSide - 1);         // row 1, column 3
            if (y > 0) ports.push_back(1);                               // row 0, column 1
            if (y + 1 < rows) ports.push_back(kSide * (kSide - 1) + 1);  // row 3, column 1
            network.nodes.push_back(core("core" + std::to_string(network.nodes.size()), ports));
            if (x > 0) join(y * columns + x - 1, y * columns + x);
            if (y > 0) join((y - 1) * columns + x, y * columns + x);
        }
    return network;
}

Circuit ghz(std::uint32_t qubits) {
    Circuit c = empty("ghz", qubits);
    c.gate(kH, 0, {QubitId{qubits - 1}});
    for (std::uint32_t q = qubits - 1; q > 0; --q) c.gate(kX, 1, {QubitId{q}, QubitId{q - 1}});
    return c;
}

Circuit phase_oracle(const char* name, std::uint32_t qubits, std::uint32_t ones) {
    Circuit c = empty(name, qubits);
    const QubitId last{qubits - 1};
    c.gate(kX, 0, {last});
    for (std::uint32_t q = 0; q < qubits; ++q) c.gate(kH, 0, {QubitId{q}});
    for (std::uint32_t q = 0; q < ones; ++q) c.gate(kX, 1, {QubitId{q}, last});
    for (std::uint32_t q = 0; q + 1 < qubits; ++q) c.gate(kH, 0, {QubitId{q}});
    return c;
}

Circuit w_state(std::uint32_t qubits) {
    Circuit c = empty("wstate", qubits);
    c.gate(kX, 0, {QubitId{qubits - 1}});
    for (std::uint32_t k = 1; k < qubits; ++k) {
        const QubitId from{qubits - k}, to{qubits - k - 1};
        const double angle = std::acos(std::sqrt(1.0 / (qubits - k + 1)));
        c.gate(kRy, 0, {to}, {-angle});
        c.gate(kZ, 1, {from, to});
        c.gate(kRy, 0, {to}, {angle});
    }
    for (std::uint32_t k = qubits - 1; k > 0; --k) c.gate(kX, 1, {QubitId{k - 1}, QubitId{k}});
    return c;
}

}  // namespace carillon
