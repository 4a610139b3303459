// SPDX-License-Identifier: Apache-2.0
#include "workloads.h"

#include <cmath>
#include <numbers>
#include <utility>

#include "carillon/base/random.h"

namespace carillon {
namespace {

using enum GateKind;

Circuit named(std::string name, std::uint32_t qubits) {
    Circuit circuit;
    circuit.name = std::move(name) + "-" + std::to_string(qubits);
    circuit.add_qubits("q", qubits);
    return circuit;
}

QubitId at(std::uint32_t index) {
    return QubitId{index};
}

void toffoli(Circuit& c, QubitId a, QubitId b, QubitId t) {
    c.gate(kH, 0, {t});
    c.gate(kX, 1, {b, t});
    c.gate(kTdg, 0, {t});
    c.gate(kX, 1, {a, t});
    c.gate(kT, 0, {t});
    c.gate(kX, 1, {b, t});
    c.gate(kTdg, 0, {t});
    c.gate(kX, 1, {a, t});
    c.gate(kT, 0, {b});
    c.gate(kT, 0, {t});
    c.gate(kH, 0, {t});
    c.gate(kX, 1, {a, b});
    c.gate(kTdg, 0, {b});
    c.gate(kX, 1, {a, b});
    c.gate(kT, 0, {a});
}

/// Toffolis down a ladder and back up: the topmost acts on `target`, each next one on the idle
/// qubit that the one before used.
void ladder(Circuit& c, const std::vector<std::uint32_t>& controls, std::size_t last,
            std::uint32_t target, const std::vector<std::uint32_t>& idle) {
    struct Rung {
        std::uint32_t control, idle, target;
    };
    std::vector<Rung> rungs;
    std::size_t used = idle.size();
    for (std::size_t k = last; k-- > 2;) {
        --used;
        rungs.push_back({controls[k], idle[used], target});
        target = idle[used];
    }
    for (const Rung& r : rungs) toffoli(c, at(r.control), at(r.idle), at(r.target));
    toffoli(c, at(controls[0]), at(controls[1]), at(target));
    for (std::size_t k = rungs.size(); k-- > 0;)
        toffoli(c, at(rungs[k].control), at(rungs[k].idle), at(rungs[k].target));
}

}  // namespace

Circuit multi_controlled(std::uint32_t qubits) {
    Circuit c = named("MCTR", qubits);
    const std::uint32_t half = qubits / 2 - 1;
    for (int round = 0; round < 4; ++round) {
        const bool first = round % 2 == 0;
        const std::uint32_t target = first ? qubits - 2 : qubits - 1;
        std::vector<std::uint32_t> controls, idle;
        for (std::uint32_t q = first ? 0 : half; q < (first ? half : qubits - 1); ++q)
            controls.push_back(q);
        for (std::uint32_t q = 0; q < qubits; ++q) {
            const bool control = first ? q < half : q >= half && q < qubits - 1;
            if (!control && q != target) idle.push_back(q);
        }
        ladder(c, controls, controls.size(), target, idle);
        // As published, the second ladder starts from the idle qubit that the first one ended on.
        const std::uint32_t bottom = idle[idle.size() - (controls.size() - 2)];
        ladder(c, controls, controls.size() - 1, bottom, idle);
    }
    return c;
}

Circuit ripple_carry_adder(std::uint32_t qubits) {
    Circuit c = named("RCA", qubits);
    std::uint32_t s = 0;
    for (; s + 3 < qubits; s += 2) {
        c.gate(kX, 1, {at(s + 2), at(s + 1)});
        c.gate(kX, 1, {at(s + 2), at(s)});
        toffoli(c, at(s), at(s + 1), at(s + 2));
    }
    s -= 2;
    c.gate(kX, 1, {at(s), at(s + 1)});
    for (; s > 0; s -= 2) {
        toffoli(c, at(s - 2), at(s - 1), at(s));
        c.gate(kX, 1, {at(s), at(s - 2)});
        c.gate(kX, 1, {at(s - 2), at(s - 1)});
    }
    return c;
}

Circuit bernstein_vazirani(std::uint32_t qubits) {
    Circuit c = named("BV", qubits);
    for (std::uint32_t q = 1; q < qubits; ++q) c.gate(kX, 1, {at(0), at(q)});
    return c;
}

Circuit fourier_transform(std::uint32_t qubits) {
    Circuit c = named("QFT", qubits);
    for (std::uint32_t i = 0; i + 1 < qubits; ++i) {
        c.gate(kH, 0, {at(i)});
        for (std::uint32_t j = i + 1; j < qubits; ++j) {
            const double angle = std::numbers::pi / 4 / std::pow(2.0, j - i);
            c.gate(kX, 1, {at(j), at(i)});
            c.gate(kRz, 0, {at(i)}, {-angle});
            c.gate(kX, 1, {at(j), at(i)});
            c.gate(kRz, 0, {at(i)}, {angle});
        }
    }
    return c;
}

Circuit random_zz(std::uint32_t qubits, std::uint32_t terms, std::uint64_t seed) {
    Circuit c = named("QAOA", qubits);
    Random random(seed);
    for (std::uint32_t t = 0; t < terms; ++t) {
        const auto a = static_cast<std::uint32_t>(random.below(qubits));
        const auto b = static_cast<std::uint32_t>((a + 1 + random.below(qubits - 1)) % qubits);
        c.gate(kX, 1, {at(a), at(b)});
        c.gate(kRz, 0, {at(b)}, {0.1});
        c.gate(kX, 1, {at(a), at(b)});
    }
    return c;
}

std::size_t remote_cx(const Circuit& circuit, std::uint32_t node_size) {
    std::size_t remote = 0;
    for (const Operation& op : circuit.body()) {
        const auto qubits = circuit.qubits(op);
        remote += qubits.size() == 2 && qubits[0].value / node_size != qubits[1].value / node_size;
    }
    return remote;
}

}  // namespace carillon
