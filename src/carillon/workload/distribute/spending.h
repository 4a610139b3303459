// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "carillon/resource/network/link_prices.h"
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

/// The same in steps of `prices`, as placements are priced: every crossing by its cheaper carrier.
std::uint64_t price_in_steps(const DistributedProgram& program, const LinkPrices& prices);

}  // namespace carillon
