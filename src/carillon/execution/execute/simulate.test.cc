// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/simulate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/execution/execute/outcome.h"
#include "carillon/resource/engine/reference.h"

namespace carillon {
namespace {

using enum GateKind;

Circuit bell() {
    Circuit c;
    const QubitId q = c.add_qubits("q", 2);
    const BitId b = c.add_bits("c", 2);
    const QubitId r{q.value + 1};
    c.gate(kH, 0, {q});
    c.gate(kX, 1, {q, r});
    c.measure(q, b);
    c.measure(r, BitId{b.value + 1});
    return c;
}

TEST(Simulate, bell_state_gives_equal_bits) {
    const SimulateResult result = simulate(bell(), {.shots = 10000, .seed = 3});
    ASSERT_EQ(result.counts.size(), 2);
    EXPECT_TRUE(result.sampled);
    EXPECT_EQ(result.counts.at("00") + result.counts.at("11"), 10000);
    EXPECT_NEAR(result.counts.at("00"), 5000, 5 * 50);  // 5 standard deviations
}

TEST(Simulate, key_lists_registers_in_order_most_significant_bit_first_then_variables) {
    Circuit c;
    const QubitId q = c.add_qubits("q", 3);
    const BitId a = c.add_bits("a", 3);
    const BitId hidden = c.add_bits("hidden", 1, false);
    const BitId b = c.add_bits("b", 1);
    const VariableId v = c.add_variable("v", Value::integer(0, 8), true);
    c.gate(kX, 0, {q});
    c.measure(q, a);
    c.measure(q, hidden);
    c.measure(q, b);
    c.assign_variable(v, c.constant(Value::integer(-5)));
    const SimulateResult result = simulate(c, {.shots = 4});
    ASSERT_EQ(result.counts.size(), 1);
    EXPECT_EQ(result.counts.begin()->first, "001 1 v=-5");
}

TEST(Simulate, program_without_measurement_has_no_counts) {
    Circuit c;
    c.gate(kH, 0, {c.add_qubits("q", 1)});
    c.add_bits("c", 1);
    EXPECT_TRUE(simulate(c).counts.empty());
}

/// A random circuit with measurements in the middle, resets, ifs and run-time angles, run beside
/// the reference with the same random numbers.
struct RandomProgram {
    Circuit circuit;
    engine::ReferenceState reference;
    ClassicalState classical;
    std::uint32_t number = 0;
    std::uint64_t seed, shot;

