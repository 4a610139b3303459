// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/spending.h"

#include "carillon/base/error.h"

namespace carillon {

Spending spending(const DistributedProgram& program, const Network& network) {
    Spending result;
    result.by_link.assign(network.links.size(), 0);
    const auto link = [&](LinkId id) -> const Link& {
        if (id.value < network.links.size()) return network.link(id);
        throw InputError("the program uses link " + std::to_string(id.value) +
                         ", the network has " + std::to_string(network.links.size()));
    };
    for (const BellPair& p : program.pairs) {
        const double price = link(p.link).pair_cost;
        result.pairs += price;
        result.by_link[p.link.value] += price;
    }
    for (const QubitTransfer& t : program.transfers) {
        const double price = link(t.link).transfer_cost;
        result.transfers += price;
        result.by_link[t.link.value] += price;
    }
    return result;
}

std::uint64_t price_in_steps(const DistributedProgram& program, const LinkPrices& prices) {
    std::uint64_t price = 0;
    for (const BellPair& pair : program.pairs) price += prices.steps(pair.link);
    for (const QubitTransfer& transfer : program.transfers) price += prices.steps(transfer.link);
    return price;
}

}  // namespace carillon
