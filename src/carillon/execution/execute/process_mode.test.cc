// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/process_mode.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "carillon/base/error.h"
#include "carillon/execution/execute/compile.h"
#include "carillon/execution/execute/program_runner.h"
#include "carillon/execution/execute/random_circuit_for_tests.h"
#include "carillon/execution/execute/tampering_for_tests.h"
#include "carillon/workload/program/builder.h"
#include "carillon/workload/program/random_program.h"

namespace carillon {
namespace {

/// Runs a program with threads as ranks.
///
/// Args:
///     holders: ranks that hold qubits.
///     tamper: what stands between the ranks of the controllers.
ProgramRunResult as_processes(const DistributedProgram& program, const SimulateOptions& options,
                              int holders = 1, const ProcessHooks& hooks = {},
                              const Tamper& tamper = {}) {
    ProgramRunResult result;
    const int ranks = holders + static_cast<int>(program.qpus.size());
    host::run_as_threads({.ranks = ranks}, [&](host::Ranks& plain) {
        TamperingRanks own(plain, tamper);
        if (own.rank() == 0) {
            const ProcessCrew crew(own);
            result = run_processes(own, program, options, hooks);
        } else {
            join_processes(own);
        }
    });
    return result;
}

std::string input_error(const std::function<void()>& work) {
    try {
        work();
    } catch (const InputError& error) {
        return error.what();
    }
    return "none";
}

void expect_same_counters(const ProgramRunResult& found, const ProgramRunResult& expected) {
    ASSERT_TRUE(found.processes);
    const ProcessReport& processes = *found.processes;
    EXPECT_EQ(found.counters.runs, expected.counters.runs);
    EXPECT_EQ(found.counters.pairs, expected.counters.pairs);
    EXPECT_EQ(found.counters.pairs_by_link, expected.counters.pairs_by_link);
    EXPECT_EQ(found.counters.pairs_by_purpose, expected.counters.pairs_by_purpose);
    EXPECT_EQ(found.counters.transfers_by_link, expected.counters.transfers_by_link);
    EXPECT_EQ(found.counters.classical_bits, expected.counters.classical_bits);
    EXPECT_EQ(found.counters.bits_by_qpus, expected.counters.bits_by_qpus);
    EXPECT_EQ(found.counters.gates, expected.counters.gates);
    EXPECT_EQ(found.counters.measurements, expected.counters.measurements);
    for (const auto& [qpus, bits] : expected.counters.bits_by_qpus) {
        ASSERT_TRUE(processes.traffic.contains(qpus));
        const ProcessTraffic& traffic = processes.traffic.at(qpus);
        EXPECT_EQ(traffic.bits, bits);
        EXPECT_LE(traffic.messages, traffic.bits);
        EXPECT_EQ(traffic.predicted_bits.value_or(bits), bits);
    }
    EXPECT_EQ(processes.traffic.size(), expected.counters.bits_by_qpus.size());
    EXPECT_EQ(processes.predicted_pairs_by_link.value_or(expected.counters.pairs_by_link),
              expected.counters.pairs_by_link);
}

/// Every shot has the memory and the state that it has on one whole state; or the run has the same
/// error.
void expect_same_shots(const DistributedProgram& program, std::uint64_t seed, int holders = 1) {
    constexpr std::uint64_t kShots = 3;
    const SimulateOptions options{
        .shots = kShots, .seed = seed, .threads = 1, .per_shot = true, .max_loop_iterations = 10};
    std::uint64_t shots = 0, rounds = 0;
    ProcessHooks hooks;
    hooks.shot_over = [&](std::uint64_t shot, const ClassicalState& memory) {
        ProgramRunner<double> whole(program, options, 1);
        whole.run(shot);
        EXPECT_EQ(memory.bits, whole.classical().bits) << "shot " << shot;
        EXPECT_EQ(memory.variables, whole.classical().variables) << "shot " << shot;
        ++shots;
    };
    hooks.round_over = [&](std::uint64_t shot, engine::Register<double>& qubits) {
        ProgramRunner<double> whole(program, options, 1);
        whole.run(shot);
        const auto open = whole.qubits().indefinite();
        EXPECT_EQ(qubits.amplitudes(open), whole.qubits().amplitudes(open)) << "shot " << shot;
        ++rounds;
    };
    ProgramRunResult expected;
    const std::string error = input_error([&] { expected = run_program(program, options); });
    if (error != "none") {
        EXPECT_EQ(input_error([&] { as_processes(program, options, holders); }), error);
        return;
    }
    const ProgramRunResult found = as_processes(program, options, holders, hooks);
    EXPECT_EQ(shots, kShots);
    EXPECT_EQ(rounds, kShots);
    EXPECT_EQ(found.counts, expected.counts);
    expect_same_counters(found, expected);
}

DistributedProgram compiled(const Circuit& circuit, const std::string& network_name) {
    Network network = generate_network(network_name);
    fill_capacity(network, circuit.num_qubits);
    CompileOptions options;
    options.partition.effort = Effort::kLow;
    return compile(circuit, network, options).program;
}

TEST(ProcessMode, compiled_programs_run_as_on_one_state) {
    const std::vector<std::string> networks = {"full:2",   "line:3", "ring:4",
                                               "grid:2x2", "full:5", "full:3,comm=3"};
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const std::string& network = networks[seed % networks.size()];
        SCOPED_TRACE("seed " + std::to_string(seed) + " on " + network);
        expect_same_shots(compiled(random_circuit_for_tests(seed, seed % 3 != 0), network), seed);
    }
}

TEST(ProcessMode, programs_with_carried_qubits_and_loops_run_as_on_one_state) {
    for (std::uint64_t seed = 0; seed < 24; ++seed) {
        SCOPED_TRACE(seed);
        RandomProgramOptions options;
        options.qpus = 2 + static_cast<std::uint32_t>(seed % 4);
        for (std::uint32_t q = 0; q + 1 < options.qpus; ++q)
            options.links.emplace_back(QpuId{q}, QpuId{q + 1});
        options.carried = seed % 2 == 0;
        expect_same_shots(random_program(options, seed), seed);
    }
}

TEST(ProcessMode, several_ranks_hold_the_qubits_together) {
    for (const int holders : {2, 4})
        expect_same_shots(compiled(random_circuit_for_tests(7, true), "line:3"), 3, holders);
}

TEST(ProcessMode, sampled_programs_give_the_counts_of_one_state) {
    Circuit ghz;
    ghz.add_qubits("q", 6);
    ghz.add_bits("c", 6);
    ghz.gate(GateKind::kH, 0, {QubitId{std::size_t{0}}});
    for (std::size_t q = 1; q < 6; ++q) ghz.gate(GateKind::kX, 1, {QubitId{q - 1}, QubitId{q}});
    for (std::size_t q = 0; q < 6; ++q) ghz.measure(QubitId{q}, BitId{q});
    const DistributedProgram program = compiled(ghz, "full:3");
    for (const bool single : {false, true}) {
        const SimulateOptions options{.shots = 1000, .seed = 5, .single_precision = single};
        const ProgramRunResult found = as_processes(program, options);
        EXPECT_TRUE(found.sampled);
        EXPECT_EQ(found.counts, run_program(program, options).counts);
        EXPECT_EQ(found.counters.runs, 1);
        EXPECT_EQ(found.counters.pairs, program.pairs.size());
    }
}

/// Two QPUs; A has a qubit in the state of Ry(0.8), and its outcome goes to B.
struct TwoQpus {
    ProgramBuilder builder{"two"};
    QpuId a = builder.add_qpu("A", 2, 2), b = builder.add_qpu("B", 2, 2);

