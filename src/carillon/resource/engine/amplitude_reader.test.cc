// SPDX-License-Identifier: Apache-2.0
#include "carillon/resource/engine/amplitude_reader.h"

#include <gtest/gtest.h>

#include <array>
#include <numbers>

#include "carillon/base/error.h"
#include "carillon/base/random.h"

namespace carillon::engine {
namespace {

using Handle = AffineFrame::Handle;

TEST(AmplitudeReader, gives_what_the_table_of_all_amplitudes_holds) {
    Random random(17);
    for (int trial = 0; trial < 60; ++trial) {
        Register<double> reg({.threads = 1});
        std::vector<Handle> q;
        for (int k = 0; k < 7; ++k) q.push_back(reg.allocate());
        for (int g = 0; g < 14; ++g) {
            const Handle a = q[random.below(7)], b = q[(a + 1 + random.below(6)) % 7];
            const auto kind = random.below(5);
            if (kind == 0) reg.gate(GateKind::kH, 0, {}, std::array{a});
            if (kind == 1) reg.gate(GateKind::kRx, 0, std::array{random.uniform()}, std::array{a});
            if (kind == 2) reg.gate(GateKind::kZ, 1, {}, std::array{a, b});
            if (kind > 2) reg.gate(GateKind::kX, 1, {}, std::array{a, b});
        }
        reg.gate(GateKind::kX, 0, {}, std::array{q[trial % 7]});
        std::swap(q[1], q[5]);
        const AmplitudeReader<double> reader(reg, q);
        std::vector<Complex> part(100), singles;
        reader.read(13, part);
        for (std::uint64_t i = 0; i < 128; ++i) {
            std::vector<bool> bits(7);
            for (int k = 0; k < 7; ++k) bits[k] = (i >> k & 1) != 0;
            singles.push_back(reader.at(bits));
        }
        const auto all = reg.amplitudes(q);  // makes every axis real: last
        for (std::uint64_t i = 0; i < 128; ++i) ASSERT_LT(std::abs(singles[i] - all[i]), 1e-12);
        for (std::uint64_t i = 0; i < 100; ++i) ASSERT_LT(std::abs(part[i] - all[13 + i]), 1e-12);
    }
}

TEST(AmplitudeReader, amplitudes_of_hundreds_of_qubits_need_no_state) {
    Register<double> reg({.threads = 1});
    std::vector<Handle> q;
    for (int k = 0; k < 200; ++k) q.push_back(reg.allocate());
    for (const Handle h : q) reg.gate(GateKind::kH, 0, {}, std::array{h});
    for (int k = 0; k < 199; ++k) reg.gate(GateKind::kX, 1, {}, std::array{q[k], q[k + 1]});
    EXPECT_NEAR(std::abs(AmplitudeReader<double>(reg, q).at(std::vector<bool>(200)) * 0x1p100), 1,
                1e-9);
    Register<double> ghz({.threads = 1});
    for (Handle& h : q) h = ghz.allocate();
    ghz.gate(GateKind::kH, 0, {}, std::array{q[0]});
    for (int k = 1; k < 200; ++k) ghz.gate(GateKind::kX, 1, {}, std::array{q[0], q[k]});
    const AmplitudeReader<double> reader(ghz, q);
    std::vector<bool> bits(200, true);
    EXPECT_NEAR(reader.at(bits).real(), std::numbers::sqrt2 / 2, 1e-15);
    bits[100] = false;
    EXPECT_EQ(reader.at(bits), Complex{});
}

TEST(AmplitudeReader, a_qubit_left_out_must_not_be_entangled) {
    Register<double> reg({.threads = 1});
    const Handle a = reg.allocate(), b = reg.allocate();
    reg.gate(GateKind::kH, 0, {}, std::array{a});
    reg.gate(GateKind::kX, 1, {}, std::array{a, b});
    EXPECT_THROW((AmplitudeReader<double>(reg, std::array{a})), InputError);
}

TEST(RegisterLoad, amplitudes_come_back_and_gates_go_on_from_them) {
    Register<double> reg({.threads = 1});
    std::vector<Handle> q;
    for (int k = 0; k < 5; ++k) q.push_back(reg.allocate());
    const auto value = [](std::uint64_t i) {
        return Complex(static_cast<double>(i), -1.0) / std::sqrt(10416 + 32.0);
    };
    reg.load(q, [&](std::uint64_t first, std::span<Complex> out) {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] = value(first + i);
    });
    reg.gate(GateKind::kX, 0, {}, std::array{q[1]});
    const auto all = reg.amplitudes(q);
    for (std::uint64_t i = 0; i < 32; ++i) EXPECT_LT(std::abs(all[i] - value(i ^ 2)), 1e-15);
    EXPECT_THROW(reg.load(q, [](auto, auto) {}), InternalError);
}

}  // namespace
}  // namespace carillon::engine
