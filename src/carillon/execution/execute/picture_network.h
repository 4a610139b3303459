// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// Places of a network's nodes in a picture, without overlap.
struct NetworkLayout {
    struct Box {
        double x = 0, y = 0;  ///< centre
        double width = 0, height = 0;
    };
    std::vector<Box> boxes;  ///< by node
    double width = 0, height = 0;
    bool compact = false;  ///< too many nodes for names and single qubits
};

/// Lays nodes out by their given positions; where some lack one, on a line, a circle, or by forces.
NetworkLayout lay_out(const Network& network);

/// The network alone, as an SVG document of its own: nodes with their qubits, and links.
std::string network_svg(const Network& network);

/// The same with a program on it, to stand in an HTML page: occupied qubits, and pairs per link.
std::string placement_svg(const Network& network, const DistributedProgram& program);

}  // namespace carillon