    TwoQpus() {
        builder.add_bits("c", 2);
        builder.gate(a, GateKind::kRy, 0, {0}, {0.8});
    }
    /// B takes part in a gate controlled by A's qubit.
    void telegate() {
        builder.pair(a, 2, b, 2, LinkId{std::size_t{0}});
        builder.gate(a, GateKind::kX, 1, {0, 2});
        const BitId m = builder.protocol_bit(a);
        builder.measure(a, 2, m);
        builder.reset(a, 2);
        builder.gate(b, GateKind::kX, 0, {2}, {}, {builder.message(a, m, b)});
        builder.gate(b, GateKind::kX, 1, {2, 0});
        builder.gate(b, GateKind::kH, 0, {2});
        const BitId back = builder.protocol_bit(b);
        builder.measure(b, 2, back);
        builder.reset(b, 2);
        builder.gate(a, GateKind::kZ, 0, {0}, {}, {builder.message(b, back, a)});
    }
    /// A sends bits to B.
    void tell(int count) {
        for (int k = 0; k < count; ++k) builder.message(a, BitId{std::size_t{0}}, b);
    }
};

const SimulateOptions kFewShots{.shots = 20, .seed = 2, .threads = 1, .per_shot = true};

/// The share of shots in which B's qubit is found as A's is, after a telegate.
double equal_share(const Tamper& tamper) {
    TwoQpus two;
    two.telegate();
    two.builder.measure(two.a, 0, BitId{std::size_t{0}}, 1);
    two.builder.measure(two.b, 0, BitId{std::size_t{1}}, 2);
    two.builder.program().bit_owner = {two.a, two.b};
    double equal = 0;
    ProcessHooks hooks;
    hooks.shot_over = [&](std::uint64_t, const ClassicalState& memory) {
        equal += memory.bits[0] == memory.bits[1] ? 1 : 0;
    };
    as_processes(two.builder.program(), kFewShots, 1, hooks, tamper);
    return equal / 20;
}

TEST(ProcessMode, bits_that_are_sent_decide_what_happens) {
    EXPECT_EQ(equal_share({}), 1);
    // A's bit arrives flipped: B's copy is flipped, and so is what it controls.
    EXPECT_EQ(equal_share([](int from, int, const Message& message) {
                  Message flipped = message;
                  constexpr std::size_t kBit = 16;  // after the number and the key
                  if (from == 1)
                      for (std::size_t at = kBit; at < flipped.size(); at += 16)
                          flipped[at] ^= std::byte{1};
                  return std::vector<Message>{flipped};
              }),
              0);
}

std::string internal_error(const DistributedProgram& program, const Tamper& tamper) {
    try {
        as_processes(program, kFewShots, 1, {}, tamper);
    } catch (const InternalError& error) {
        return error.what();
    }
    return "none";
}

TEST(ProcessMode, a_message_that_is_lost_or_overtaken_is_noticed) {
    TwoQpus two;
    two.tell(2000);  // more than share a message
    int sent = 0;
    const Tamper lose = [&](int, int, const Message& message) {
        return ++sent == 3 ? std::vector<Message>{} : std::vector<Message>{message};
    };
    EXPECT_EQ(internal_error(two.builder.program(), lose),
              "message 2 of bits from controller 0 to controller 1 was lost");
    sent = 0;
    std::vector<Message> held;
    const Tamper swap = [&](int, int, const Message& message) {
        if (++sent == 3) {
            held = {message};
            return std::vector<Message>{};
        }
        std::vector<Message> all{message};
        if (sent == 4) all.push_back(held[0]);
        return all;
    };
    EXPECT_EQ(internal_error(two.builder.program(), swap),
              "message 2 of bits from controller 0 to controller 1 was lost");
}

TEST(ProcessMode, another_seed_gives_other_outcomes) {
    const DistributedProgram program = compiled(random_circuit_for_tests(4, true), "full:3");
    SimulateOptions other = kFewShots;
    other.seed = 3;
    EXPECT_NE(as_processes(program, other).counts, run_program(program, kFewShots).counts);
}

TEST(ProcessMode, errors_are_those_of_one_state) {
    TwoQpus occupied, crossed, silent;
    occupied.builder.pair(occupied.a, 0, occupied.b, 2, LinkId{std::size_t{0}});
    crossed.builder.pair(crossed.a, 2, crossed.b, 2, LinkId{std::size_t{0}});
    crossed.builder.pair(crossed.a, 3, crossed.b, 3, LinkId{std::size_t{0}});
    auto& stream = crossed.builder.program().qpus[1].blocks[0];
    std::swap(stream[stream.size() - 1], stream[stream.size() - 2]);
    silent.tell(1);
    silent.builder.program().qpus[0].blocks[0].pop_back();
    for (TwoQpus* two : {&occupied, &crossed, &silent})
        for (const int holders : {1, 2}) {
            const DistributedProgram& program = two->builder.program();
            const std::string expected = input_error([&] { run_program(program, kFewShots); });
            EXPECT_NE(expected, "none");
            EXPECT_EQ(input_error([&] { as_processes(program, kFewShots, holders); }), expected);
        }
}

TEST(ProcessMode, a_message_to_somebody_else_is_an_input_error) {
    TwoQpus two;
    two.builder.add_qpu("C", 1, 1);
    two.tell(1);
    for (Instruction& i : two.builder.program().qpus[0].blocks[0])
        if (i.kind == InstructionKind::kSend) i.peer = QpuId{std::size_t{2}};
    EXPECT_EQ(input_error([&] { as_processes(two.builder.program(), kFewShots); }),
              "message 0 goes from A to C in one place and from A to B in another");
}

TEST(ProcessMode, the_number_of_ranks_must_fit) {
    EXPECT_EQ(input_error([] { check_ranks(2, 3, "ghz on full:3"); }),
              "ghz on full:3 needs 3 ranks to control its QPUs, one each, and 1, 2, 4 or another "
              "power of two to hold the qubits; there are 2: start at least 4");
    EXPECT_EQ(input_error([] { check_ranks(8, 3, "ghz on full:3"); }),
              "ghz on full:3 needs 3 ranks to control its QPUs, one each, and 1, 2, 4 or another "
              "power of two to hold the qubits; there are 8: start 7 or 11");
    for (const int ranks : {4, 5, 7, 11})
        EXPECT_EQ(input_error([&] { check_ranks(ranks, 3, ""); }), "none") << ranks;
}

TEST(ProcessMode, a_rank_that_dies_is_named_by_its_part) {
    TwoQpus two;
    two.telegate();
    const std::vector<std::string> parts{"rank 1, which held qubits, died",
                                         "rank 2, which controlled QPU A, died",
                                         "rank 3, which controlled QPU B, died"};
    for (int victim = 1; victim <= 3; ++victim)
        for (const std::uint64_t moment : {0, 3}) {
            if (victim == 1 && moment != 0) continue;  // it sends less
            host::ThreadRanksOptions options{.ranks = 4};
            options.before_send = [&](const host::Ranks& ranks, std::uint64_t sent) {
                if (ranks.rank() == victim && sent == moment) throw host::Died{};
            };
            std::string error = "none";
            try {
                host::run_as_threads(options, [&](host::Ranks& ranks) {
                    if (ranks.rank() != 0) return join_processes(ranks);
                    const ProcessCrew crew(ranks);
                    run_processes(ranks, two.builder.program(),
                                  {.shots = 400, .threads = 1, .per_shot = true});
                });
            } catch (const host::PeerLost& lost) {
                error = lost.what();
            }
            // The one that died, or another that ended because of it before rank 0 looked.
            EXPECT_TRUE(std::ranges::find(parts, error) != parts.end()) << error;
        }
}

TEST(ProcessMode, ranks_can_run_again_after_an_error) {
    TwoQpus wrong, right;
    wrong.builder.pair(wrong.a, 0, wrong.b, 2, LinkId{std::size_t{0}});
    right.telegate();
    host::run_as_threads({.ranks = 3}, [&](host::Ranks& ranks) {
        if (ranks.rank() != 0) return join_processes(ranks);
        const ProcessCrew crew(ranks);
        for (int k = 0; k < 3; ++k) {
            EXPECT_THROW(run_processes(ranks, wrong.builder.program(), kFewShots), InputError);
            EXPECT_EQ(run_processes(ranks, right.builder.program(), kFewShots).counters.pairs, 20);
        }
    });
}

}  // namespace
}  // namespace carillon
