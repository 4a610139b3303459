// SPDX-License-Identifier: Apache-2.0
// Copies that may be held for some time only: estimates against final schedules.
#include <gtest/gtest.h>

#include <algorithm>

#include "carillon/execution/execute/job.h"
#include "carillon/workload/placement/instances_for_tests.h"
#include "carillon/workload/schedule/copy_life.h"

namespace carillon {
namespace {

namespace instances = test_instances;

struct Held {
    std::size_t copies = 0, old = 0;
};

Held held_longer(const Job& job, Time most) {
    Held held;
    for (const CopyLife& copy : copy_lives(job.compilation.program, job.timeline)) {
        ++held.copies;
        held.old += copy.length() > most;
    }
    return held;
}

bool notes_old_copies(const Job& job) {
    return std::ranges::any_of(job.report.notes, [](const std::string& note) {
        return note.find("held longer than they may be") != std::string::npos;
    });
}

Job compiled(const Circuit& circuit, const char* network, double copy_time_ns) {
    JobOptions options;
    options.execute = false;
    options.verify = VerifyLevel::kValidator;
    options.compile.partition.effort = Effort::kLow;
    if (copy_time_ns >= 0) options.compile.limits.copy_time_ns = copy_time_ns;
    return run_job(circuit, generate_network(network), options);
}

TEST(CopyTimeOfJobs, few_copies_are_older_and_those_are_noted) {
    Held with, without;
    std::size_t pairs_with = 0, pairs_without = 0;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        Random random(seed);
        const Circuit circuit = seed < 4 ? instances::qft(6 + 2 * static_cast<std::uint32_t>(seed))
                                         : instances::random_circuit(9, 120, random);
        const char* network = seed % 3 == 0   ? "full:3,qubits=6,comm=8"
                              : seed % 3 == 1 ? "line:3,qubits=6,comm=8"
                                              : "full:4,qubits=4,comm=6";
        const Time most = Time::from_ns(3000);
        const Job limited = compiled(circuit, network, most.ns());
        const Job free = compiled(circuit, network, 0);
        const Held a = held_longer(limited, most), b = held_longer(free, most);
        EXPECT_EQ(notes_old_copies(limited), a.old > 0) << "seed " << seed;
        EXPECT_FALSE(notes_old_copies(free));
        with.copies += a.copies, with.old += a.old;
        without.copies += b.copies, without.old += b.old;
        pairs_with += limited.report.pairs;
        pairs_without += free.report.pairs;
    }
    // What is left waits for a partner while other gates of its own qubit, later in the program,
    // keep it from being opened late.
    EXPECT_GT(without.old * 2, without.copies) << without.old << " of " << without.copies;
    EXPECT_LT(with.old * 5, with.copies) << with.old << " of " << with.copies;
    EXPECT_GT(pairs_with, pairs_without);
}

/// Gates of 1,000 ns: an X, an H and so many gates fit. Over two halves there are four copies with
/// four gates each.
TEST(CopyTimeOfJobs, a_fourier_transform_over_two_qpus_keeps_it) {
    const std::pair<double, std::size_t> expected[] = {{1300, 16}, {2300, 8}, {4300, 4}};
    for (const auto& [ns, pairs] : expected) {
        const Job job = compiled(instances::qft(8), "full:2,qubits=4,comm=4", ns);
        EXPECT_EQ(job.report.pairs, pairs) << ns;
        EXPECT_EQ(held_longer(job, Time::from_ns(ns)).old, 0u) << ns;
        EXPECT_TRUE(job.report.verified.validator.value_or(false));
    }
}

TEST(CopyTimeOfJobs, what_no_program_can_keep_is_noted) {
    const Job job = compiled(instances::qft(6), "full:2,qubits=3,comm=4", 1);
    EXPECT_TRUE(notes_old_copies(job));
}

}  // namespace
}  // namespace carillon
