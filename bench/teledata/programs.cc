// SPDX-License-Identifier: Apache-2.0
#include "programs.h"

#include <numbers>
#include <numeric>
#include <vector>

#include "carillon/base/random.h"

namespace carillon::bench {
namespace {

constexpr double kPi = std::numbers::pi;

Circuit empty(std::uint32_t n) {
    Circuit circuit;
    circuit.add_qubits("q", n);
    return circuit;
}

void generic_gate(Circuit& circuit, QubitId qubit, Random& random) {
    circuit.gate(GateKind::kU, 0, {qubit},
                 {kPi * (0.1 + 0.8 * random.uniform()), 2 * kPi * random.uniform(),
                  2 * kPi * random.uniform()});
}

void shuffle(std::vector<std::uint32_t>& list, Random& random) {
    for (std::size_t i = list.size(); i > 1; --i) std::swap(list[i - 1], list[random.below(i)]);
}

std::vector<std::uint32_t> numbers(std::uint32_t n) {
    std::vector<std::uint32_t> list(n);
    std::iota(list.begin(), list.end(), 0);
    return list;
}

}  // namespace

Circuit quantum_fourier_transform(std::uint32_t n) {
    Circuit circuit = empty(n);
    for (std::uint32_t q = n; q-- > 0;) {
        circuit.gate(GateKind::kH, 0, {QubitId{q}});
        double angle = kPi / 2;
        for (std::uint32_t other = q; other-- > 0; angle /= 2) {
            circuit.gate(GateKind::kP, 1, {QubitId{other}, QubitId{q}}, {angle});
        }
    }
    return circuit;
}

Circuit quantum_volume(std::uint32_t n, std::uint64_t seed) {
    Circuit circuit = empty(n);
    Random random(seed);
    std::vector<std::uint32_t> order = numbers(n);
    for (std::uint32_t layer = 0; layer < n; ++layer) {
        shuffle(order, random);
        for (std::uint32_t i = 0; i + 1 < n; i += 2) {
            const QubitId a{order[i]}, b{order[i + 1]};
            for (int round = 0; round < 3; ++round) {
                generic_gate(circuit, a, random);
                generic_gate(circuit, b, random);
                circuit.gate(GateKind::kZ, 1, {a, b});
            }
            generic_gate(circuit, a, random);
            generic_gate(circuit, b, random);
        }
    }
    return circuit;
}

Circuit cp_fraction(std::uint32_t n, std::uint32_t depth, double p, std::uint64_t seed) {
    Circuit circuit = empty(n);
    Random random(seed);
    for (std::uint32_t layer = 0; layer < depth; ++layer) {
        std::vector<std::uint32_t> rest;
        for (std::uint32_t q = 0; q < n; ++q) {
            if (random.uniform() < p) {
                rest.push_back(q);
            } else {
                generic_gate(circuit, QubitId{q}, random);
            }
        }
        shuffle(rest, random);
        for (std::size_t i = 0; i + 1 < rest.size(); i += 2) {
            circuit.gate(GateKind::kP, 1, {QubitId{rest[i]}, QubitId{rest[i + 1]}},
                         {2 * kPi * random.uniform()});
        }
    }
    return circuit;
}

Circuit random_qaoa(std::uint32_t n, std::uint64_t seed) {
    Circuit circuit = empty(n);
    Random random(seed);
    for (std::uint32_t q = 0; q < n; ++q) circuit.gate(GateKind::kH, 0, {QubitId{q}});
    for (std::uint32_t a = 0; a < n; ++a) {
        for (std::uint32_t b = a + 1; b < n; ++b) {
            if (random.uniform() < 0.5) continue;
            circuit.gate(GateKind::kP, 1, {QubitId{a}, QubitId{b}}, {0.7});
        }
    }
    for (std::uint32_t q = 0; q < n; ++q) circuit.gate(GateKind::kRx, 0, {QubitId{q}}, {0.3});
    return circuit;
}

Circuit grid_layers(std::uint32_t width, std::uint32_t height, std::uint32_t layers,
                    std::uint64_t seed) {
    Circuit circuit = empty(width * height);
    Random random(seed);
    for (std::uint32_t layer = 0; layer < layers; ++layer) {
        const bool rows = layer % 2 == 0;
        const std::uint32_t odd = layer / 2 % 2;
        for (std::uint32_t y = rows ? 0 : odd; y + !rows < height; y += rows ? 1 : 2) {
            for (std::uint32_t x = rows ? odd : 0; x + rows < width; x += rows ? 2 : 1) {
                const QubitId a{y * width + x}, b{a.value + (rows ? 1 : width)};
                circuit.gate(GateKind::kZ, 1, {a, b});
                generic_gate(circuit, a, random);
                generic_gate(circuit, b, random);
            }
        }
    }
    return circuit;
}

Circuit near_gates(std::uint32_t n, std::size_t gates, std::uint32_t reach, std::uint64_t seed) {
    Circuit circuit = empty(n);
    Random random(seed);
    for (std::size_t i = 0; i < gates; ++i) {
        const auto a = static_cast<std::uint32_t>(random.below(n));
        const auto step = static_cast<std::uint32_t>(1 + random.below(reach));
        const QubitId first{a}, second{(a + step) % n};
        circuit.gate(GateKind::kZ, 1, {first, second});
        generic_gate(circuit, first, random);
    }
    return circuit;
}

}  // namespace carillon::bench
