// SPDX-License-Identifier: Apache-2.0
#include "carillon/execution/execute/ensemble.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <mutex>

#include "carillon/base/error.h"
#include "carillon/base/random.h"
#include "carillon/execution/execute/compile.h"
#include "carillon/execution/execute/run_program.h"
#include "carillon/resource/network/network.h"

namespace carillon {
namespace {

using enum GateKind;

/// Measures on its way: teleports a rotated qubit, three times over, without corrections.
Circuit dynamic_circuit(double angle) {
    Circuit c;
    c.add_qubits("q", 3);
    c.add_bits("m", 6);
    c.add_bits("out", 1);
    c.gate(kRy, 0, {QubitId{0}}, {Param{angle}});
    for (std::uint32_t turn = 0; turn < 3; ++turn) {
        c.gate(kH, 0, {QubitId{1}});
        c.gate(kX, 1, {QubitId{1}, QubitId{2}});
        c.gate(kX, 1, {QubitId{0}, QubitId{1}});
        c.gate(kH, 0, {QubitId{0}});
        c.measure(QubitId{0}, BitId{2 * turn});
        c.measure(QubitId{1}, BitId{2 * turn + 1});
        c.reset(QubitId{0});
        c.reset(QubitId{1});
        c.gate(kSwap, 0, {QubitId{0}, QubitId{2}});
    }
    c.measure(QubitId{0}, BitId{6});
    return c;
}

Circuit sampled_circuit(double angle) {
    Circuit c;
    c.add_qubits("q", 2);
    c.add_bits("c", 2);
    c.gate(kRy, 0, {QubitId{0}}, {Param{angle}});
    c.gate(kX, 1, {QubitId{0}, QubitId{1}});
    c.measure(QubitId{0}, BitId{0});
    c.measure(QubitId{1}, BitId{1});
    return c;
}

/// "dynamic 0.3" or "sampled 0.3"; anything else is wrong.
Circuit circuit_named(const std::string& name) {
    const auto space = name.find(' ');
    const std::string kind = name.substr(0, space);
    if (kind != "dynamic" && kind != "sampled") throw InputError(name + ":3:7: no such gate");
    const double angle = std::stod(name.substr(space));
    return kind == "dynamic" ? dynamic_circuit(angle) : sampled_circuit(angle);
}

SimulateOptions options_for(const EnsembleEntry& entry) {
    SimulateOptions options;
    options.shots = entry.shots;
    options.seed = entry.seed;
    options.threads = 1;
    return options;
}

std::unique_ptr<Trials> open_circuit(const EnsembleEntry& entry) {
    return circuit_trials(circuit_named(entry.program), options_for(entry));
}

EnsembleEntry entry(const std::string& program, std::uint64_t shots, std::uint64_t seed = 1) {
    return {program, program, {}, shots, seed};
}

EnsembleResult run(int workers, const std::vector<EnsembleEntry>& entries,
                   const EnsembleOptions& options = {}, const OpenEntry& open = open_circuit) {
    std::mutex mutex;
    EnsembleResult last;
    host::run_as_threads({.ranks = workers}, [&](host::Ranks& ranks) {
        run_ensemble(ranks, entries, open, options, [&](const EnsembleResult& result) {
            const std::lock_guard lock(mutex);
            last = result;
        });
    });
    return last;
}

TEST(Ensemble, ten_workers_have_the_counts_of_one_whatever_the_policy) {
    const std::vector<EnsembleEntry> entries{entry("dynamic 0.8", 10000, 7)};
    const auto expected = simulate(dynamic_circuit(0.8), options_for(entries[0])).counts;
    for (const char* policy : {"static", "dynamic", "guided", "adaptive"})
        for (const int workers : {1, 2, 10}) {
            EnsembleOptions options;
            options.sharing.policy = host::work_policy_from_name(policy);
            const EnsembleResult result = run(workers, entries, options);
            EXPECT_EQ(result.entries[0].tally.counts, expected) << policy << ' ' << workers;
            EXPECT_EQ(result.shots(), 10000);
            EXPECT_GE(result.tasks, workers == 1 ? 1 : 8 * workers);
        }
}

TEST(Ensemble, counts_of_other_seeds_have_the_same_law) {
    const auto a = run(10, {entry("dynamic 0.8", 20000, 7)}).entries[0].tally.counts;
    const auto b = simulate(dynamic_circuit(0.8), options_for(entry("", 20000, 8))).counts;
    EXPECT_NE(a, b);
    // Two samples of 128 outcomes of equal size; chi-square has a mean of 127 and a deviation of
    // 16; it is above 230 by chance once in 10^7.
    double chi = 0;
    auto all = a;
    for (const auto& [key, count] : b) all.try_emplace(key, 0);
    for (const auto& [key, unused] : all) {
        const double x = a.contains(key) ? static_cast<double>(a.at(key)) : 0;
        const double y = b.contains(key) ? static_cast<double>(b.at(key)) : 0;
        chi += (x - y) * (x - y) / (x + y);
    }
    EXPECT_EQ(all.size(), 128);
    EXPECT_LT(chi, 230);
    // Nothing corrects the teleportations: what arrives is flipped by m[1] + m[3] + m[5]. But for
    // that it is 1 with probability sin^2(0.4); five deviations, exceeded once in 10^6.
    double ones = 0;
    for (const auto& [key, count] : a)
        if (((key[0] ^ key[2] ^ key[4] ^ key.back()) & 1) != 0) ones += static_cast<double>(count);
    const double p = std::pow(std::sin(0.4), 2);
    EXPECT_NEAR(ones, 20000 * p, 5 * std::sqrt(20000 * p * (1 - p)));
}

TEST(Ensemble, parts_of_a_program_have_every_shot_once) {
    for (const std::uint64_t shots : {1U, 2U, 100U, 3000U, 40000U})
        for (const bool each_alone : {false, true}) {
            if (each_alone && shots > 100) continue;
            SimulateOptions options{.shots = shots, .seed = 3, .threads = 1};
            options.per_shot = each_alone;
            options.max_memory_bytes = shots == 100 ? 300 : 0;  // two states of 3 qubits
            const auto expected = simulate(dynamic_circuit(0.8), options).counts;
            for (const std::uint64_t parts : {1U, 2U, 5U, 16U, 97U}) {
                const auto trials = circuit_trials(dynamic_circuit(0.8), options);
                Tally sum;
                std::uint64_t some = 0;
                for (std::uint64_t part = parts; part-- > 0;) {
                    const Tally tally = trials->run(part, parts);
                    some += tally.shots > 0 ? 1 : 0;
                    sum.add(tally);
                }
                EXPECT_EQ(sum.counts, expected) << shots << ' ' << parts;
                EXPECT_EQ(sum.shots, shots);
                EXPECT_GE(some, std::min<std::uint64_t>({shots, parts, 16}) / 2);
            }
        }
}

TEST(Ensemble, a_program_drawn_from_one_state_has_the_counts_of_a_plain_run) {
    const std::vector<EnsembleEntry> entries{entry("sampled 0.8", 5000, 3)};
    const EnsembleResult result = run(4, entries);
    EXPECT_EQ(result.entries[0].tally.counts,
              simulate(sampled_circuit(0.8), options_for(entries[0])).counts);
}

TEST(Ensemble, every_entry_of_many_has_its_own_counts) {
    std::vector<EnsembleEntry> entries;
    for (std::uint64_t k = 0; k < 60; ++k)
        entries.push_back(
            entry((k % 3 == 0 ? "dynamic " : "sampled ") + std::to_string(0.1 * double(k)), 20 + k,
                  entry_seed(5, k)));
    const EnsembleResult result = run(3, entries);
    for (std::size_t k = 0; k < entries.size(); ++k)
        EXPECT_EQ(result.entries[k].tally.counts,
                  simulate(circuit_named(entries[k].program), options_for(entries[k])).counts)
            << k;
}

TEST(Ensemble, workers_that_die_change_nothing) {
    std::vector<EnsembleEntry> entries;
    for (std::uint64_t k = 0; k < 200; ++k) entries.push_back(entry("sampled 1.1", 30, k));
    const EnsembleResult expected = run(1, entries);
    for (const int deaths : {1, 3}) {
        std::atomic<int> left{deaths}, opened{0};
        const EnsembleResult result = run(4, entries, {}, [&](const EnsembleEntry& e) {
            if (++opened % 20 == 0 && left-- > 0) throw host::Died{};
            return open_circuit(e);
        });
        for (std::size_t k = 0; k < entries.size(); ++k)
            EXPECT_EQ(result.entries[k].tally.counts, expected.entries[k].tally.counts);
    }
}

TEST(Ensemble, a_wrong_entry_does_not_lose_the_others) {
    for (const int workers : {1, 3}) {
        const EnsembleResult result =
            run(workers,
                {entry("sampled 1", 10), entry("nonsense.qasm 2", 10), entry("dynamic 1", 10)});
        EXPECT_EQ(result.failures(), 1);
        EXPECT_EQ(result.entries[1].error, "nonsense.qasm 2:3:7: no such gate");
        EXPECT_TRUE(result.entries[1].wrong);
        EXPECT_EQ(result.entries[0].tally.shots, 10);
        EXPECT_EQ(result.entries[2].tally.shots, 10);
    }
}

TEST(Ensemble, what_fails_for_want_of_a_resource_is_tried_again) {
    std::atomic<int> turns{0};
    EnsembleOptions options;
    options.sharing.recovery.backoff_s = 1e-4;
    const EnsembleResult result = run(2, std::vector<EnsembleEntry>(20, entry("sampled 1", 10)),
                                      options, [&](const EnsembleEntry& e) {
                                          if (++turns == 30)
                                              throw ResourceError("no memory just now");
                                          return open_circuit(e);
                                      });
    EXPECT_EQ(result.failures(), 0);
    const EnsembleResult never = run(2, {entry("sampled 1", 10), entry("sampled 2", 10)}, options,
                                     [&](const EnsembleEntry& e) {
                                         if (e.program == "sampled 2")
                                             throw ResourceError("never enough memory");
                                         return open_circuit(e);
                                     });
    EXPECT_EQ(never.failures(), 1);
    EXPECT_EQ(never.entries[1].error, "never enough memory");
    EXPECT_FALSE(never.entries[1].wrong);
    EXPECT_EQ(never.entries[0].tally.shots, 10);
}

TEST(Ensemble, more_failures_than_allowed_leave_the_rest) {
    std::vector<EnsembleEntry> entries(10, entry("wrong", 10));
    entries.push_back(entry("sampled 1", 10));
    EnsembleOptions options;
    options.sharing.chunk = 1;
    options.sharing.recovery.max_failures = 4;
    const EnsembleResult result = run(1, entries, options);
    EXPECT_TRUE(result.sharing.stopped);
    EXPECT_EQ(result.failures(), 5);
    EXPECT_FALSE(result.entries[10].run);
}

TEST(Ensemble, expectation_values_come_with_the_counts) {
    std::vector<EnsembleEntry> entries;
    for (const char* angle : {"0", "1", "2"})
        entries.push_back(entry(std::string("sampled ") + angle, 100));
    const OpenEntry open = [](const EnsembleEntry& e) {
        SimulateOptions options = options_for(e);
        options.questions.observable = PauliSum{{{2.0, {{0, Pauli::kZ}}}}};
        return circuit_trials(circuit_named(e.program), options);
    };
    const EnsembleResult result = run(2, entries, {}, open);
    for (int k = 0; k < 3; ++k) {
        const Tally& tally = result.entries[static_cast<std::size_t>(k)].tally;
        EXPECT_NEAR(tally.expectation.mean, 2 * std::cos(k), 1e-12);
        EXPECT_EQ(tally.shots, 100);
    }
    EXPECT_EQ(run(1, {entry("dynamic 1", 5)}, {}, open).failures(), 1);
}

TEST(Ensemble, shots_of_a_distributed_program_are_those_of_a_plain_run) {
    for (const Circuit& circuit : {dynamic_circuit(0.9), sampled_circuit(0.9)}) {
        Network network = load_network("full:2,qubits=2,comm=1");
        const DistributedProgram program = compile(circuit, network, {}).program;
        const std::vector<EnsembleEntry> entries{entry("", 300, 11)};
        const ProgramRunResult expected = run_program(program, options_for(entries[0]));
        for (const int workers : {1, 4}) {
            const EnsembleResult result = run(workers, entries, {}, [&](const EnsembleEntry& e) {
                return program_trials(program, options_for(e));
            });
            EXPECT_EQ(result.entries[0].tally.counts, expected.counts);
            EXPECT_EQ(result.entries[0].tally.pairs, expected.counters.pairs);
            EXPECT_EQ(result.entries[0].tally.classical_bits, expected.counters.classical_bits);
        }
    }
}

TEST(Ensemble, tallies_survive_the_way_as_bytes) {
    Tally tally{3, {{"", 1}, {"01 x=2", 2}}, {}, 4, 5, "line\nline"};
    tally.expectation.add(0.25);
    std::vector<std::byte> bytes = to_bytes(tally);
    const auto second = to_bytes(Tally{});
    bytes.insert(bytes.end(), second.begin(), second.end());
    std::span<const std::byte> rest = bytes;
    const Tally back = take_tally(rest);
    EXPECT_EQ(back.counts, tally.counts);
    EXPECT_EQ(back.shots, 3);
    EXPECT_EQ(back.expectation.mean, 0.25);
    EXPECT_EQ(back.pairs, 4);
    EXPECT_EQ(back.classical_bits, 5);
    EXPECT_EQ(back.error, "line\nline");
    take_tally(rest);
    EXPECT_TRUE(rest.empty());
    EXPECT_THROW(take_tally(rest), InternalError);
}

}  // namespace
}  // namespace carillon