    RandomProgram(Random& random, std::uint64_t seed_, std::uint64_t shot_)
        : reference(4), seed(seed_), shot(shot_) {
        circuit.add_qubits("q", 4);
        circuit.add_bits("c", 4);
        circuit.global_phase = 0.3;
        classical = circuit.initial_state();
        for (int step = 0; step < 30; ++step) add(random);
        for (Complex& a : reference.amplitudes()) a *= std::polar(1.0, 0.3);
    }
    void apply(GateKind kind, int controls, std::vector<double> angles, std::vector<int> q) {
        reference.apply(add_controls(gate_matrix(kind, angles), controls), q);
    }
    void add(Random& random) {
        const int a = static_cast<int>(random.below(4));
        const int b = static_cast<int>((a + 1 + random.below(3)) % 4);
        const QubitId qa{std::size_t(a)}, qb{std::size_t(b)};
        switch (random.below(6)) {
            case 0: {  // measure
                circuit.measure(qa, BitId{std::size_t(b)});
                const bool one = draw(a);
                classical.bits[b] = one;
                break;
            }
            case 1: {  // if (c[a]) ry(angle) b else x b
                const BlockId then = circuit.add_block(), otherwise = circuit.add_block();
                circuit.gate(kRy, 0, {qb}, {0.7}, then);
                circuit.gate(kX, 0, {qb}, {}, otherwise);
                circuit.if_else(circuit.bits_expr(BitId{std::size_t(a)}, 1), then, otherwise);
                if (classical.bits[a] != 0)
                    apply(kRy, 0, {0.7}, {b});
                else
                    apply(kX, 0, {}, {b});
                number += 3;
                return;
            }
            case 2: {  // an angle read from bits
                const ExprId e = circuit.cast_expr(circuit.bits_expr(BitId{std::size_t{0}}, 4),
                                                   ScalarType::kFloat, 64);
                circuit.gate(kRx, 0, {qa}, {Param{e}});
                double angle = 0;
                for (int k = 0; k < 4; ++k) angle += classical.bits[k] << k;
                apply(kRx, 0, {angle}, {a});
                break;
            }
            case 3:
                circuit.reset(qa);
                if (draw(a)) apply(kX, 0, {}, {a});
                break;
            default: {
                const double angle = random.uniform();
                circuit.gate(kU3, 1, {qa, qb}, {angle, 0.2, 0.4});
                apply(kU3, 1, {angle, 0.2, 0.4}, {a, b});
            }
        }
        ++number;
    }
    bool draw(int q) {
        const double u =
            keyed_uniform(seed, kStreamMeasurement, shot, measurement_event(number, 0));
        const bool one = u < reference.probability(q);
        reference.project(q, one);
        return one;
    }
};

TEST(Simulate, final_state_equals_the_reference_on_random_dynamic_programs) {
    Random random(11);
    for (int trial = 0; trial < 200; ++trial) {
        const RandomProgram program(random, 5, trial);
        for (const bool physical : {false, true}) {
            const FinalState found = final_state(program.circuit, 5, trial, {.physical = physical});
            ASSERT_EQ(found.classical.bits, program.classical.bits) << "trial " << trial;
            for (std::size_t i = 0; i < 16; ++i)
                ASSERT_LT(std::abs(found.amplitudes[i] - program.reference.amplitudes()[i]), 1e-12)
                    << "trial " << trial;
        }
    }
}

TEST(Simulate, counts_are_the_same_physically_in_single_precision_and_on_any_threads) {
    Random random(12);
    for (int trial = 0; trial < 20; ++trial) {
        const RandomProgram program(random, 5, 0);
        SimulateOptions options{.shots = 100, .seed = 9, .threads = 1};
        const auto expected = simulate(program.circuit, options).counts;
        options.threads = 3;
        EXPECT_EQ(simulate(program.circuit, options).counts, expected);
        options.physical = true;
        EXPECT_EQ(simulate(program.circuit, options).counts, expected);
        // In single precision a random number may fall within 1e-5 of a probability: over 20
        // programs of 100 shots with about 10 measurements each, a chance of 0.2 without a fixed
        // seed.
        options.single_precision = true;
        EXPECT_EQ(simulate(program.circuit, options).counts, expected);
    }
}

TEST(Simulate, sampling_and_running_every_shot_agree_in_distribution) {
    constexpr std::uint64_t kShots = 20000;
    Circuit c;
    const QubitId q = c.add_qubits("q", 3);
    const BitId b = c.add_bits("c", 3);
    const auto at = [&](std::size_t k) { return QubitId{q.value + k}; };
    c.gate(kRy, 0, {at(0)}, {0.9});
    c.gate(kRx, 1, {at(0), at(1)}, {1.1});
    c.gate(kH, 0, {at(2)});
    c.gate(kX, 2, {at(1), at(2), at(0)});
    for (std::size_t k = 0; k < 3; ++k) c.measure(at(k), BitId{b.value + k});
    const auto amplitudes = [&] {
        Circuit gates = c;
        std::erase_if(gates.body(), [](auto& op) { return op.kind == OpKind::kMeasure; });
        return final_state(gates, 0, 0).amplitudes;
    }();
    for (const bool per_shot : {false, true}) {
        const auto result = simulate(c, {.shots = kShots, .seed = 1, .per_shot = per_shot});
        EXPECT_EQ(result.sampled, !per_shot);
        for (std::size_t i = 0; i < 8; ++i) {
            std::string key;
            for (int k = 2; k >= 0; --k) key += (i >> k & 1) != 0 ? '1' : '0';
            const auto it = result.counts.find(key);
            const double found = it == result.counts.end() ? 0 : static_cast<double>(it->second);
            const double p = std::norm(amplitudes[i]);
            // 5 standard deviations, 16 checks: false alarm below 1e-5.
            EXPECT_NEAR(found / kShots, p, 5 * std::sqrt(p * (1 - p) / kShots) + 1e-9) << key;
        }
    }
}

TEST(Simulate, loop_repeats_until_success) {
    Circuit c;
    const QubitId q = c.add_qubits("q", 1);
    const BitId done = c.add_bits("done", 1);
    const VariableId tries = c.add_variable("tries", Value::unsigned_integer(0, 16), true);
    const BlockId body = c.add_block();
    c.reset(q, body);
    c.gate(kH, 0, {q}, {}, body);
    c.measure(q, done, body);
    c.assign_variable(
        tries,
        c.binary(ExprOp::kAdd, c.variable_expr(tries), c.constant(Value::unsigned_integer(1, 16))),
        body);
    c.while_loop(c.unary(ExprOp::kNot, c.bits_expr(done, 1)), body);
    const auto result = simulate(c, {.shots = 4096, .seed = 2});
    // P(tries = k) = 2^-k; 5 standard deviations.
    EXPECT_NEAR(result.counts.at("1 tries=1"), 2048, 5 * 32);
    EXPECT_NEAR(result.counts.at("1 tries=2"), 1024, 5 * 28);
    for (const auto& [key, count] : result.counts) EXPECT_EQ(key[0], '1');
}

TEST(Simulate, endless_loop_is_an_input_error_with_its_line) {
    Circuit c;
    c.add_bits("c", 1);
    const BlockId body = c.add_block();
    c.while_loop(c.constant(Value::boolean(true)), body);
    c.body().back().line = 17;
    try {
        simulate(c, {.shots = 1, .max_loop_iterations = 10});
        FAIL() << "no error";
    } catch (const InputError& error) {
        EXPECT_EQ(std::string(error.what()).substr(0, 30), "line 17: the loop ran 10 times");
    }
}

TEST(Simulate, division_by_zero_in_a_program_is_an_input_error_with_its_line) {
    Circuit c;
    const BitId b = c.add_bits("c", 1);
    const VariableId v = c.add_variable("v", Value::integer(1));
    c.assign_variable(v, c.binary(ExprOp::kDiv, c.variable_expr(v), c.bits_expr(b, 1)));
    c.body().back().line = 4;
    try {
        simulate(c, {.shots = 100});
        FAIL() << "no error";
    } catch (const InputError& error) {
        EXPECT_EQ(std::string(error.what()).substr(0, 7), "line 4:") << error.what();
    }
}

TEST(Simulate, state_that_does_not_fit_is_a_resource_error) {
    Circuit c;
    const QubitId q = c.add_qubits("q", 30);
    for (std::size_t k = 0; k < 30; ++k) c.gate(kRy, 0, {QubitId{q.value + k}}, {0.3});
    c.measure(q, c.add_bits("c", 1));
    for (std::size_t k = 1; k < 30; ++k) c.gate(kRz, 1, {QubitId{k - 1}, QubitId{k}}, {0.1});
    EXPECT_THROW(simulate(c, {.shots = 1, .max_memory_bytes = std::uint64_t{1} << 20}),
                 ResourceError);
}

TEST(Simulate, hundred_qubit_ghz_program_runs_in_no_memory) {
    Circuit c;
    const QubitId q = c.add_qubits("q", 100);
    const BitId b = c.add_bits("c", 100);
    c.gate(kH, 0, {q});
    for (std::size_t k = 1; k < 100; ++k) c.gate(kX, 1, {QubitId{k - 1}, QubitId{k}});
    for (std::size_t k = 0; k < 100; ++k) c.measure(QubitId{k}, BitId{b.value + k});
    const auto result = simulate(c, {.shots = 1000});
    EXPECT_EQ(result.counts.size(), 2);
    EXPECT_EQ(result.counts.at(std::string(100, '0')) + result.counts.at(std::string(100, '1')),
              1000);
    EXPECT_EQ(result.peak_axes, 0);
}

TEST(Outcome, measurement_events_do_not_collide) {
    std::set<std::uint32_t> events;
    for (std::uint32_t op = 0; op < 1000; ++op)
        for (std::uint32_t rep = 0; rep < 300; ++rep) events.insert(measurement_event(op, rep));
    EXPECT_EQ(events.size(), 300000);
}

TEST(CanSample, says_what_needs_a_run_for_each_shot) {
    EXPECT_TRUE(can_sample(bell()));
    Circuit again = bell();
    again.gate(kX, 0, {QubitId{std::size_t{0}}});
    EXPECT_FALSE(can_sample(again));
    Circuit reset = bell();
    reset.reset(QubitId{std::size_t{0}});
    EXPECT_FALSE(can_sample(reset));
    Circuit fresh;
    fresh.reset(fresh.add_qubits("q", 1));
    EXPECT_TRUE(can_sample(fresh));
}

TEST(Simulate, an_angle_that_is_no_number_at_run_time_is_refused_with_its_line) {
    Circuit c;
    const QubitId q = c.add_qubits("q", 1);
    const BitId b = c.add_bits("c", 1);
    c.measure(q, b);
    // log of a bit that is 0: minus infinity
    const ExprId bit = c.cast_expr(c.bits_expr(b, 1), ScalarType::kFloat, 64);
    c.gate(kRx, 0, {q}, {Param{c.unary(ExprOp::kLog, bit)}});
    c.body().back().line = 6;
    for (const bool physical : {false, true}) try {
            simulate(c, {.shots = 1, .physical = physical});
            FAIL();
        } catch (const InputError& e) {
            EXPECT_STREQ(e.what(),
                         "line 6: the gate rx needs an angle that is a finite number, got -inf");
        }
}

TEST(Simulate, a_custom_gate_that_is_not_unitary_is_refused_with_its_line) {
    Circuit c;
    const QubitId q = c.add_qubits("q", 1);
    c.unitary({1, {1, 1, 0, 1}}, 0, std::array{q});
    c.body().back().line = 3;
    try {
        simulate(c, {.shots = 1});
        FAIL();
    } catch (const InputError& e) {
        EXPECT_STREQ(e.what(),
                     "line 3: the matrix of a gate on 1 qubit is not unitary: an entry of "
                     "U^dagger U is 1 away from the identity");
    }
}

/// Four qubits, entangled, with a phase, measured in part.
Circuit asked_about() {
    Circuit c;
    c.add_qubits("q", 4);
    c.add_bits("c", 2);
    c.global_phase = 0.3;
    for (std::uint32_t q = 0; q < 4; ++q) c.gate(GateKind::kRy, 0, {QubitId{q}}, {0.5 + q});
    c.gate(GateKind::kX, 1, {QubitId{0}, QubitId{2}});
    c.gate(GateKind::kRx, 0, {QubitId{2}}, {0.8});
    c.gate(GateKind::kX, 1, {QubitId{2}, QubitId{3}});
    c.measure(QubitId{1}, BitId{0});
    return c;
}

Circuit without_measurement(Circuit c) {
    std::erase_if(c.body(), [](const Operation& op) { return op.kind == OpKind::kMeasure; });
    return c;
}

TEST(Simulate, questions_are_answered_about_the_state_before_measurements) {
    const Circuit circuit = asked_about();
    const auto expected = final_state(without_measurement(circuit), 0, 0).amplitudes;
    SimulateOptions options{.shots = 100};
    options.questions.observable = PauliSum{{{2, {{0, Pauli::kZ}, {3, Pauli::kZ}}}}};
    options.questions.amplitudes = {"0110"};
    const SimulateResult result = simulate(circuit, options);
    double value = 0;
    for (std::size_t i = 0; i < 16; ++i)
        value += (((i ^ i >> 3) & 1) != 0 ? -2 : 2) * std::norm(expected[i]);
    EXPECT_NEAR(result.answers.observable->value, value, 1e-12);
    ASSERT_EQ(result.answers.amplitudes.size(), 1);
    EXPECT_LT(std::abs(result.answers.amplitudes[0].second - expected[6]), 1e-12);
    EXPECT_EQ(result.counts.size(), 2);
    options.questions.amplitudes.clear();
    options.questions.all_amplitudes = true;
    const auto all = simulate(circuit, options).answers.amplitudes;
    ASSERT_EQ(all.size(), 16);
    for (std::size_t i = 0; i < 16; ++i) EXPECT_LT(std::abs(all[i].second - expected[i]), 1e-12);
}

TEST(Simulate, a_state_that_was_written_is_started_from) {
    const std::string path = testing::TempDir() + "carillon_simulate_state.npy";
    for (const bool single : {false, true}) {
        SimulateOptions write{.shots = 0, .single_precision = single};
        write.questions.state_out = path;
        const Circuit first = asked_about();
        EXPECT_EQ(simulate(first, write).answers.state_out, path);
        Circuit second;
        second.add_qubits("q", 4);
        second.gate(GateKind::kH, 0, {QubitId{1}});
        SimulateOptions read{.shots = 0};
        read.initial_state = path;
        read.questions.all_amplitudes = true;
        const auto found = simulate(second, read).answers.amplitudes;
        Circuit both = without_measurement(first);
        both.gate(GateKind::kH, 0, {QubitId{1}});
        const auto expected = final_state(both, 0, 0).amplitudes;
        ASSERT_EQ(found.size(), 16);
        for (std::size_t i = 0; i < 16; ++i)
            EXPECT_LT(std::abs(found[i].second - expected[i]), single ? 1e-6 : 1e-12);
        Circuit other;  // resets a qubit that is not |0> at the start
        other.add_qubits("q", 4);
        other.add_bits("c", 1);
        other.reset(QubitId{0});
        other.measure(QubitId{0}, BitId{0});
        const auto counts = simulate(other, {.shots = 50, .initial_state = path}).counts;
        EXPECT_EQ(counts.at("0"), 50);
    }
    Circuit small;
    small.add_qubits("q", 3);
    EXPECT_THROW(simulate(small, {.shots = 0, .initial_state = path}), InputError);
}

TEST(Simulate, questions_that_do_not_fit_are_input_errors) {
    Circuit midway;
    midway.add_qubits("q", 1);
    midway.add_bits("c", 1);
    midway.measure(QubitId{0}, BitId{0});
    midway.gate(GateKind::kH, 0, {QubitId{0}});
    SimulateOptions options;
    options.questions.amplitudes = {"0"};
    EXPECT_THROW(simulate(midway, options), InputError);
    EXPECT_THROW(simulate(bell(), {.questions = {.amplitudes = {"0"}}}), InputError);
    EXPECT_THROW(simulate(bell(), {.questions = {.amplitudes = {"0 1"}}}), InputError);
    Circuit large;
    large.add_qubits("q", kMostListedQubits + 1);
    EXPECT_THROW(simulate(large, {.questions = {.all_amplitudes = true}}), InputError);
}

TEST(Simulate, only_the_most_frequent_outcomes_are_kept_on_request) {
    for (const bool per_shot : {false, true}) {
        SimulateOptions options{.shots = 4000, .seed = 2, .per_shot = per_shot};
        Circuit c = asked_about();
        c.measure(QubitId{2}, BitId{1});
        const SimulateResult all = simulate(c, options);
        options.most_outcomes = 2;
        const SimulateResult some = simulate(c, options);
        ASSERT_EQ(all.counts.size(), 4);
        EXPECT_EQ(all.distinct, 4);
        EXPECT_EQ(some.distinct, 4);
        ASSERT_EQ(some.counts.size(), 2);
        std::uint64_t least = 4000;
        for (const auto& [key, count] : some.counts) {
            EXPECT_EQ(all.counts.at(key), count);
            least = std::min(least, count);
        }
        for (const auto& [key, count] : all.counts)
            EXPECT_TRUE(some.counts.contains(key) || count <= least);
    }
}

}  // namespace
}  // namespace carillon
