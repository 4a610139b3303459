// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/process_mode.h"

#include <gtest/gtest.h>

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
ProcessRunResult as_processes(const DistributedProgram& program, const SimulateOptions& options,
                              int holders = 1, const ProcessHooks& hooks = {},
                              const Tamper& tamper = {}) {
    ProcessRunResult result;
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

void expect_same_counters(const ProcessRunResult& found, const ProgramRunResult& expected) {
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
        ASSERT_TRUE(found.traffic.contains(qpus));
        const ProcessTraffic& traffic = found.traffic.at(qpus);
        EXPECT_EQ(traffic.bits, bits);
        EXPECT_LE(traffic.messages, traffic.bits);
        EXPECT_EQ(traffic.predicted_bits.value_or(bits), bits);
    }
    EXPECT_EQ(found.traffic.size(), expected.counters.bits_by_qpus.size());
    EXPECT_EQ(found.predicted_pairs_by_link.value_or(expected.counters.pairs_by_link),
              expected.counters.pairs_by_link);
}

/// Every shot has the memory and the state that it has on one whole state; or the run has the same
/// error.
void expect_same_shots(const DistributedProgram& program, std::uint64_t seed, int holders = 1) {
    constexpr std::uint64_t kShots = 4;
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
    const ProcessRunResult found = as_processes(program, options, holders, hooks);
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
    for (std::uint64_t seed = 0; seed < 36; ++seed) {
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
        const ProcessRunResult found = as_processes(program, options);
        EXPECT_TRUE(found.sampled);
        EXPECT_EQ(found.counts, run_program(program, options).counts);
        EXPECT_EQ(found.counters.runs, 1);
        EXPECT_EQ(found.counters.pairs, program.pairs.size());
    }
}

}  // namespace
}  // namespace carillon
