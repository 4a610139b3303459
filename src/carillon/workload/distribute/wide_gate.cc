// SPDX-License-Identifier: Apache-2.0
#include "carillon/workload/distribute/wide_gate.h"

#include <algorithm>

#include "carillon/workload/distribute/classical_flow.h"

namespace carillon {

std::vector<QpuId> WideGate::chain(std::span<const QubitId> wires, QpuId last) const {
    std::vector<QpuId> homes;
    for (const QubitId w : wires) homes.push_back(holders_.home(w).qpu);
    std::sort(homes.begin(), homes.end());
    homes.erase(std::unique(homes.begin(), homes.end()), homes.end());
    if (std::find(homes.begin(), homes.end(), last) == homes.end()) last = homes.back();
    // Built backwards from the last QPU: always to the nearest home not yet visited.
    std::vector<QpuId> backwards = {last};
    homes.erase(std::find(homes.begin(), homes.end(), last));
    while (!homes.empty()) {
        const auto next = std::min_element(homes.begin(), homes.end(), [&](QpuId a, QpuId b) {
            return topology_.cost(backwards.back(), a) < topology_.cost(backwards.back(), b);
        });
        const auto path = copy_route(topology_, *next, backwards.back());
        for (std::size_t i = path.size() - 1; i-- > 0;) backwards.push_back(path[i]);
        homes.erase(next);
    }
    return {backwards.rbegin(), backwards.rend()};
}

std::size_t WideGate::price(const std::vector<QpuId>& chain) const {
    std::size_t sum = 0;
    for (std::size_t i = 1; i < chain.size(); ++i)
        sum += topology_.crossing(chain[i - 1], chain[i])->steps;
    return sum;
}

void WideGate::run(GateKind kind, std::span<const Param> params, std::span<const QubitId> wires,
                   const std::vector<QpuId>& chain) {
    struct Stop {
        QpuId qpu;
        std::vector<LocalQubit> factors;  ///< what arrived, then its own operands
        LocalQubit arrived = 0;
    };
    // A QPU passed several times adds its operands the last time and is a relay before, so that it
    // never holds more than what arrived and one half of the next pair.
    const auto own_operands = [&](std::size_t position) {
        std::vector<LocalQubit> own;
        if (std::find(chain.begin() + static_cast<std::ptrdiff_t>(position) + 1, chain.end(),
                      chain[position]) != chain.end())
            return own;
        for (const QubitId w : wires)
            if (holders_.home(w).qpu == chain[position]) own.push_back(holders_.home(w).qubit);
        return own;
    };
    std::vector<Stop> stops;
    Stop carrier;
    bool relay = false;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        const std::vector<LocalQubit> own = own_operands(i);
        if (stops.empty()) {
            if (own.empty()) continue;
            carrier = {chain[i], own, 0};
            stops.push_back(carrier);
            continue;
        }
        Stop next{chain[i], {}, 0};
        next.arrived = pass_on(carrier.qpu, carrier.factors, next.qpu);
        if (relay) release(carrier.qpu, carrier.arrived, next.qpu, {next.arrived});
        next.factors = {next.arrived};
        next.factors.insert(next.factors.end(), own.begin(), own.end());
        relay = own.empty();
        if (!relay) stops.push_back(next);
        carrier = std::move(next);
    }
    const Stop& last = stops.back();
    emitter_.gate(last.qpu, kind, static_cast<int>(last.factors.size()) - 1, last.factors, params);
    for (std::size_t i = stops.size() - 1; i > 0; --i)
        release(stops[i].qpu, stops[i].arrived, stops[i - 1].qpu, stops[i - 1].factors);
}

/// Copies the AND of `factors` to `to`, a neighbour, and gives the qubit there.
LocalQubit WideGate::pass_on(QpuId from, const std::vector<LocalQubit>& factors, QpuId to) {
    const Topology::Edge& way = *topology_.crossing(from, to);
    const LocalQubit half = holders_.take_comm(from);
    const LocalQubit arrived = holders_.take_comm(to);
    std::vector<LocalQubit> operands = factors;
    operands.push_back(half);
    if (way.carrier == Carrier::kTransfer) {
        emitter_.gate(from, GateKind::kX, static_cast<int>(factors.size()), operands);
        emitter_.transfer(from, half, to, arrived, way.link, TransferPurpose::kCopy, {});
        holders_.give_back(from, half);
        return arrived;
    }
    emitter_.pair(from, half, to, arrived, way.link, PairPurpose::kTelegate, {});
    emitter_.gate(from, GateKind::kX, static_cast<int>(factors.size()), operands);
    const BitId outcome = emitter_.measure_out(from, half);
    holders_.give_back(from, half);
    const BitId received = emitter_.new_bit(to);
    emitter_.send(from, outcome, to, received);
    emitter_.gate(to, GateKind::kX, 0, {arrived}, {received});
    return arrived;
}

/// Measures a copy out in X; the AND of `factors` at `keeper` has its value and takes the
/// correction.
void WideGate::release(QpuId qpu, LocalQubit copy, QpuId keeper,
                       const std::vector<LocalQubit>& factors) {
    emitter_.gate(qpu, GateKind::kH, 0, {copy});
    BitId outcome = emitter_.measure_out(qpu, copy);
    holders_.give_back(qpu, copy);
    if (qpu != keeper) {
        const BitId received = emitter_.new_bit(keeper);
        emitter_.send(qpu, outcome, keeper, received);
        outcome = received;
    }
    emitter_.gate(keeper, GateKind::kZ, static_cast<int>(factors.size()) - 1, factors, {},
                  std::span(&outcome, 1));
}

}  // namespace carillon
