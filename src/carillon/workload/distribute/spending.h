// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "carillon/resource/network/network.h"
#include "carillon/workload/program/program.h"

namespace carillon {

/// What a program pays for its links, each instruction once, in the unit of their prices.
struct Spending {
    double pairs = 0;
    double transfers = 0;
    std::vector<double> by_link;

    double total() const { return pairs + transfers; }
};

/// Throws: InputError when a pair or transfer goes over a link that the network does not have.
Spending spending(const DistributedProgram& program, const Network& network);

}  // namespace carillon
