// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/run_program.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/workload/program/builder.h"

namespace carillon {
namespace {

using enum GateKind;
constexpr LinkId kLink{std::size_t{0}};

QubitId qubit(std::size_t q) {
    return QubitId{q};
}
BitId bit(std::size_t b) {
    return BitId{b};
}

/// A node of the hand-made networks: data qubit d0, d1, ... then communication qubits.
struct Side {
    QpuId qpu;
    LocalQubit qubit;
};

/// Copies `from` to `to` through the communication qubit `near` of from's QPU.
void entangle_cat(ProgramBuilder& b, Side from, LocalQubit near, Side to) {
    b.pair(from.qpu, near, to.qpu, to.qubit, kLink);
    b.gate(from.qpu, kX, 1, {from.qubit, near});
    const BitId m = b.protocol_bit(from.qpu);
    b.measure(from.qpu, near, m);
    b.reset(from.qpu, near);
    b.gate(to.qpu, kX, 0, {to.qubit}, {}, {b.message(from.qpu, m, to.qpu)});
}

void disentangle_cat(ProgramBuilder& b, Side copy, Side owner, bool correct = true) {
    b.gate(copy.qpu, kH, 0, {copy.qubit});
    const BitId m = b.protocol_bit(copy.qpu);
    b.measure(copy.qpu, copy.qubit, m);
    b.reset(copy.qpu, copy.qubit);
    const BitId arrived = b.message(copy.qpu, m, owner.qpu);
    if (correct) b.gate(owner.qpu, kZ, 0, {owner.qubit}, {}, {arrived});
}

/// Two QPUs with two data and two communication qubits each; source qubits 0, 1 on A and 2, 3 on B,
/// in a state that no Pauli leaves alone; four source bits.
struct TwoQpus {
    ProgramBuilder builder{"two"};
    QpuId a = builder.add_qpu("A", 2, 2), b = builder.add_qpu("B", 2, 2);
    Circuit source;

