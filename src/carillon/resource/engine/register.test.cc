// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/register.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/resource/engine/reference.h"

namespace carillon::engine {
namespace {

using Handle = std::uint32_t;
using std::numbers::pi;

/// A register and a reference state that are given the same operations.
template <class Real>
struct Twin {
    Register<Real> reg;
    ReferenceState reference;
    std::vector<Handle> handles;

    explicit Twin(int qubits, bool physical = false)
        : reg({.threads = 1, .physical = physical}), reference(qubits) {
        for (int q = 0; q < qubits; ++q) handles.push_back(reg.allocate());
    }
    void gate(GateKind kind, int controls, std::vector<double> angles, std::vector<int> operands) {
        reg.gate(kind, controls, angles, std::vector<Handle>(operands.begin(), operands.end()));
        const Matrix m = add_controls(gate_matrix(kind, angles), controls);
        if (!operands.empty()) return reference.apply(m, operands);
        for (Complex& a : reference.amplitudes()) a *= m.data[0];
    }
    bool measure(int q, double uniform) {
        const bool expected = uniform < reference.probability(q);
        const bool outcome = reg.measure(static_cast<Handle>(q), uniform);
        EXPECT_EQ(outcome, expected);
        reference.project(q, outcome);
        return outcome;
    }
    void reset(int q, double uniform) {
        const bool one = uniform < reference.probability(q);
        reg.reset(static_cast<Handle>(q), uniform);
        reference.project(q, one);
        if (one) reference.apply(gate_matrix(GateKind::kX, {}), std::array{q});
    }
    void bell_pair(int a, int b) {
        reg.bell_pair(static_cast<Handle>(a), static_cast<Handle>(b));
        reference.apply(gate_matrix(GateKind::kH, {}), std::array{a});
        reference.apply(add_controls(gate_matrix(GateKind::kX, {}), 1), std::array{a, b});
    }
    /// Largest difference of an amplitude, global phase included.
    double error() {
        const auto found = reg.amplitudes(handles);
        double worst = 0;
        for (std::size_t i = 0; i < found.size(); ++i)
            worst = std::max(worst, std::abs(found[i] - reference.amplitudes()[i]));
        return worst;
    }
};

std::vector<int> random_operands(Random& random, int qubits, int count) {
    std::vector<int> all(qubits);
    std::iota(all.begin(), all.end(), 0);
    for (int k = 0; k < count; ++k) std::swap(all[k], all[k + random.below(qubits - k)]);
    all.resize(count);
    return all;
}

/// One random operation: mostly Clifford gates, which keep the shortcuts busy, then any gate of the
/// table with up to three controls, measurements, resets and fresh Bell pairs.
template <class Real>
void random_step(Twin<Real>& twin, Random& random, int qubits) {
    using enum GateKind;
    const auto operands = [&](int n) { return random_operands(random, qubits, n); };
    const std::uint64_t choice = random.below(20);
    if (choice < 10) {
        static constexpr GateKind kClifford[] = {kH, kX, kZ, kS, kSdg, kSx, kY};
        if (random.below(2) == 0) return twin.gate(kClifford[random.below(7)], 0, {}, operands(1));
        static constexpr GateKind kPairs[] = {kX, kX, kX, kZ, kY};
        return twin.gate(kPairs[random.below(5)], 1, {}, operands(2));
    }
    if (choice < 14) {
        const auto kind = static_cast<GateKind>(random.below(static_cast<int>(kUnitary)));
        const GateInfo& info = gate_info(kind);
        const int controls = static_cast<int>(random.below(4));
        if (info.targets + controls > qubits) return;
        std::vector<double> angles;
        for (int k = 0; k < info.params; ++k) angles.push_back(4 * pi * (random.uniform() - 0.5));
        return twin.gate(kind, controls, angles, operands(info.targets + controls));
    }
    if (choice < 17) return void(twin.measure(operands(1)[0], random.uniform()));
    const auto pair = operands(2);
    twin.reset(pair[0], random.uniform());
    if (choice == 17) return;
    twin.reset(pair[1], random.uniform());
    twin.bell_pair(pair[0], pair[1]);
}

template <class Real>
void compare_on_random_programs(int trials, int steps, bool physical, double tolerance) {
    for (int trial = 0; trial < trials; ++trial) {
        Random random(1000 + trial);
        const int qubits = 2 + static_cast<int>(random.below(5));
        Twin<Real> twin(qubits, physical);
        for (int step = 0; step < steps; ++step) random_step(twin, random, qubits);
        ASSERT_LT(twin.error(), tolerance) << "trial " << trial;
        ASSERT_FALSE(testing::Test::HasFailure()) << "trial " << trial;
    }
}

TEST(Register, equals_the_reference_on_random_programs) {
    compare_on_random_programs<double>(4000, 40, false, 1e-12);
}

TEST(Register, equals_the_reference_on_random_clifford_programs) {
    using enum GateKind;
    for (int trial = 0; trial < 3000; ++trial) {
        Random random(trial);
        const int qubits = 2 + static_cast<int>(random.below(4));
        Twin<double> twin(qubits);
        for (int step = 0; step < 30; ++step) {
            static constexpr GateKind kOne[] = {kH, kH, kS, kSdg, kSx, kX, kY, kZ, kSxdg};
            static constexpr GateKind kTwo[] = {kX, kY, kZ};
            if (random.below(12) == 0)
                twin.measure(static_cast<int>(random.below(qubits)), random.uniform());
            else if (random.below(2) == 0)
                twin.gate(kOne[random.below(9)], 0, {}, random_operands(random, qubits, 1));
            else
                twin.gate(kTwo[random.below(3)], 1, {}, random_operands(random, qubits, 2));
        }
        ASSERT_LT(twin.error(), 1e-12) << "trial " << trial;
    }
}

TEST(Register, physical_mode_equals_the_reference_on_random_programs) {
    compare_on_random_programs<double>(1000, 40, true, 1e-12);
}

TEST(Register, single_precision_equals_the_reference_on_random_programs) {
    compare_on_random_programs<float>(500, 15, false, 1e-4);
}

TEST(Register, explicit_matrices_equal_the_reference) {
    Random random(5);
    for (int trial = 0; trial < 100; ++trial) {
        Twin<double> twin(5);
        for (int step = 0; step < 10; ++step) random_step(twin, random, 5);
        // A unitary from the gate table, given as a matrix; every third one diagonal.
        Matrix m = gate_matrix(GateKind::kRxx, std::array{random.uniform()});
        if (trial % 3 == 0) m = gate_matrix(GateKind::kRzz, std::array{random.uniform()});
        if (trial % 3 == 1) m = gate_matrix(GateKind::kU3, std::array{0.3, random.uniform(), 1.0});
        const int controls = static_cast<int>(random.below(3));
        const auto operands = random_operands(random, 5, m.qubits + controls);
        twin.reg.unitary(m, controls, std::vector<Handle>(operands.begin(), operands.end()));
        twin.reference.apply(add_controls(m, controls), operands);
        ASSERT_LT(twin.error(), 1e-12) << "trial " << trial;
    }
}

TEST(Register, refuses_angles_that_are_no_numbers_and_matrices_that_are_not_unitary) {
    for (const bool physical : {false, true}) {
        Register<double> reg({.physical = physical});
        const std::array<Handle, 2> q{reg.allocate(), reg.allocate()};
        for (const double angle : {std::nan(""), std::numeric_limits<double>::infinity()})
            for (const int controls : {0, 1})
                EXPECT_THROW(reg.gate(GateKind::kRz, controls, std::array{angle},
                                      std::span(q).first(static_cast<std::size_t>(controls) + 1)),
                             InputError);
        EXPECT_THROW(reg.unitary({1, {1, 0, 0, 0.5}}, 0, std::span(q).first(1)), InputError);
        EXPECT_THROW(reg.unitary({1, {std::nan(""), 0, 0, 1}}, 1, q), InputError);
        reg.unitary({1, {0, 1, 1, 0}}, 0, std::span(q).first(1));
        EXPECT_EQ(reg.probability(q[0]), 1);
    }
}

/// Spreads `source` to the qubit `far` of another processor by the pair (near, far).
void entangle_cat(Register<double>& reg, Handle source, Handle near, Handle far, double u) {
    reg.bell_pair(near, far);
    reg.gate(GateKind::kX, 1, {}, std::array{source, near});
    if (reg.measure(near, u)) reg.gate(GateKind::kX, 0, {}, std::array{far});
    reg.reset(near, 0);
}

void disentangle_cat(Register<double>& reg, Handle source, Handle far, double u) {
    reg.gate(GateKind::kH, 0, {}, std::array{far});
    if (reg.measure(far, u)) reg.gate(GateKind::kZ, 0, {}, std::array{source});
    reg.reset(far, 0);
}

TEST(Register, cat_copies_and_teleportation_take_no_pass) {
    for (const double u : {0.1, 0.9}) {
        for (const double w : {0.2, 0.7}) {
            Register<double> reg({.threads = 1});
            std::array<Handle, 4> q{};
            for (Handle& h : q) h = reg.allocate();
            reg.gate(GateKind::kRy, 0, std::array{0.7}, std::array{q[0]});
            reg.gate(GateKind::kRz, 0, std::array{0.4}, std::array{q[0]});
            reg.settle(q[0]);
            const std::uint64_t before = reg.passes();
            entangle_cat(reg, q[0], q[1], q[2], u);
            disentangle_cat(reg, q[0], q[2], w);
            entangle_cat(reg, q[0], q[1], q[2], w);
            disentangle_cat(reg, q[2], q[0], u);  // the copy stays: teleported
            EXPECT_EQ(reg.passes(), before);
            EXPECT_EQ(reg.peak_axes(), 1);
            const auto found = reg.amplitudes(std::array{q[2]});
            const Matrix m = multiply(gate_matrix(GateKind::kRz, std::array{0.4}),
                                      gate_matrix(GateKind::kRy, std::array{0.7}));
            EXPECT_LT(std::abs(found[0] - m(0, 0)), 1e-15);
            EXPECT_LT(std::abs(found[1] - m(1, 0)), 1e-15);
        }
    }
}

TEST(Register, cx_written_with_cz_takes_no_pass) {
    Register<double> reg({.threads = 1});
    std::array<Handle, 8> q{};
    for (Handle& h : q) h = reg.allocate();
    reg.gate(GateKind::kH, 0, {}, std::array{q[0]});
    for (std::size_t k = 1; k < q.size(); ++k) {
        reg.gate(GateKind::kH, 0, {}, std::array{q[k]});
        reg.gate(GateKind::kP, 1, std::array{pi}, std::array{q[k - 1], q[k]});
        reg.gate(GateKind::kH, 0, {}, std::array{q[k]});
    }
    EXPECT_EQ(reg.passes(), 0);
    const auto found = reg.amplitudes(q);
    EXPECT_LT(std::abs(found[0] - std::sqrt(0.5)), 1e-15);
    EXPECT_LT(std::abs(found[255] - std::sqrt(0.5)), 1e-15);
}

TEST(Register, cat_copy_in_the_x_basis_takes_no_pass) {
    // CX(q0, q1) with q1, the target, copied: H, cat, CZ, uncat, H.
    for (const double u : {0.1, 0.9}) {
        Register<double> reg({.threads = 1});
        std::array<Handle, 4> q{};
        for (Handle& h : q) h = reg.allocate();
        reg.gate(GateKind::kRy, 0, std::array{0.7}, std::array{q[0]});
        reg.settle(q[0]);
        const std::uint64_t before = reg.passes();
        reg.gate(GateKind::kH, 0, {}, std::array{q[1]});
        entangle_cat(reg, q[1], q[2], q[3], u);
        reg.gate(GateKind::kZ, 1, {}, std::array{q[3], q[0]});
        disentangle_cat(reg, q[1], q[3], 1 - u);
        reg.gate(GateKind::kH, 0, {}, std::array{q[1]});
        EXPECT_EQ(reg.passes(), before);
        const auto found = reg.amplitudes(std::array{q[0], q[1]});
        EXPECT_LT(std::abs(found[0] - std::cos(0.35)), 1e-14);
        EXPECT_LT(std::abs(found[3] - std::sin(0.35)), 1e-14);
    }
}

TEST(Register, linear_cluster_state_takes_no_pass) {
    Register<double> reg({.threads = 1});
    std::array<Handle, 8> q{};
    for (Handle& h : q) h = reg.allocate();
    for (const Handle h : q) reg.gate(GateKind::kH, 0, {}, std::array{h});
    for (std::size_t k = 1; k < q.size(); ++k)
        reg.gate(GateKind::kZ, 1, {}, std::array{q[k - 1], q[k]});
    EXPECT_EQ(reg.passes(), 0);
    const auto found = reg.amplitudes(q);
    for (std::uint64_t i = 0; i < found.size(); ++i) {
        const double sign = odd_parity(i & i >> 1) ? -1 : 1;
        EXPECT_LT(std::abs(found[i] - sign / 16), 1e-14);
    }
}

TEST(Register, chain_of_swaps_takes_no_pass) {
    Register<double> reg({.threads = 1});
    std::array<Handle, 6> q{};
    for (Handle& h : q) h = reg.allocate();
    for (int k = 0; k < 6; k += 2) reg.bell_pair(q[k], q[k + 1]);
    for (int k = 1; k < 5; k += 2) {  // Bell measurement between the pairs
        reg.gate(GateKind::kX, 1, {}, std::array{q[k], q[k + 1]});
        reg.gate(GateKind::kH, 0, {}, std::array{q[k]});
        if (reg.measure(q[k + 1], 0.3)) reg.gate(GateKind::kX, 0, {}, std::array{q[5]});
        if (reg.measure(q[k], 0.3)) reg.gate(GateKind::kZ, 0, {}, std::array{q[5]});
    }
    EXPECT_EQ(reg.passes(), 0);
    const auto found = reg.amplitudes(std::array{q[0], q[5]});
    EXPECT_LT(std::abs(found[0] - std::sqrt(0.5)), 1e-15);
    EXPECT_LT(std::abs(found[3] - std::sqrt(0.5)), 1e-15);
}

TEST(Register, ghz_state_of_65536_qubits_needs_one_free_axis) {
    Register<double> reg({.threads = 1});
    std::vector<Handle> q;
    for (int k = 0; k < 65536; ++k) q.push_back(reg.allocate());
    reg.gate(GateKind::kH, 0, {}, std::array{q[0]});
    for (std::size_t k = 1; k < q.size(); ++k)
        reg.gate(GateKind::kX, 1, {}, std::array{q[k - 1], q[k]});
    const bool outcome = reg.measure(q[40000], 0.3);
    EXPECT_TRUE(outcome);
    for (const Handle h : q) EXPECT_EQ(reg.measure(h, 0.99), outcome);
    EXPECT_EQ(reg.peak_axes(), 0);
}

TEST(Register, physical_mode_gives_every_qubit_of_a_pair_an_axis) {
    Register<double> reg({.threads = 1, .physical = true});
    const Handle a = reg.allocate(), b = reg.allocate();
    reg.bell_pair(a, b);
    EXPECT_EQ(reg.peak_axes(), 2);
    EXPECT_EQ(reg.measure(a, 0.2), reg.measure(b, 0.9));
    EXPECT_EQ(reg.affine().state().axes(), 0);
}

TEST(Register, too_many_pairs_at_once_is_a_resource_error) {
    Register<double> reg({.threads = 1});
    const auto make = [&] {
        const Handle a = reg.allocate(), b = reg.allocate();
        reg.bell_pair(a, b);
    };
    for (int k = 0; k < AxisSet::kMaxFree; ++k) make();
    EXPECT_THROW(make(), ResourceError);
}

TEST(Register, state_that_does_not_fit_is_refused_with_what_would_do) {
    Register<double> reg({.threads = 1, .max_memory_bytes = 1 << 16});
    try {
        for (int k = 0; k < 20; ++k) {
            const Handle h = reg.allocate();
            reg.gate(GateKind::kRy, 0, std::array{0.3}, std::array{h});
            reg.settle(h);
        }
        FAIL() << "no error";
    } catch (const ResourceError& error) {
        EXPECT_NE(std::string(error.what()).find("12 qubits would fit"), std::string::npos)
            << error.what();
    }
}

TEST(Register, bad_use_is_refused) {
    Register<double> reg({.threads = 1});
    const Handle a = reg.allocate(), b = reg.allocate();
    EXPECT_THROW(reg.gate(GateKind::kX, 1, {}, std::array{a, a}), InputError);
    EXPECT_THROW(reg.gate(GateKind::kX, 1, {}, std::array{a}), InternalError);
    EXPECT_THROW(reg.measure(99, 0.5), InternalError);
    reg.gate(GateKind::kH, 0, {}, std::array{a});
    EXPECT_THROW(reg.bell_pair(a, b), InputError);
    EXPECT_THROW(reg.release(a), InternalError);
    reg.gate(GateKind::kX, 1, {}, std::array{a, b});
    EXPECT_THROW(reg.amplitudes(std::array{a}), InputError);
}

TEST(Register, carried_qubit_stands_where_it_arrived_and_leaves_zero) {
    for (const bool physical : {false, true}) {
        Twin<double> twin(4, physical);
        twin.gate(GateKind::kU3, 0, {0.4, 0.3, 0.1}, {0});
        twin.gate(GateKind::kU3, 0, {1.1, -0.2, 0.7}, {1});
        twin.gate(GateKind::kX, 1, {}, {0, 1});
        twin.reg.carry(0, 2);
        twin.reference.apply(gate_matrix(GateKind::kSwap, {}), std::array{0, 2});
        twin.gate(GateKind::kP, 1, {0.9}, {1, 2});
        EXPECT_NEAR(twin.error(), 0, 1e-12);
        EXPECT_EQ(twin.reg.probability(0), 0);
        twin.reg.carry(2, 0);  // and back
        twin.reference.apply(gate_matrix(GateKind::kSwap, {}), std::array{0, 2});
        EXPECT_NEAR(twin.error(), 0, 1e-12);
        EXPECT_THROW(twin.reg.carry(0, 1), InputError);
        twin.reg.gate(GateKind::kX, 0, {}, std::array{Handle{3}});
        EXPECT_THROW(twin.reg.carry(0, 3), InputError) << "in |1>";
        EXPECT_THROW(twin.reg.carry(0, 0), InputError);
    }
}

TEST(Register, released_qubit_comes_back_in_zero) {
    Register<double> reg({.threads = 1});
    const Handle a = reg.allocate();
    reg.gate(GateKind::kX, 0, {}, std::array{a});
    reg.release(a);
    const Handle b = reg.allocate();
    EXPECT_EQ(a, b);
    EXPECT_EQ(reg.probability(b), 0);
}

}  // namespace
}  // namespace carillon::engine
