// SPDX-License-Identifier: Apache-2.0
#include "chips.h"

#include <string>
#include <utility>

namespace carillon {
namespace {

struct Grid {
    std::uint32_t columns = 1, rows = 1;
};

Grid grid_for(std::uint32_t qubits) {
    for (std::uint32_t size = qubits;; ++size)
        for (std::uint32_t rows = 1; rows * rows <= size; ++rows)
            if (size % rows == 0 && size / rows <= 2 * rows) return {size / rows, rows};
}

/// One QPU: a grid of data qubits, and communication qubits beside some of them; those that serve
/// one link are coupled two by two.
Node chip(std::string name, const Grid& grid, const std::vector<std::uint32_t>& beside) {
    Node node;
    node.name = std::move(name);
    node.data_qubits = grid.columns * grid.rows;
    node.comm_qubits = static_cast<std::uint32_t>(beside.size());
    for (std::uint32_t q = 0; q < node.data_qubits; ++q) {
        if ((q + 1) % grid.columns != 0) node.coupling.emplace_back(q, q + 1);
        if (q + grid.columns < node.data_qubits) node.coupling.emplace_back(q, q + grid.columns);
    }
    for (std::uint32_t c = 0; c < beside.size(); ++c) {
        node.coupling.emplace_back(beside[c], node.data_qubits + c);
        if (c % 2 == 1) node.coupling.emplace_back(node.data_qubits + c - 1, node.data_qubits + c);
    }
    return node;
}

void link(Network& network, std::size_t a, std::size_t b) {
    Link l = plain_link();
    l.a = QpuId{a};
    l.b = QpuId{b};
    network.links.push_back(l);
}

}  // namespace

Network chips(Chips kind, std::uint32_t qubits) {
    const std::uint32_t count = kind == Chips::kRing ? 3 : kind == Chips::kGrid ? 4 : 2;
    const Grid grid = grid_for((qubits + count - 1) / count);
    const std::uint32_t top_left = 0, top_right = grid.columns - 1,
                        bottom_left = grid.columns * (grid.rows - 1),
                        bottom_right = grid.columns * grid.rows - 1;
    std::vector<std::uint32_t> beside = {top_right, bottom_right};
    if (kind == Chips::kRing) beside = {top_left, bottom_left, top_right, bottom_right};
    if (kind == Chips::kGrid) beside = {top_right, bottom_right, bottom_left, bottom_right};
    Network network;
    for (std::uint32_t k = 0; k < count; ++k) {
        network.nodes.push_back(chip("chip" + std::to_string(k), grid, beside));
        if (kind == Chips::kFull) network.nodes.back().coupling.clear();
    }
    link(network, 0, 1);
    if (kind == Chips::kRing) {
        link(network, 1, 2);
        link(network, 2, 0);
    }
    if (kind == Chips::kGrid) {
        link(network, 2, 3);
        link(network, 0, 2);
        link(network, 1, 3);
    }
    return network;
}

}  // namespace carillon
