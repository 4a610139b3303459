// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/simulate_density.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/execution/execute/final_measurements.h"
#include "carillon/language/qasm/reader.h"

namespace carillon {
namespace {

Circuit read(const std::string& body) {
    return read_qasm("OPENQASM 3;\ninclude \"stdgates.inc\";\n" + body, "test.qasm").circuit;
}

DensityResult run(const std::string& body, const NoiseModel& noise = {},
                  const SimulateOptions& options = {}) {
    return simulate_density(read(body), noise, options);
}

const char* const kBell = "qubit[2] q;\nbit[2] c;\nh q[0];\ncx q[0], q[1];\nc = measure q;\n";

TEST(SimulateDensity, a_depolarized_bell_pair_has_its_closed_form) {
    // The pair is kept with 1 - p; otherwise all four outcomes are alike. One-qubit noise on H
    // leaves |0> mixed with q: half of that is as good, and the pair stays a mixture of 00 and 11.
    NoiseModel noise;
    noise.two_qubit_depolarizing = 0.2;
    noise.one_qubit_depolarizing = 0.5;
    const DensityResult r = run(kBell, noise);
    EXPECT_NEAR(r.probabilities.at("00"), 0.8 / 2 + 0.05, 1e-14);
    EXPECT_NEAR(r.probabilities.at("11"), 0.8 / 2 + 0.05, 1e-14);
    EXPECT_NEAR(r.probabilities.at("01"), 0.05, 1e-14);
    EXPECT_EQ(r.peak_branches, 1U);
}

TEST(SimulateDensity, readout_errors_act_on_each_bit) {
    NoiseModel noise;
    noise.readout = {0.1, 0.3};
    const DensityResult r = run(kBell, noise);
    EXPECT_NEAR(r.probabilities.at("00"), 0.5 * 0.81 + 0.5 * 0.09, 1e-14);
    EXPECT_NEAR(r.probabilities.at("11"), 0.5 * 0.01 + 0.5 * 0.49, 1e-14);
    EXPECT_NEAR(r.probabilities.at("01"), 0.5 * 0.09 + 0.5 * 0.21, 1e-14);
}

TEST(SimulateDensity, readout_errors_in_mid_circuit_steer_the_program) {
    // A correction that a wrong reading leaves out or does in vain: the second bit is 1 with e.
    NoiseModel noise;
    noise.readout = {0.1, 0.1};
    const DensityResult r =
        run("qubit q;\nbit a;\nbit b;\nh q;\na = measure q;\nif (a) x q;\nb = measure q;\n", noise);
    // Wrongly read (0.1): the qubit is 1, and b reads 1 with 0.9; else 0, and b reads 1 with 0.1.
    const double one = 0.1 * 0.9 + 0.9 * 0.1;
    EXPECT_NEAR(r.probabilities.at("0 1"), 0.5 * one, 1e-14);
    EXPECT_NEAR(r.probabilities.at("1 1"), 0.5 * one, 1e-14);
    EXPECT_EQ(r.peak_branches, 2U);
}

TEST(SimulateDensity, delays_and_durations_relax) {
    NoiseModel noise;
    noise.t1_ns = 100;
    noise.durations.one_qubit_ns = 10;
    noise.durations.measure_ns = 5;
    const DensityResult r = run("qubit q;\nbit c;\nx q;\ndelay[30ns] q;\nc = measure q;\n", noise);
    EXPECT_NEAR(r.probabilities.at("1"), std::exp(-45.0 / 100), 1e-14);
}

TEST(SimulateDensity, resets_may_fail) {
    NoiseModel noise;
    noise.reset_error = 0.25;
    const DensityResult r = run("qubit q;\nbit c;\nh q;\nreset q;\nc = measure q;\n", noise);
    EXPECT_NEAR(r.probabilities.at("1"), 0.25, 1e-14);
}

TEST(SimulateDensity, a_loop_until_success_is_summed_to_its_end) {
    // The number of tries is geometric: n tries with 2^-n.
    const DensityResult r = run(
        "qubit q;\nbit c;\noutput int[8] n;\nn = 0;\nc = 1;\nwhile (c == 1) {\n  reset q;\n  h q;\n"
        "  c = measure q;\n  n += 1;\n}\n");
    EXPECT_NEAR(r.probabilities.at("n=1"), 0.5, 1e-12);
    EXPECT_NEAR(r.probabilities.at("n=3"), 0.125, 1e-12);
}

TEST(SimulateDensity, without_noise_equals_the_state_vector) {
    Random random(4);
    for (int trial = 0; trial < 10; ++trial) {
        std::string body = "qubit[4] q;\nbit[4] c;\nbit[2] m;\n";
        for (int k = 0; k < 20; ++k) {
            const std::uint64_t a = random.below(4), b = (a + 1 + random.below(3)) % 4;
            const std::string qa = "q[" + std::to_string(a) + "]",
                              qb = "q[" + std::to_string(b) + "]";
            switch (random.below(4)) {
                case 0:
                    body += "cx " + qa + ", " + qb + ";\n";
                    break;
                case 1:
                    body += "m[0] = measure " + qa + ";\nif (m[0]) h " + qb + ";\n";
                    break;
                default:
                    body += "ry(" + std::to_string(3 * random.uniform()) + ") " + qa + ";\n";
            }
        }
        body += "ccx q[0], q[1], q[2];\nc = measure q;\n";
        const Circuit circuit = read(body);
        constexpr std::uint64_t kShots = 20000;
        const auto sampled = simulate(circuit, {.shots = kShots, .seed = 6, .threads = 1});
        const DensityResult exact = simulate_density(circuit, {}, {.shots = kShots, .seed = 1});
        for (const auto& [outcome, p] : exact.probabilities) {
            const double sigma = std::sqrt(kShots * p * (1 - p));
            const auto near = [&](const std::map<std::string, std::uint64_t>& counts) {
                const auto at = counts.find(outcome);
                const double n = at == counts.end() ? 0 : static_cast<double>(at->second);
                // 5 standard deviations, and one count for rare outcomes
                ASSERT_NEAR(n, kShots * p, 5 * sigma + 1) << outcome << ", trial " << trial;
            };
            near(sampled.counts);
            near(exact.counts);
        }
        for (const auto& [outcome, n] : sampled.counts)
            ASSERT_TRUE(exact.probabilities.contains(outcome)) << outcome;
    }
}

TEST(SimulateDensity, single_precision_agrees) {
    NoiseModel noise;
    noise.two_qubit_depolarizing = 0.1;
    noise.amplitude_damping = 0.05;
    const DensityResult a = run(kBell, noise), b = run(kBell, noise, {.single_precision = true});
    for (const auto& [outcome, p] : a.probabilities)
        EXPECT_NEAR(b.probabilities.at(outcome), p, 1e-6);
}

TEST(SimulateDensity, only_measurements_that_nothing_follows_are_final) {
    const Circuit c = read(
        "qubit[3] q;\nbit[3] c;\nc[0] = measure q[0];\nc[1] = measure q[1];\nif (c[1]) x q[2];\n"
        "c[2] = measure q[2];\nbarrier q;\n");
    const std::vector<bool> expected{true, false, false, true, false};
    EXPECT_EQ(final_measurements(c), expected);
}

std::string refusal(const std::string& body, const NoiseModel& noise,
                    const SimulateOptions& options = {}) {
    try {
        run(body, noise, options);
    } catch (const Error& e) {
        return e.what();
    }
    return "";
}

TEST(SimulateDensity, refuses_what_it_has_no_noise_for) {
    NoiseModel noise;
    noise.two_qubit_depolarizing = 0.1;
    EXPECT_EQ(refusal("qubit[3] q;\nh q[0];\nccx q[0], q[1], q[2];\n", noise),
              "line 5: no noise is given for a gate on 3 qubits; give depolarizing.more_qubits in "
              "the noise file, or write the gate as gates on one and two qubits");
    noise.more_qubits_depolarizing = 0.2;
    EXPECT_EQ(refusal("qubit[3] q;\nh q[0];\nccx q[0], q[1], q[2];\n", noise), "");
    noise.t1_ns = 10;
    noise.t2_ns = 30;
    EXPECT_EQ(refusal(kBell, noise), "T2 must be at most 2 T1 = 20, got 30");
    NoiseModel nan;
    nan.bit_flip = std::nan("");
    EXPECT_NE(refusal(kBell, nan), "");
}

TEST(SimulateDensity, says_what_fits_when_outcomes_branch_too_much) {
    std::string body = "qubit[6] q;\nbit[6] c;\n";
    for (int k = 0; k < 6; ++k) {
        const std::string q = "q[" + std::to_string(k) + "]";
        body += "h " + q + ";\nc[" + std::to_string(k) + "] = measure " + q + ";\nh " + q + ";\n";
    }
    EXPECT_EQ(refusal(body, {}, {.max_memory_bytes = 10 << 16}),
              "the outcomes so far need 11 density matrices of 6 qubits at once, 704 KiB, "
              "and 640 KiB are allowed; 5 qubits would fit with as many; a program that measures "
              "less before its end needs fewer");
    EXPECT_EQ(run(body).peak_branches, 64U);
}

TEST(NoiseFile, is_read_and_checked) {
    const NoiseModel noise = read_noise(
        R"({"depolarizing": {"one_qubit": 0.001, "two_qubit": 0.01}, "readout_error":
        {"one_from_zero": 0.01, "zero_from_one": 0.03}, "t1_ns": 1e5, "t2_ns": 8e4,
        "durations": {"two_qubit_ns": 60}})",
        "n.json");
    EXPECT_EQ(noise.two_qubit_depolarizing, 0.01);
    EXPECT_EQ(noise.readout.zero_from_one, 0.03);
    EXPECT_EQ(noise.durations.two_qubit_ns, 60);
    const auto message = [](const char* text) {
        try {
            read_noise(text, "n.json");
        } catch (const InputError& e) {
            return std::string(e.what());
        }
        return std::string();
    };
    EXPECT_NE(message(R"({"depolarising": 1})").find("depolarising"), std::string::npos);
    EXPECT_NE(message(R"({"bit_flip": 1.5})").find("n.json:1:"), std::string::npos);
    EXPECT_NE(message(R"({"t1_ns": 10, "t2_ns": 21})").find("T2 must be at most 2 T1"),
              std::string::npos);
    EXPECT_NE(message(R"({"readout_error": [0.1]})"), "");
}

}  // namespace
}  // namespace carillon
