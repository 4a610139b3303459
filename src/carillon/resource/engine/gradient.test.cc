// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/gradient.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/resource/engine/reference.h"

namespace carillon::engine {
namespace {

QubitId q(int k) {
    return QubitId{static_cast<std::uint32_t>(k)};
}

/// Expectation by the slow reference and matrices of single Paulis.
double naive_value(const Circuit& circuit, const PauliSum& observable) {
    ReferenceState state(static_cast<int>(circuit.num_qubits));
    for (const Operation& op : circuit.body()) {
        std::vector<int> on;
        for (const QubitId qubit : circuit.qubits(op)) on.push_back(static_cast<int>(qubit.value));
        if (!on.empty()) state.apply(operation_matrix(circuit, op, circuit.initial_state()), on);
    }
    double value = 0;
    constexpr std::array kGates{GateKind::kX, GateKind::kY, GateKind::kZ};
    for (const PauliTerm& term : observable.terms) {
        ReferenceState other = state;
        for (const PauliFactor& factor : term.factors)
            other.apply(gate_matrix(kGates[static_cast<std::size_t>(factor.pauli)], {}),
                        std::array{static_cast<int>(factor.qubit)});
        value += term.coefficient * inner_product(state.amplitudes(), other.amplitudes()).real();
    }
    return value;
}

/// Central differences of the naive value.
std::vector<double> differences(Circuit circuit, std::span<const ParameterSlot> slots,
                                const PauliSum& observable) {
    constexpr double kStep = 1e-4;
    std::vector<double> result;
    for (const ParameterSlot& slot : slots) {
        const double at = circuit.params[slot.angle].value;
        const auto value = [&](double angle) {
            circuit.params[slot.angle] = angle;
            return naive_value(circuit, observable);
        };
        // Fourth order, so that the error is about 1e-12.
        result.push_back((8 * (value(at + kStep) - value(at - kStep)) -
                          (value(at + 2 * kStep) - value(at - 2 * kStep))) /
                         (12 * kStep));
        circuit.params[slot.angle] = at;
    }
    return result;
}

Circuit random_circuit(Random& random, int qubits, int gates) {
    Circuit c;
    c.add_qubits("q", static_cast<std::uint32_t>(qubits));
    const GateKind kinds[] = {GateKind::kRx,  GateKind::kRy,   GateKind::kRz,    GateKind::kP,
                              GateKind::kU3,  GateKind::kU,    GateKind::kRxx,   GateKind::kRyy,
                              GateKind::kRzz, GateKind::kRzx,  GateKind::kH,     GateKind::kX,
                              GateKind::kEcr, GateKind::kSwap, GateKind::kIswap, GateKind::kGphase};
    for (int g = 0; g < gates; ++g) {
        const GateKind kind = kinds[random.below(std::size(kinds))];
        const int targets = gate_info(kind).targets;
        const int room = qubits - targets;
        const int controls =
            std::min(room, static_cast<int>(random.below(3)) + (targets == 0 ? 1 : 0));
        std::vector<QubitId> all;
        for (int k = 0; k < qubits; ++k) all.push_back(q(k));
        for (std::size_t k = 0; k + 1 < all.size(); ++k)
            std::swap(all[k], all[k + random.below(all.size() - k)]);
        all.resize(static_cast<std::size_t>(targets + controls));
        std::vector<Param> angles;
        for (int k = 0; k < gate_info(kind).params; ++k) angles.push_back(6 * random.uniform());
        c.gate(kind, controls, all, angles);
    }
    return c;
}

/// Z on qubits 0 to n - 1.
PauliSum all_z(std::uint32_t n, double coefficient) {
    PauliTerm term{coefficient, {}};
    for (std::uint32_t k = 0; k < n; ++k) term.factors.push_back({k, Pauli::kZ});
    return {{term}};
}

PauliSum random_observable(Random& random, int qubits, int terms) {
    PauliSum result;
    for (int t = 0; t < terms; ++t) {
        PauliTerm term{random.uniform() - 0.5, {}};
        for (std::uint32_t k = 0; k < static_cast<std::uint32_t>(qubits); ++k)
            if (const auto pauli = random.below(4); pauli < 3)
                term.factors.push_back({k, static_cast<Pauli>(pauli)});
        result.terms.push_back(term);
    }
    return result;
}

TEST(Gradient, of_a_rotated_qubit_is_minus_the_sine) {
    Circuit c;
    c.add_qubits("q", 1);
    c.gate(GateKind::kRx, 0, {q(0)}, {0.7});
    const PauliSum z = all_z(1, 2);
    const auto slots = every_angle(c);
    const Gradient g = gradient<double>(c, slots, angle_values(c, slots), z);
    EXPECT_NEAR(g.value, 2 * std::cos(0.7), 1e-14);
    ASSERT_EQ(g.derivatives.size(), 1U);
    EXPECT_NEAR(g.derivatives[0], -2 * std::sin(0.7), 1e-14);
}

TEST(Gradient, of_random_circuits_equals_finite_differences) {
    Random random(3);
    for (int trial = 0; trial < 40; ++trial) {
        const int qubits = 2 + static_cast<int>(random.below(5));
        const Circuit c = random_circuit(random, qubits, 14);
        const auto observable = random_observable(random, qubits, 6);
        const auto slots = every_angle(c);
        const Gradient g = gradient<double>(c, slots, angle_values(c, slots), observable);
        ASSERT_NEAR(g.value, naive_value(c, observable), 1e-12) << "trial " << trial;
        const auto expected = differences(c, slots, observable);
        for (std::size_t k = 0; k < slots.size(); ++k)
            ASSERT_NEAR(g.derivatives[k], expected[k], 1e-8) << "trial " << trial << ", " << k;
    }
}

TEST(Gradient, of_large_states_obeys_the_parameter_shift_rule) {
    // df/dangle = (f(angle + pi/2) - f(angle - pi/2))/2 for rotations without controls.
    Random random(8);
    const int qubits = 12;
    Circuit c;
    c.add_qubits("q", qubits);
    for (int layer = 0; layer < 2; ++layer) {
        for (int k = 0; k < qubits; ++k) c.gate(GateKind::kRy, 0, {q(k)}, {random.uniform()});
        for (int k = 0; k < qubits; ++k)
            c.gate(GateKind::kRzz, 0, {q(k), q((k + 5) % qubits)}, {random.uniform()});
        for (int k = 0; k + 1 < qubits; ++k) c.gate(GateKind::kX, 1, {q(k), q(k + 1)});
    }
    const auto observable = random_observable(random, qubits, 20);
    const auto slots = every_angle(c);
    const std::vector<double> at = angle_values(c, slots);
    const Gradient g = gradient<double>(c, slots, at, observable, {.threads = 2});
    const Gradient single = gradient<float>(c, slots, at, observable);
    for (const std::size_t k : {0, 17, 30, 47}) {
        std::vector<double> up = at, down = at;
        up[k] += std::numbers::pi / 2;
        down[k] -= std::numbers::pi / 2;
        const double expected = (gradient<double>(c, slots, up, observable).value -
                                 gradient<double>(c, slots, down, observable).value) /
                                2;
        EXPECT_NEAR(g.derivatives[k], expected, 1e-12);
        EXPECT_NEAR(single.derivatives[k], expected, 2e-5);
    }
    EXPECT_EQ(g.peak_bytes, 2 * StateVector<double>::bytes_for(qubits));
}

TEST(Gradient, of_shared_parameters_follows_the_chain_rule) {
    // cos(t) after rx(3t + 0.1) rx(-2t + 0.4) on one qubit: f = cos(t + 0.5).
    Circuit c;
    c.add_qubits("q", 1);
    c.add_bits("c", 1);
    c.gate(GateKind::kRx, 0, {q(0)}, {0});
    c.gate(GateKind::kRx, 0, {q(0)}, {0});
    c.measure(q(0), BitId{0});
    const std::vector<ParameterSlot> slots{{0, 0, 3, 0.1}, {1, 0, -2, 0.4}};
    const PauliSum z = all_z(1, 1);
    const Gradient g = gradient<double>(c, slots, std::array{0.3}, z);
    EXPECT_NEAR(g.value, std::cos(0.8), 1e-14);
    EXPECT_NEAR(g.derivatives.at(0), -std::sin(0.8), 1e-14);
}

TEST(Gradient, of_qaoa_on_one_edge_is_its_closed_form) {
    // In the Heisenberg picture rx(b) takes Z to Z cos b + Y sin b, and rzz(g) takes Y Z to Y Z cos
    // g
    // + X sin g; so <Z Z> = 2 cos b sin b sin g on |++>.
    const double gamma = 0.6, beta = 0.35;
    Circuit c;
    c.add_qubits("q", 2);
    for (const int k : {0, 1}) c.gate(GateKind::kH, 0, {q(k)});
    c.gate(GateKind::kRzz, 0, {q(0), q(1)}, {0});
    for (const int k : {0, 1}) c.gate(GateKind::kRx, 0, {q(k)}, {0});
    const std::vector<ParameterSlot> slots{{0, 0}, {1, 1}, {2, 1}};
    const PauliSum zz = all_z(2, 1);
    const Gradient g = gradient<double>(c, slots, std::array{gamma, beta}, zz);
    EXPECT_NEAR(g.value, std::sin(2 * beta) * std::sin(gamma), 1e-14);
    EXPECT_NEAR(g.derivatives.at(0), std::sin(2 * beta) * std::cos(gamma), 1e-14);
    EXPECT_NEAR(g.derivatives.at(1), 2 * std::cos(2 * beta) * std::sin(gamma), 1e-14);
}

TEST(Gradient, custom_gates_are_undone_too) {
    Circuit c;
    c.add_qubits("q", 2);
    c.gate(GateKind::kRy, 0, {q(0)}, {0.4});
    c.unitary(gate_matrix(GateKind::kIswap, {}), 0, std::vector{q(0), q(1)});
    c.gate(GateKind::kRx, 1, {q(1), q(0)}, {1.1});
    const PauliSum observable{
        {{1, {{0, Pauli::kX}, {1, Pauli::kZ}}}, {0.5, {{0, Pauli::kZ}, {1, Pauli::kY}}}}};
    const auto slots = every_angle(c);
    const Gradient g = gradient<double>(c, slots, angle_values(c, slots), observable);
    const auto expected = differences(c, slots, observable);
    for (std::size_t k = 0; k < slots.size(); ++k) EXPECT_NEAR(g.derivatives[k], expected[k], 1e-9);
}

std::string refusal(const Circuit& c, std::span<const ParameterSlot> slots,
                    std::span<const double> values, const PauliSum& observable,
                    const StateOptions& options = {}) {
    try {
        gradient<double>(c, slots, values, observable, options);
    } catch (const Error& e) {
        return e.what();
    }
    return "";
}

TEST(Gradient, refuses_bad_input) {
    Circuit c;
    c.add_qubits("q", 1);
    c.add_bits("c", 1);
    c.gate(GateKind::kRx, 0, {q(0)}, {0.5});
    const auto slots = every_angle(c);
    const std::vector<double> at{0.5};
    const PauliSum z = all_z(1, 1);
    EXPECT_EQ(refusal(c, slots, std::array{std::nan("")}, z),
              "the gate rx needs an angle that is a finite number, got nan");
    EXPECT_EQ(refusal(c, slots, {}, z),
              "a parameter slot names parameter 0, and 0 values are given");
    EXPECT_EQ(refusal(c, std::vector<ParameterSlot>{{7, 0}}, at, z),
              "a parameter slot names angle 7, which is no gate's");
    EXPECT_EQ(refusal(c, slots, at, PauliSum{{{1, {{1, Pauli::kX}}}}}),
              "an observable acts on a qubit beyond the circuit's 1");
    EXPECT_NE(refusal(c, slots, at, all_z(1, std::nan(""))), "");
    Circuit custom = c;
    custom.unitary({1, {1, 0, 0, 0.5}}, 0, std::vector{q(0)});
    EXPECT_NE(refusal(custom, slots, at, z).find("not unitary"), std::string::npos);
    Circuit reset = c;
    reset.reset(q(0));
    reset.body().back().line = 9;
    EXPECT_NE(refusal(reset, slots, at, z).find("line 9: a gradient needs"), std::string::npos);
    Circuit after = c;
    after.measure(q(0), BitId{0});
    after.gate(GateKind::kX, 0, {q(0)});
    EXPECT_NE(refusal(after, slots, at, z).find("q[0] was measured"), std::string::npos);
    Circuit wide;
    wide.add_qubits("q", 28);
    EXPECT_EQ(refusal(wide, {}, {}, z, {.max_memory_bytes = std::uint64_t{1} << 30}),
              "the gradient of a circuit on 28 qubits holds two states, which do not fit in the "
              "1.0 GiB that are allowed; 25 qubits would fit");
}

}  // namespace
}  // namespace carillon::engine
