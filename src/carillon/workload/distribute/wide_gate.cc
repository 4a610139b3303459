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

std::size_t WideGate::price(const std::vector<FoldStop>& stops) const {
    std::size_t sum = 0;
    for (const FoldStop& stop : stops)
        for (const std::size_t source : stop.sources)
            sum += topology_.crossing(stops[source].qpu, stop.qpu)->steps;
    return sum;
}

bool WideGate::enough_room(const std::vector<FoldStop>& stops) const {
    for (std::size_t i = 0; i < stops.size(); ++i) {
        const std::size_t half = i == 0 ? 0 : 1;
        const std::size_t room = stops[i].sources.size() > 1
                                     ? holders_.free_comm(stops[i].qpu)
                                     : network_.node(stops[i].qpu).comm_qubits;
        if (stops[i].sources.size() + half > room) return false;
    }
    return true;
}

std::vector<FoldStop> WideGate::stops(std::span<const QubitId> wires, QpuId last) const {
    std::vector<QpuId> homes;
    for (const QubitId w : wires) homes.push_back(holders_.home(w).qpu);
    std::vector<FoldStop> flat = fold_tree(topology_, homes, last);
    return enough_room(flat) ? flat : fold_chain(chain(wires, last));
}

void WideGate::run(GateKind kind, std::span<const Param> params, std::span<const QubitId> wires,
                   const std::vector<FoldStop>& stops) {
    stops_ = &stops;
    wires_ = wires;
    held_.assign(stops.size(), {});
    gather(0);
    const auto& factors = held_[0].factors;
    emitter_.gate(stops[0].qpu, kind, static_cast<int>(factors.size()) - 1, factors, params);
    unwind(0);
}

/// Brings the products of its sources to a stop. A stop that only hands one on is a relay: it lets
/// go of it at once.
void WideGate::gather(std::size_t stop) {
    const FoldStop& here = (*stops_)[stop];
    Held& held = held_[stop];
    for (const std::size_t source : here.sources) {
        gather(source);
        const Held& from = held_[source];
        const QpuId qpu = (*stops_)[source].qpu;
        if (from.factors.empty()) continue;
        const LocalQubit arrived = pass_on(qpu, from.factors, here.qpu);
        held.factors.push_back(arrived);
        if (from.factors.size() == 1 && from.arrivals.size() == 1) {
            release(qpu, from.arrivals[0].qubit, here.qpu, {arrived});
            held.arrivals.push_back({arrived, from.arrivals[0].keeper});
        } else {
            held.arrivals.push_back({arrived, source});
        }
    }
    if (!here.own_operands) return;
    for (const QubitId w : wires_)
        if (holders_.home(w).qpu == here.qpu) held.factors.push_back(holders_.home(w).qubit);
}

/// Gives back what arrived at a stop, then what arrived where it came from.
void WideGate::unwind(std::size_t stop) {
    for (std::size_t i = held_[stop].arrivals.size(); i-- > 0;) {
        const Arrival& arrival = held_[stop].arrivals[i];
        release((*stops_)[stop].qpu, arrival.qubit, (*stops_)[arrival.keeper].qpu,
                held_[arrival.keeper].factors);
        unwind(arrival.keeper);
    }
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