    TwoQpus() {
        builder.add_bits("c", 4);
        source.add_qubits("q", 4);
        source.add_bits("c", 4);
        for (std::size_t q = 0; q < 4; ++q) {
            const QpuId home = q < 2 ? a : b;
            const double angle = 0.4 + 0.3 * static_cast<double>(q);
            builder.add_qubit(home, q % 2);
            builder.gate(home, kU3, 0, {static_cast<LocalQubit>(q % 2)}, {angle, 0.3, 0.1});
            source.gate(kU3, 0, {qubit(q)}, {angle, 0.3, 0.1});
        }
    }
    /// The measurement of source qubit `q` in both programs.
    void measure(std::size_t q) {
        const QpuId home = q < 2 ? a : b;
        builder.measure(home, q % 2, bit(q), static_cast<std::uint32_t>(source.body().size()));
        builder.program().bit_owner[q] = home;
        source.measure(qubit(q), bit(q));
    }
    /// Fidelity over several shots, so that every protocol outcome occurs.
    void expect_equal() {
        const DistributedProgram program = builder.program();
        for (const bool physical : {false, true})
            for (std::uint64_t shot = 0; shot < 16; ++shot) {
                const auto found = fidelity(source, program, 7, shot, {.physical = physical});
                ASSERT_NEAR(found.fidelity, 1, 1e-12) << "shot " << shot;
                ASSERT_TRUE(found.outputs_agree) << "shot " << shot;
                ASSERT_NEAR(found.program_probability, found.source_probability, 1e-12);
            }
    }
    double worst_fidelity() {
        double worst = 1;
        for (std::uint64_t shot = 0; shot < 16; ++shot)
            worst = std::min(worst, fidelity(source, builder.program(), 7, shot).fidelity);
        return worst;
    }
};

TEST(RunProgram, telegate_cx_equals_the_local_gate) {
    TwoQpus t;
    entangle_cat(t.builder, {t.a, 0}, 2, {t.b, 2});
    t.builder.gate(t.b, kX, 1, {2, 0});
    disentangle_cat(t.builder, {t.b, 2}, {t.a, 0});
    t.source.gate(kX, 1, {qubit(0), qubit(2)});
    t.expect_equal();
    const auto result = run_program(t.builder.program(), {.shots = 1});
    EXPECT_EQ(result.counters.pairs, 1);
    EXPECT_EQ(result.counters.classical_bits, 2);
    EXPECT_EQ(result.counters.pairs_by_link.at(0), 1);
    EXPECT_EQ(result.counters.pairs_by_purpose.at("telegate"), 1);
    EXPECT_EQ(result.counters.measurements, 2);
}

TEST(RunProgram, one_cat_copy_serves_two_gates) {
    TwoQpus t;
    entangle_cat(t.builder, {t.a, 1}, 3, {t.b, 3});
    t.builder.gate(t.b, kX, 1, {3, 0});
    t.builder.gate(t.b, kP, 1, {3, 1}, {0.7});
    disentangle_cat(t.builder, {t.b, 3}, {t.a, 1});
    t.source.gate(kX, 1, {qubit(1), qubit(2)});
    t.source.gate(kP, 1, {qubit(1), qubit(3)}, {0.7});
    t.expect_equal();
}

TEST(RunProgram, dropped_correction_shows_in_the_fidelity) {
    TwoQpus t;
    entangle_cat(t.builder, {t.a, 0}, 2, {t.b, 2});
    t.builder.gate(t.b, kX, 1, {2, 0});
    disentangle_cat(t.builder, {t.b, 2}, {t.a, 0}, false);
    t.source.gate(kX, 1, {qubit(0), qubit(2)});
    // Z on qubit 0 leaves |cos a/2|^2 - |sin a/2|^2 = cos a of the overlap, a = 0.4.
    EXPECT_NEAR(t.worst_fidelity(), std::pow(std::cos(0.4), 2), 1e-12);
}

TEST(RunProgram, copy_that_is_never_disentangled_shows_in_the_fidelity) {
    TwoQpus t;
    entangle_cat(t.builder, {t.a, 0}, 2, {t.b, 2});
    // The copy dephases qubit 0: <a|rho|a> = cos^4(a/2) + sin^4(a/2).
    const double c = std::pow(std::cos(0.2), 2), s = 1 - c;
    EXPECT_NEAR(t.worst_fidelity(), c * c + s * s, 1e-12);
    EXPECT_THROW(final_state(t.builder.program(), 0, 0), InputError);
}

TEST(RunProgram, teleportation_moves_a_qubit) {
    TwoQpus t;
    // Qubit 0 goes from A to the communication qubit 2 of B, and takes part in a gate there.
    entangle_cat(t.builder, {t.a, 0}, 2, {t.b, 2});
    disentangle_cat(t.builder, {t.a, 0}, {t.b, 2});
    t.builder.gate(t.b, kRx, 1, {0, 2}, {0.9});
    t.builder.program().final_layout[0] = {t.b, 2};
    t.source.gate(kRx, 1, {qubit(2), qubit(0)}, {0.9});
    t.expect_equal();
}

TEST(RunProgram, a_carried_copy_serves_a_gate) {
    TwoQpus t;
    t.builder.gate(t.a, kX, 1, {0, 2});
    t.builder.transfer(t.a, 2, t.b, 3, kLink, TransferPurpose::kCopy);
    t.builder.gate(t.b, kX, 1, {3, 0});
    disentangle_cat(t.builder, {t.b, 3}, {t.a, 0});
    t.source.gate(kX, 1, {qubit(0), qubit(2)});
    t.expect_equal();
    const auto result = run_program(t.builder.program(), {.shots = 1});
    EXPECT_EQ(result.counters.pairs, 0);
    EXPECT_EQ(result.counters.transfers, 1);
    EXPECT_EQ(result.counters.transfers_by_link.at(0), 1);
    EXPECT_EQ(result.counters.classical_bits, 1);
}

TEST(RunProgram, a_qubit_is_carried_there_and_back) {
    TwoQpus t;
    t.builder.transfer(t.a, 0, t.b, 2, kLink);
    t.builder.gate(t.b, kRx, 1, {0, 2}, {0.9});
    t.builder.transfer(t.b, 2, t.a, 0, kLink);
    t.source.gate(kRx, 1, {qubit(2), qubit(0)}, {0.9});
    t.expect_equal();
    EXPECT_EQ(run_program(t.builder.program(), {.shots = 1}).counters.classical_bits, 0);
}

TEST(RunProgram, a_qubit_carried_onto_another_is_an_input_error) {
    TwoQpus t;
    t.builder.transfer(t.a, 0, t.b, 1, kLink);
    EXPECT_THROW(run_program(t.builder.program(), {.shots = 1}), InputError);
}

TEST(RunProgram, a_transfer_without_its_other_side_is_an_input_error) {
    TwoQpus t;
    t.builder.transfer(t.a, 0, t.b, 2, kLink);
    t.builder.program().qpus[1].blocks[0].pop_back();
    try {
        run_program(t.builder.program(), {.shots = 1});
        FAIL();
    } catch (const InputError& e) {
        EXPECT_NE(std::string(e.what()).find("waits for transfer 0 with B"), std::string::npos)
            << e.what();
    }
}

TEST(RunProgram, swap_chain_over_a_repeater_serves_a_gate) {
    TwoQpus t;
    const QpuId r = t.builder.add_qpu("R", 0, 2);
    t.builder.pair(t.a, 2, r, 0, LinkId{std::size_t{1}}, PairPurpose::kSwapping);
    t.builder.pair(r, 1, t.b, 2, LinkId{std::size_t{2}}, PairPurpose::kSwapping);
    t.builder.gate(r, kX, 1, {0, 1});
    t.builder.gate(r, kH, 0, {0});
    const BitId z = t.builder.protocol_bit(r), x = t.builder.protocol_bit(r);
    t.builder.measure(r, 0, z);
    t.builder.measure(r, 1, x);
    t.builder.reset(r, 0);
    t.builder.reset(r, 1);
    t.builder.gate(t.b, kX, 0, {2}, {}, {t.builder.message(r, x, t.b)});
    t.builder.gate(t.b, kZ, 0, {2}, {}, {t.builder.message(r, z, t.b)});
    // A's qubit 2 and B's qubit 2 are a Bell pair now: a cat copy of qubit 1 of A.
    t.builder.gate(t.a, kX, 1, {1, 2});
    const BitId m = t.builder.protocol_bit(t.a);
    t.builder.measure(t.a, 2, m);
    t.builder.gate(t.b, kX, 0, {2}, {}, {t.builder.message(t.a, m, t.b)});
    t.builder.gate(t.b, kH, 1, {2, 1});
    disentangle_cat(t.builder, {t.b, 2}, {t.a, 1});
    t.source.gate(kH, 1, {qubit(1), qubit(3)});
    t.expect_equal();
    const auto result = run_program(t.builder.program(), {.shots = 1});
    EXPECT_EQ(result.counters.pairs_by_purpose.at("swapping"), 2);
}

TEST(RunProgram, correction_runs_on_the_parity_of_its_bits) {
    TwoQpus t;
    t.builder.gate(t.a, kX, 0, {0}, {}, {bit(0), bit(1)});  // 0 xor 0
    t.expect_equal();
    t.measure(1);
    t.builder.gate(t.a, kX, 0, {0}, {}, {bit(0), bit(1)});
    const BlockId then = t.source.add_block();
    t.source.gate(kX, 0, {qubit(0)}, {}, then);
    t.source.if_else(t.source.bits_expr(bit(1), 1), then);
    t.expect_equal();
}

TEST(RunProgram, condition_on_a_bit_that_was_sent) {
    TwoQpus t;
    t.measure(0);
    const ExprId on = t.source.bits_expr(bit(0), 1);
    const auto number = static_cast<std::uint32_t>(t.source.body().size());
    const BlockId then = t.source.add_block(), otherwise = t.source.add_block();
    t.source.gate(kX, 0, {qubit(2)}, {}, then);
    t.source.gate(kRy, 0, {qubit(3)}, {0.8}, otherwise);
    t.source.if_else(on, then, otherwise);
    t.builder.program().exprs = t.source.exprs;
    t.builder.message(t.a, bit(0), t.b, bit(0));
    t.builder.begin_if(t.b, on, number);
    t.builder.gate(t.b, kX, 0, {0});
    t.builder.otherwise(t.b);
    t.builder.gate(t.b, kRy, 0, {1}, {0.8});
    t.builder.end(t.b);
    t.measure(2);
    // The last measurement stands after three operations of the if: its number in the source.
    std::uint32_t counter = 0, last = 0;
    visit_operations(t.source, [&](const Operation& op, BlockId, std::size_t) {
        if (op.kind == OpKind::kMeasure) last = counter;
        ++counter;
    });
    for (Instruction& i : t.builder.program().qpus[1].blocks[0])
        if (i.kind == InstructionKind::kMeasure) i.source = last;
    t.expect_equal();
    EXPECT_FALSE(can_sample(t.builder.program()));
}

/// Source: while (!c[0]) { ry q0; cx q0, q2; measure q0 -> c[0]; }. The gate goes over a pair each
/// time, and B must learn the outcome to go on.
TEST(RunProgram, loop_makes_its_pairs_again_each_time) {
    TwoQpus t;
    const ExprId go_on = t.source.unary(ExprOp::kNot, t.source.bits_expr(bit(0), 1));
    t.builder.program().exprs = t.source.exprs;
    const auto number = static_cast<std::uint32_t>(t.source.body().size());
    const BlockId body = t.source.add_block();
    t.source.gate(kRy, 0, {qubit(0)}, {0.9}, body);
    t.source.gate(kX, 1, {qubit(0), qubit(2)}, {}, body);
    t.source.measure(qubit(0), bit(0), body);
    t.source.while_loop(go_on, body);

    t.builder.begin_while(t.a, go_on, number);
    t.builder.begin_while(t.b, go_on, number);
    t.builder.gate(t.a, kRy, 0, {0}, {0.9});
    entangle_cat(t.builder, {t.a, 0}, 2, {t.b, 2});
    t.builder.gate(t.b, kX, 1, {2, 0});
    disentangle_cat(t.builder, {t.b, 2}, {t.a, 0});
    t.builder.measure(t.a, 0, bit(0), number + 3);
    t.builder.message(t.a, bit(0), t.b, bit(0));
    t.builder.end(t.a);
    t.builder.end(t.b);
    t.builder.program().bit_owner[0] = t.b;
    t.expect_equal();
    const auto result = run_program(t.builder.program(), {.shots = 200, .seed = 4});
    EXPECT_EQ(result.counters.runs, 200);
    EXPECT_GT(result.counters.pairs, 200);
    EXPECT_EQ(result.counters.classical_bits, 3 * result.counters.pairs);
    EXPECT_EQ(result.counts.begin()->first, "0001");
    EXPECT_EQ(result.counts, simulate(t.source, {.shots = 200, .seed = 4}).counts);
}

TEST(RunProgram, sampled_counts_are_those_of_the_source) {
    TwoQpus t;
    entangle_cat(t.builder, {t.a, 0}, 2, {t.b, 2});
    t.builder.gate(t.b, kX, 1, {2, 0});
    disentangle_cat(t.builder, {t.b, 2}, {t.a, 0});
    t.source.gate(kX, 1, {qubit(0), qubit(2)});
    for (std::size_t q = 0; q < 4; ++q) t.measure(q);
    t.expect_equal();
    SimulateOptions options{.shots = 5000, .seed = 3};
    const auto found = run_program(t.builder.program(), options);
    EXPECT_TRUE(found.sampled);
    EXPECT_EQ(found.counts, simulate(t.source, options).counts);
    options.per_shot = true;
    const auto each = run_program(t.builder.program(), options);
    EXPECT_FALSE(each.sampled);
    EXPECT_EQ(each.counters.pairs, 5000);
    EXPECT_EQ(each.counts, simulate(t.source, options).counts);
}

TEST(RunProgram, counts_are_the_same_physically_and_on_any_threads) {
    TwoQpus t;
    entangle_cat(t.builder, {t.a, 0}, 2, {t.b, 2});
    t.builder.gate(t.b, kX, 1, {2, 0});
    disentangle_cat(t.builder, {t.b, 2}, {t.a, 0});
    t.source.gate(kX, 1, {qubit(0), qubit(2)});
    for (std::size_t q = 0; q < 4; ++q) t.measure(q);
    SimulateOptions options{.shots = 300, .seed = 3, .threads = 1, .per_shot = true};
    const auto expected = run_program(t.builder.program(), options);
    options.threads = 3;
    options.physical = true;
    const auto found = run_program(t.builder.program(), options);
    EXPECT_EQ(found.counts, expected.counts);
    EXPECT_EQ(expected.peak_axes, 2);  // qubits 1 and 3 meet nobody, the pair costs nothing
    EXPECT_EQ(found.peak_axes, 6);
}

TEST(RunProgram, wrong_program_gives_unequal_outcome_probabilities) {
    TwoQpus t;
    t.source.gate(kH, 0, {qubit(0)});
    t.measure(0);  // the program lacks the H
    double difference = 0;
    for (std::uint64_t shot = 0; shot < 8; ++shot) {
        const auto found = fidelity(t.source, t.builder.program(), 7, shot);
        difference =
            std::max(difference, std::abs(found.program_probability - found.source_probability));
    }
    EXPECT_GT(difference, 0.1);
}

TEST(RunProgram, streams_that_wait_for_each_other_are_an_input_error) {
    TwoQpus t;
    t.builder.pair(t.a, 2, t.b, 2, kLink);
    t.builder.pair(t.a, 3, t.b, 3, kLink);
    auto& stream = t.builder.program().qpus[1].blocks[0];
    std::swap(stream[stream.size() - 1], stream[stream.size() - 2]);
    try {
        run_program(t.builder.program(), {.shots = 1});
        FAIL() << "no error";
    } catch (const InputError& error) {
        EXPECT_EQ(std::string(error.what()),
                  "the QPUs wait for each other:\n"
                  "  A, at instruction 2 of block 0, waits for pair 0 with B\n"
                  "  B, at instruction 2 of block 0, waits for pair 1 with A");
    }
}

TEST(RunProgram, message_that_is_never_sent_is_an_input_error) {
    TwoQpus t;
    t.builder.message(t.a, bit(0), t.b);
    t.builder.program().qpus[0].blocks[0].pop_back();
    EXPECT_THROW(run_program(t.builder.program(), {.shots = 1}), InputError);
}

TEST(RunProgram, pair_on_a_qubit_in_use_is_an_input_error) {
    TwoQpus t;
    t.builder.pair(t.a, 0, t.b, 2, kLink);
    EXPECT_THROW(run_program(t.builder.program(), {.shots = 1}), InputError);
}

TEST(RunProgram, layout_with_two_qubits_in_one_place_is_an_input_error) {
    TwoQpus t;
    t.builder.program().final_layout[0] = {t.a, 1};
    EXPECT_THROW(final_state(t.builder.program(), 0, 0), InputError);
}

TEST(RunProgram, fidelity_with_another_circuit_is_an_input_error) {
    TwoQpus t;
    Circuit other;
    other.add_qubits("q", 3);
    EXPECT_THROW(fidelity(other, t.builder.program(), 0, 0), InputError);
}

}  // namespace
}  // namespace carillon
