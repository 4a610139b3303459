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
            return topology_.distance(backwards.back(), a) <
                   topology_.distance(backwards.back(), b);
        });
        const auto path = copy_route(topology_, *next, backwards.back());
        for (std::size_t i = path.size() - 1; i-- > 0;) backwards.push_back(path[i]);
        homes.erase(next);
    }
    return {backwards.rbegin(), backwards.rend()};
}

void WideGate::run(GateKind kind, std::span<const Param> params, std::span<const QubitId> wires,
                   const std::vector<QpuId>& chain) {
    struct Stop {
        QpuId qpu;
        std::vector<LocalQubit> factors;  ///< what arrived, then its own operands
        LocalQubit arrived = 0;
    };
    std::vector<Stop> stops;
    std::vector<bool> used(wires.size());
    for (std::size_t i = 0; i < chain.size(); ++i) {
        Stop stop{chain[i], {}, 0};
        if (i > 0) {
            const Stop& before = stops.back();
            const LocalQubit half = holders_.take_comm(before.qpu);
            stop.arrived = holders_.take_comm(stop.qpu);
            emitter_.pair(before.qpu, half, stop.qpu, stop.arrived,
                          topology_.link_between(before.qpu, stop.qpu), PairPurpose::kTelegate, {});
            std::vector<LocalQubit> operands = before.factors;
            operands.push_back(half);
            emitter_.gate(before.qpu, GateKind::kX, static_cast<int>(before.factors.size()),
                          operands);
            const BitId outcome = emitter_.measure_out(before.qpu, half);
            holders_.give_back(before.qpu, half);
            const BitId received = emitter_.new_bit(stop.qpu);
            emitter_.send(before.qpu, outcome, stop.qpu, received);
            emitter_.gate(stop.qpu, GateKind::kX, 0, {stop.arrived}, {received});
            stop.factors.push_back(stop.arrived);
        }
        // A QPU passed twice contributes its operands once.
        for (std::size_t k = 0; k < wires.size(); ++k)
            if (!used[k] && holders_.home(wires[k]).qpu == stop.qpu) {
                used[k] = true;
                stop.factors.push_back(holders_.home(wires[k]).qubit);
            }
        stops.push_back(std::move(stop));
    }
    const Stop& last = stops.back();
    emitter_.gate(last.qpu, kind, static_cast<int>(last.factors.size()) - 1, last.factors, params);
    for (std::size_t i = stops.size() - 1; i > 0; --i) {
        const Stop& stop = stops[i];
        const Stop& before = stops[i - 1];
        emitter_.gate(stop.qpu, GateKind::kH, 0, {stop.arrived});
        const BitId outcome = emitter_.measure_out(stop.qpu, stop.arrived);
        holders_.give_back(stop.qpu, stop.arrived);
        const BitId received = emitter_.new_bit(before.qpu);
        emitter_.send(stop.qpu, outcome, before.qpu, received);
        const std::vector<BitId> condition = {received};
        emitter_.gate(before.qpu, GateKind::kZ, static_cast<int>(before.factors.size()) - 1,
                      before.factors, {}, condition);
    }
}

}  // namespace carillon
